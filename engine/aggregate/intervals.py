"""Calendar intervals between two days, and what tells people apart in each."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Dimension, DimensionKind, Unit
from engine.aggregate.cells import Label, table_labels
from engine.aggregate.dimensions import DEFAULT_AGE_WIDTH, calendar_days, dimension_labels, dimension_text
from engine.catalog.people import People
from engine.kernels.rates import Intervals, Stays, Strata
from schemas.errors import AnalysisProblem, TooExpensive
from schemas.series import MOST_INTERVALS, PrevalenceMeasure

Days = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days from `first` to `last` by calendar month or year; an interval at either end is only as long as its part
    of them. Raises `AnalysisProblem` or `TooExpensive` when these are no days, or too many."""

    first: datetime.date
    last: datetime.date
    per: Unit

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise AnalysisProblem("rates-window", f"the last day, {self.last}, is before the first, {self.first}")
        if self.per not in (Unit.MONTH, Unit.YEAR):
            raise AnalysisProblem("incidence-period", "intervals are months or years", expected=("month", "year"))
        if len(self.names) > MOST_INTERVALS:
            raise TooExpensive(
                "rates-intervals",
                f"{len(self.names):,} {self.per.value}s between the two days; a series has at most {MOST_INTERVALS}",
                hint="count by year, or over fewer years",
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The intervals' names, such as `2012` and `2012-03`."""
        return tuple(self._periods()[:-1].astype(str).tolist())

    @property
    def text(self) -> str:
        """What is asked, canonically."""
        return f"{self.first} to {self.last} per {self.per.value}"

    def days(self) -> tuple[Days, Days]:
        """The first and last day of each interval, since 1970-01-01."""
        bounds = self._periods().astype("datetime64[D]").astype(np.int64)
        first, last = (np.datetime64(day, "D").astype(np.int64) for day in (self.first, self.last))
        return np.maximum(bounds[:-1], first).astype(np.int32), np.minimum(bounds[1:] - 1, last).astype(np.int32)

    def _periods(self) -> npt.NDArray[np.datetime64]:
        """Every calendar period that has a day of them, and the next one."""
        unit = f"datetime64[{'M' if self.per is Unit.MONTH else 'Y'}]"
        first, last = (np.datetime64(day, "D").astype(unit).astype(np.int64) for day in (self.first, self.last))
        return np.arange(first, last + 2).astype(unit)


def intervals_of(window: Window, measure: PrevalenceMeasure) -> Intervals:
    """The intervals of a window, or the middle day of each: of 31 days the 16th, of 28 the 14th."""
    opens, closes = window.days()
    match measure:
        case PrevalenceMeasure.PERIOD:
            pass
        case PrevalenceMeasure.POINT:
            opens = closes = (opens + (closes - opens) // 2).astype(np.int32)
        case _:
            assert_never(measure)
    every = np.arange(opens[0], closes[-1] + 1, dtype=np.int32)
    year, month_day = map(_held, calendar_days(opens))
    return Intervals(
        opens=_held(opens),
        closes=_held(closes),
        year=year,
        month_day=month_day,
        next_closing=_held(np.searchsorted(closes, every, side="left")),
        last_opening=_held(np.searchsorted(opens, every, side="right") - 1),
    )


@dataclass(frozen=True, slots=True)
class Split:
    """Dimensions that people are told apart by in each interval: `labels` of the strata, the last dimension changing
    fastest. Age is taken on the interval's first day, or on the middle one of a point. Raises `AnalysisProblem` where
    a dimension says nothing about people who are not in the cohort."""

    dimensions: tuple[Dimension, ...]
    people: People

    def __post_init__(self) -> None:
        kinds = [dimension.kind for dimension in self.dimensions]
        for dimension in self.dimensions:
            if dimension.kind not in _KINDS:
                raise AnalysisProblem(
                    "rates-dimension",
                    f"rates are not split by {dimension_text(dimension)}",
                    expected=[kind.value for kind in _KINDS],
                )
        if len(set(kinds)) < len(kinds):
            raise AnalysisProblem("duplicate-dimension", "rates are split by a dimension twice")

    @property
    def words(self) -> list[tuple[str, ...]]:
        """The labels of each dimension."""
        return [dimension_labels(dimension, self.people, {}) for dimension in self.dimensions]

    @property
    def labels(self) -> tuple[Label, ...]:
        return table_labels(self.words)

    @property
    def text(self) -> str:
        """The dimensions, canonically."""
        return ", ".join(map(dimension_text, self.dimensions))

    def strata(self) -> Strata:
        """Where on the person axis who belongs."""
        fixed = np.zeros(self.people.sex.size, np.int32)
        of_age, stride = np.zeros(0, np.int32), 1
        for dimension, words in reversed(list(zip(self.dimensions, self.words, strict=True))):
            match dimension.kind:
                case DimensionKind.SEX:
                    fixed += self.people.sex * np.int32(stride)
                case DimensionKind.REGION:
                    fixed += self.people.region * np.int32(stride)
                case DimensionKind.RACE:
                    fixed += self.people.race * np.int32(stride)
                case _:
                    width = dimension.width or DEFAULT_AGE_WIDTH
                    of_age = np.repeat(np.arange(len(words)) * stride, width)
            stride *= len(words)
        year, month_day = map(_held, calendar_days(self.people.born))
        return Strata(_held(fixed), year, month_day, _held(of_age))


_KINDS = (DimensionKind.SEX, DimensionKind.AGE, DimensionKind.REGION, DimensionKind.RACE)


def stays_of(person: npt.NDArray[np.uint32], start: npt.NDArray[np.integer], end: npt.NDArray[np.integer]) -> Stays:
    """Days of people sorted by person, as the kernels take them."""
    people = np.ascontiguousarray(person).view()
    people.flags.writeable = False
    return Stays(people, _held(start), _held(end))


def counts_by_row(labels: Sequence[Label], names: Sequence[str]) -> tuple[Label, ...]:
    """The label of every stratum in every interval, strata changing fastest."""
    return tuple((name, *label) for name in names for label in labels)


def _held(values: npt.NDArray[np.integer]) -> Days:
    """As int32 that nobody writes to: Numba compiles read-only arrays apart, so all are."""
    held = np.ascontiguousarray(values, np.int32).view()
    held.flags.writeable = False
    return held
