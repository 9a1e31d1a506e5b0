"""Calendar arithmetic in plain Python."""

import calendar
import datetime

from cohort_dsl.ast import Between, Comparator, Compare, Duration, RangeTest, Unit

Value = float | datetime.date


def shifted(day: datetime.date, offset: Duration) -> datetime.date:
    """The day moved by a signed duration; months and years keep the day where the month has it, else its last."""
    match offset.unit:
        case Unit.DAY:
            return day + datetime.timedelta(days=offset.count)
        case Unit.WEEK:
            return day + datetime.timedelta(weeks=offset.count)
        case Unit.MONTH:
            return _add_months(day, offset.count)
        case Unit.YEAR:
            return _add_months(day, 12 * offset.count)


def backwards(duration: Duration) -> Duration:
    """The same length towards the past."""
    return Duration(count=-duration.count, unit=duration.unit)


def _add_months(day: datetime.date, months: int) -> datetime.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def completed_years(born: datetime.date, day: datetime.date) -> int:
    """Age in completed years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def holds(test: RangeTest, value: Value | None) -> bool | None:
    """Whether the value passes; unknown (None) where there is none."""
    if value is None:
        return None
    match test:
        case Compare(operator=operator, value=bound):
            return _compare(operator, value, bound)
        case Between(low=low, high=high):
            return (low is None or _compare(Comparator.GE, value, low)) and (
                high is None or _compare(Comparator.LE, value, high)
            )


def _compare(operator: Comparator, value: Value, bound: Value) -> bool:
    if isinstance(value, datetime.date) or isinstance(bound, datetime.date):
        assert isinstance(value, datetime.date)
        assert isinstance(bound, datetime.date)
        left, right = value.toordinal(), bound.toordinal()
        return _compare_numbers(operator, left, right)
    return _compare_numbers(operator, value, bound)


def _compare_numbers(operator: Comparator, left: float, right: float) -> bool:
    match operator:
        case Comparator.LT:
            return left < right
        case Comparator.LE:
            return left <= right
        case Comparator.EQ:
            return left == right
        case Comparator.NE:
            return left != right
        case Comparator.GE:
            return left >= right
        case Comparator.GT:
            return left > right
