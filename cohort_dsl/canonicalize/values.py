"""Ranges, durations and windows."""

from dataclasses import replace

from cohort_dsl.ast import AnswerIn, Between, Bound, Comparator, Compare, Duration, RangeTest, Unit, Window

_FINER = {Unit.WEEK: (7, Unit.DAY), Unit.YEAR: (12, Unit.MONTH)}
_OPPOSITE = {
    Comparator.LT: Comparator.GE,
    Comparator.GE: Comparator.LT,
    Comparator.LE: Comparator.GT,
    Comparator.GT: Comparator.LE,
    Comparator.EQ: Comparator.NE,
    Comparator.NE: Comparator.EQ,
}


def canonical_range(test: RangeTest) -> RangeTest:
    """A range with one limit, or twice the same, becomes a comparison."""
    match test:
        case Between(low=low, high=None) if low is not None:
            return Compare(operator=Comparator.GE, value=low)
        case Between(low=None, high=high) if high is not None:
            return Compare(operator=Comparator.LE, value=high)
        case Between(low=low, high=high) if low is not None and low == high:
            return Compare(operator=Comparator.EQ, value=low)
        case _:
            return test


def opposite_range(test: RangeTest) -> Compare | None:
    """The comparison that is true exactly where this is false, absent for a range with two limits."""
    match canonical_range(test):
        case Compare(operator=operator, value=value):
            return Compare(operator=_OPPOSITE[operator], value=value)
        case _:
            return None


def canonical_answers(test: AnswerIn | RangeTest) -> AnswerIn | RangeTest:
    """The answers sorted, each once; or the canonical range."""
    return AnswerIn(values=tuple(sorted(set(test.values)))) if isinstance(test, AnswerIn) else canonical_range(test)


def canonical_duration(duration: Duration) -> Duration:
    """Weeks become days and years months; a calendar year and twelve calendar months end on the same day."""
    if duration.unit not in _FINER:
        return duration
    factor, unit = _FINER[duration.unit]
    return Duration(count=duration.count * factor, unit=unit)


def is_any_time(window: Window) -> bool:
    """Whether the window bounds nothing."""
    return window.lower is None and window.upper is None


def canonical_window(window: Window) -> Window:
    """The window with canonical offsets."""
    return replace(window, lower=_bound(window.lower), upper=_bound(window.upper))


def _bound(bound: Bound | None) -> Bound | None:
    return None if bound is None else replace(bound, offset=canonical_duration(bound.offset))
