"""How often something may be done: so many times in a span of time, as `10/minute`."""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Span(Enum):
    """A span of time that limits are stated for."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"

    @property
    def seconds(self) -> int:
        """How long it is."""
        match self:
            case Span.MINUTE:
                return 60
            case Span.HOUR:
                return 3_600
            case Span.DAY:
                return 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most `times` in each `span`."""

    times: int
    span: Span

    def __str__(self) -> str:
        return f"{self.times}/{self.span.value}"


MOST_TIMES: Final = 1_000_000
"""The largest number of times a rate may state."""


def parse_rate(text: str) -> Rate:
    """A rate of its text, as `10/minute`; raises `ValueError`."""
    times, _, span = text.partition("/")
    if not times.isascii() or not times.isdecimal() or str(int(times)) != times or not 0 < int(times) <= MOST_TIMES:
        raise ValueError(f"a rate is a whole number of 1 to {MOST_TIMES:,} and a span, as `10/minute`")
    if span not in {each.value for each in Span}:
        raise ValueError(f"a rate's span is one of {', '.join(each.value for each in Span)}, as `10/minute`")
    return Rate(times=int(times), span=Span(span))
