"""Ranges of numbers and dates, to find tests that nothing or everything passes."""

import datetime
from dataclasses import dataclass
from math import inf

from cohort_dsl.ast import Between, Comparator, Compare, RangeTest

_OPPOSITE = {
    Comparator.LT: Comparator.GE,
    Comparator.LE: Comparator.GT,
    Comparator.GE: Comparator.LT,
    Comparator.GT: Comparator.LE,
    Comparator.EQ: Comparator.NE,
    Comparator.NE: Comparator.EQ,
}


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`; an open end does not belong to it. Dates are counted in days."""

    low: float = -inf
    high: float = inf
    low_open: bool = False
    high_open: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no number lies in it."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def meet(self, other: "Interval") -> "Interval":
        """What lies in both."""
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, is_closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Interval(low, high, low_open, not is_closed)

    def hull(self, other: "Interval") -> "Interval":
        """The smallest interval around both."""
        low, low_open = min((self.low, self.low_open), (other.low, other.low_open))
        high, is_closed = max((self.high, not self.high_open), (other.high, not other.high_open))
        return Interval(low, high, low_open, not is_closed)

    def holds(self, other: "Interval") -> bool:
        """Whether all of the other lies in this one."""
        return self.meet(other) == other


EVERYTHING = Interval()


def interval_of(test: RangeTest, *, whole: bool, negated: bool = False) -> Interval:
    """The values that pass a test, or with `negated` those that fail it; `EVERYTHING` where that is no interval.

    With `whole`, only whole numbers are meant, so that `> 5` is `>= 6`.
    """
    match test:
        case Compare(operator=operator, value=value):
            found = _compared(_OPPOSITE[operator] if negated else operator, _number(value))
        case Between(low=low, high=high) if not negated:
            found = Interval(-inf if low is None else _number(low), inf if high is None else _number(high))
        case Between(low=None, high=high) if high is not None:
            found = Interval(low=_number(high), low_open=True)
        case Between(low=low, high=None) if low is not None:
            found = Interval(high=_number(low), high_open=True)
        case _:
            return EVERYTHING
    return _closed(found) if whole else found


def _compared(operator: Comparator, value: float) -> Interval:
    match operator:
        case Comparator.LT | Comparator.LE:
            return Interval(high=value, high_open=operator is Comparator.LT)
        case Comparator.GT | Comparator.GE:
            return Interval(low=value, low_open=operator is Comparator.GT)
        case Comparator.EQ:
            return Interval(value, value)
        case Comparator.NE:
            return EVERYTHING


def _closed(found: Interval) -> Interval:
    """The same whole numbers with both ends included."""
    low = found.low if found.low in (inf, -inf) else -(-found.low // 1) + (found.low_open and found.low % 1 == 0)
    high = found.high if found.high in (inf, -inf) else found.high // 1 - (found.high_open and found.high % 1 == 0)
    return Interval(low, high)


def _number(value: float | datetime.date) -> float:
    return float(value.toordinal()) if isinstance(value, datetime.date) else value
