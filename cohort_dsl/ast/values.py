"""Values of the language, and what every node has in common."""

import datetime
from dataclasses import dataclass, field
from enum import Enum

from schemas.errors import Span

NO_SPAN = Span(0, 0)


def absent_span() -> Span:
    return field(default=NO_SPAN, compare=False, repr=False)


node = dataclass(frozen=True, slots=True, kw_only=True)


class Unit(Enum):
    """Calendar units. Months and years are calendar-correct: 31 January plus one month is the last of February."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@node
class Duration:
    """A signed number of calendar units; zero is always zero days."""

    count: int
    unit: Unit = Unit.DAY

    def __post_init__(self) -> None:
        if self.count == 0:
            object.__setattr__(self, "unit", Unit.DAY)


def _number_or_date(value: float | datetime.date | None) -> float | datetime.date | None:
    """Numbers become floats without a negative zero, so that 40, 40.0 and -0.0, 0.0 are one value each."""
    return value + 0.0 if isinstance(value, (int, float)) else value


class Comparator(Enum):
    LT = "<"
    LE = "<="
    EQ = "="
    NE = "!="
    GE = ">="
    GT = ">"


@node
class Compare:
    """`operator value`, as in `> 6.5`, `>= 2015-01-01`. Durations count days."""

    operator: Comparator
    value: float | datetime.date

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", _number_or_date(self.value))


@node
class Between:
    """`in low..high`, both ends included; an absent end is open (`in 40..`)."""

    low: float | datetime.date | None
    high: float | datetime.date | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", _number_or_date(self.low))
        object.__setattr__(self, "high", _number_or_date(self.high))


RangeTest = Compare | Between


@node
class AnswerIn:
    """`in ("current", "former")`: answers to a survey question."""

    values: tuple[str, ...]
