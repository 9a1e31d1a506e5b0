"""Numbers, days, durations and ranges in English."""

import datetime
from collections.abc import Iterable
from typing import assert_never

from cohort_dsl.ast import Between, Comparator, Compare, Duration, RangeTest
from cohort_dsl.printing.values import number_text, percent_text

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_NUMBERS = {
    Comparator.LT: "below {}",
    Comparator.LE: "at most {}",
    Comparator.EQ: "exactly {}",
    Comparator.NE: "other than {}",
    Comparator.GE: "{} or more",
    Comparator.GT: "more than {}",
}
_DAYS = {
    Comparator.LT: "before {}",
    Comparator.LE: "on or before {}",
    Comparator.EQ: "on {}",
    Comparator.NE: "other than {}",
    Comparator.GE: "on or after {}",
    Comparator.GT: "after {}",
}


def day(date: datetime.date) -> str:
    """`1 January 2015`."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def duration(length: Duration) -> str:
    """`30 days`; which way is left to the words around it."""
    count = abs(length.count)
    return f"{count} {length.unit.value}{'' if count == 1 else 's'}"


def days(count: int) -> str:
    """`1 day`, `30 days`."""
    return duration(Duration(count=count))


def range_words(test: RangeTest, *, unit: str = "", percent: bool = False) -> str:
    """`40 or more`, `from 5 to 7 %`, `on or after 1 January 2015`; a unit stands behind each number."""
    match test:
        case Compare(operator=operator, value=value):
            words = _DAYS if isinstance(value, datetime.date) else _NUMBERS
            return words[operator].format(_limit(value, unit, percent))
        case Between(low=None, high=None):
            return "of any size"
        case Between(low=low, high=None):
            return range_words(Compare(operator=Comparator.GE, value=_some(low)), unit=unit, percent=percent)
        case Between(low=None, high=high):
            return range_words(Compare(operator=Comparator.LE, value=_some(high)), unit=unit, percent=percent)
        case Between(low=low, high=high):
            return f"from {_limit(_some(low), unit, percent)} to {_limit(_some(high), unit, percent)}"
        case _:
            assert_never(test)


def period(first: datetime.date | None, last: datetime.date | None) -> str:
    """`from 1 January 2015 to 31 December 2019`, `until 31 December 2019`."""
    if first is None and last is None:
        return "at any time"
    if first is None or last is None:
        return f"from {day(first)} on" if first is not None else f"until {day(_date(last))}"
    return f"from {day(first)} to {day(last)}"


def either(words: Iterable[str]) -> str:
    """`a, b or c`."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def quoted(text: str) -> str:
    """In typographic quotation marks."""
    return f"“{text}”"


def _limit(value: float | datetime.date, unit: str, percent: bool) -> str:
    return day(value) if isinstance(value, datetime.date) else _number(value, unit, percent)


def _number(value: float, unit: str, percent: bool) -> str:
    text = percent_text(value) if percent else number_text(value)
    if unit == "days" and value == 1:
        return "1 day"
    return f"{text} {unit}" if unit else text


def _some(value: float | datetime.date | None) -> float | datetime.date:
    assert value is not None
    return value


def _date(value: datetime.date | None) -> datetime.date:
    assert value is not None
    return value
