"""Numbers, days, durations and ranges in Korean."""

import datetime
from collections.abc import Iterable
from typing import assert_never

from cohort_dsl.ast import Between, Comparator, Compare, Duration, RangeTest, Unit
from cohort_dsl.printing.values import number_text, percent_text

_UNITS = {Unit.DAY: "일", Unit.WEEK: "주", Unit.MONTH: "개월", Unit.YEAR: "년"}
_NUMBERS = {
    Comparator.LT: "{} 미만",
    Comparator.LE: "{} 이하",
    Comparator.EQ: "정확히 {}",
    Comparator.NE: "{} 이외",
    Comparator.GE: "{} 이상",
    Comparator.GT: "{} 초과",
}
_DAYS = {
    Comparator.LT: "{} 전(당일 제외)",
    Comparator.LE: "{} 이전(당일 포함)",
    Comparator.EQ: "{}",
    Comparator.NE: "{} 이외의 날",
    Comparator.GE: "{} 이후(당일 포함)",
    Comparator.GT: "{} 후(당일 제외)",
}


def day(date: datetime.date) -> str:
    """`2015년 1월 1일`."""
    return f"{date.year}년 {date.month}월 {date.day}일"


def duration(length: Duration) -> str:
    """`30일`; which way is left to the words around it."""
    return f"{abs(length.count)}{_UNITS[length.unit]}"


def days(count: int) -> str:
    """`30일`."""
    return duration(Duration(count=count))


def range_words(test: RangeTest, *, unit: str = "", percent: bool = False) -> str:
    """`40세 이상`, `5 %부터 7 %까지`, `2015년 1월 1일 이후(당일 포함)`; a unit stands behind each number."""
    match test:
        case Compare(operator=operator, value=value):
            words = _DAYS if isinstance(value, datetime.date) else _NUMBERS
            return words[operator].format(_limit(value, unit, percent))
        case Between(low=None, high=None):
            return "제한 없음"
        case Between(low=low, high=None):
            return range_words(Compare(operator=Comparator.GE, value=_some(low)), unit=unit, percent=percent)
        case Between(low=None, high=high):
            return range_words(Compare(operator=Comparator.LE, value=_some(high)), unit=unit, percent=percent)
        case Between(low=low, high=high):
            return f"{_limit(_some(low), unit, percent)}부터 {_limit(_some(high), unit, percent)}까지"
        case _:
            assert_never(test)


def period(first: datetime.date | None, last: datetime.date | None) -> str:
    """`2015년 1월 1일부터 2019년 12월 31일까지`."""
    if first is None and last is None:
        return "전체 기간"
    return " ".join(
        ([f"{day(first)}부터"] if first is not None else []) + ([f"{day(last)}까지"] if last is not None else [])
    )


def either(words: Iterable[str]) -> str:
    """`가, 나 또는 다`."""
    *first, last = words
    return f"{', '.join(first)} 또는 {last}" if first else last


def quoted(text: str) -> str:
    """In the brackets that mark names in Korean."""
    return f"「{text}」"


def _limit(value: float | datetime.date, unit: str, percent: bool) -> str:
    return day(value) if isinstance(value, datetime.date) else _number(value, unit, percent)


def _number(value: float, unit: str, percent: bool) -> str:
    text = percent_text(value) if percent else number_text(value)
    is_korean = "가" <= unit[:1] <= "힣"
    return f"{text}{'' if is_korean or not unit else ' '}{unit}"


def _some(value: float | datetime.date | None) -> float | datetime.date:
    assert value is not None
    return value
