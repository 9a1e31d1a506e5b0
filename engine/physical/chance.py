"""How likely it is that events lie in a window, were they spread evenly over time."""

import math
from collections.abc import Iterable

from cohort_dsl.ast import Anchor, Bound, Duration, Unit, Window

_DAYS = {Unit.DAY: 1.0, Unit.WEEK: 7.0, Unit.MONTH: 30.4, Unit.YEAR: 365.25}
_BEFORE_OR_AFTER = 0.5
"""Share of all days on one side of an entry."""


def share_of_time(windows: Iterable[Window], days: int) -> float:
    """The share of so many days that the narrowest of the windows leaves around an entry; 1 without any."""
    return min((_share(window, max(1, days)) for window in windows), default=1.0)


def at_least(number: int, expected: float) -> float:
    """The probability of so many events or more, where so many are expected and each comes by itself (Poisson)."""
    term, fewer = math.exp(-min(expected, 700.0)), 0.0
    for found in range(number):
        fewer += term
        term *= expected / (found + 1)
    return min(1.0, max(0.0, 1.0 - fewer))


def _share(window: Window, days: int) -> float:
    low, high = (_place(bound) for bound in (window.lower, window.upper))
    if low is None or high is None:
        return _BEFORE_OR_AFTER
    return min(1.0, max(0.0, high - low + 1) / days)


def _place(bound: Bound | None) -> float | None:
    """Days from the entry; absent where that is far away."""
    if bound is None or bound.anchor not in (Anchor.START, Anchor.END):
        return None
    return _in_days(bound.offset)


def _in_days(offset: Duration) -> float:
    return offset.count * _DAYS[offset.unit]
