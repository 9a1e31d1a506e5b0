"""Small pieces of Polars: ranges, calendar arithmetic, ages, texts.

Days are Int32 columns that count from 1970-01-01, as in `engine.physical.entries`. A Boolean column is null where the
test is unknown, and `&`, `|` and `~` on such columns are Kleene's.
"""

import datetime
import operator
from collections.abc import Callable, Collection, Iterable
from functools import reduce
from typing import assert_never

import polars as pl

from cohort_dsl.ast import Between, Comparator, Compare, Duration, RangeTest, TextOperator, Unit

_EPOCH = datetime.date(1970, 1, 1)

_COMPARISONS: dict[Comparator, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    Comparator.LT: operator.lt,
    Comparator.LE: operator.le,
    Comparator.EQ: operator.eq,
    Comparator.NE: operator.ne,
    Comparator.GE: operator.ge,
    Comparator.GT: operator.gt,
}


def day_number(date: datetime.date) -> int:
    """Days since 1970-01-01."""
    return (date - _EPOCH).days


def all_of(parts: Iterable[pl.Expr]) -> pl.Expr:
    """Kleene conjunction; true of no parts."""
    return reduce(operator.and_, parts, pl.lit(True))


def any_of(parts: Iterable[pl.Expr]) -> pl.Expr:
    """Kleene disjunction; false of no parts."""
    return reduce(operator.or_, parts, pl.lit(False))


def in_range(value: pl.Expr, test: RangeTest) -> pl.Expr:
    """Whether the value lies in the range; null where it is missing. Dates are compared as day numbers."""
    match test:
        case Compare(operator=comparator, value=bound):
            return _COMPARISONS[comparator](value, _literal(bound))
        case Between(low=low, high=high):
            bounds = [] if low is None else [value >= _literal(low)]
            return all_of(bounds if high is None else [*bounds, value <= _literal(high)])


def _literal(value: float | datetime.date) -> pl.Expr:
    if isinstance(value, datetime.date):
        return pl.lit(day_number(value), pl.Int32)
    return pl.lit(float(value), pl.Float64)


def is_concept_in(concepts: Collection[int], value: pl.Expr) -> pl.Expr:
    """Whether the value is one of the concept ids; null where it is missing."""
    return value.is_in(pl.Series(list(concepts), dtype=pl.Int32).implode())


def is_concept_between(concepts: Collection[int], value: pl.Expr) -> pl.Expr:
    """Whether the value lies from the least id to the greatest: a test by which row groups can be left unread."""
    return value.is_between(min(concepts), max(concepts)) if concepts else pl.lit(False)


def is_text_in(texts: Collection[str], value: pl.Expr) -> pl.Expr:
    """Whether the value is one of the texts; null where it is missing."""
    return value.is_in(pl.Series(list(texts), dtype=pl.String).implode())


def matches_text(value: pl.Expr, how: TextOperator, text: str) -> pl.Expr:
    """Whether the text matches, letter case counting; null where it is missing."""
    match how:
        case TextOperator.IS:
            return value == pl.lit(text)
        case TextOperator.CONTAINS:
            return value.str.contains(text, literal=True)
        case TextOperator.STARTS_WITH:
            return value.str.starts_with(text)
        case TextOperator.ENDS_WITH:
            return value.str.ends_with(text)
        case TextOperator.LIKE:
            return value.str.contains(_like_pattern(text))
        case _:
            assert_never(how)


def _like_pattern(text: str) -> str:
    """SQL's pattern as an anchored regular expression: `%` any text, `_` one character, all else itself."""
    wild = {"%": ".*", "_": "."}
    return rf"(?s)\A{''.join(wild.get(c, pl.escape_regex(c)) for c in text)}\z"


def shifted(day: pl.Expr, offset: Duration) -> pl.Expr:
    """The day moved by a signed duration; months and years keep the day where the month has it, else take its last."""
    match offset.unit:
        case Unit.DAY:
            return day + pl.lit(offset.count, pl.Int32)
        case Unit.WEEK:
            return day + pl.lit(7 * offset.count, pl.Int32)
        case Unit.MONTH:
            return _add_months(day, offset.count)
        case Unit.YEAR:
            return _add_months(day, 12 * offset.count)
        case _:
            assert_never(offset.unit)


def backwards(offset: Duration) -> Duration:
    """The same duration the other way."""
    return Duration(count=-offset.count, unit=offset.unit)


def _add_months(day: pl.Expr, months: int) -> pl.Expr:
    return day.cast(pl.Date).dt.offset_by(f"{months}mo").cast(pl.Int32)


def completed_years(born: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Completed years from a day of birth to a day."""
    early = _day_of_year(day) < _day_of_year(born)
    return calendar_years(_year(born), day) - early.cast(pl.Int32)


def calendar_years(birth_year: pl.Expr, day: pl.Expr) -> pl.Expr:
    """The difference of calendar years."""
    return _year(day) - birth_year


def _year(day: pl.Expr) -> pl.Expr:
    return day.cast(pl.Date).dt.year().cast(pl.Int32)


def _day_of_year(day: pl.Expr) -> pl.Expr:
    """Month and day as a number that orders days within a year."""
    date = day.cast(pl.Date)
    return date.dt.month().cast(pl.Int32) * 100 + date.dt.day().cast(pl.Int32)
