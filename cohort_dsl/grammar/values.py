"""Numbers, dates, ranges, durations and lists of texts."""

import datetime

from cohort_dsl.ast import Between, Comparator, Compare, Duration, RangeTest, Unit
from cohort_dsl.lexer import TokenKind, number_of
from cohort_dsl.stream import Expected, ExpectedKind, TokenStream
from cohort_dsl.words import KEYWORDS
from schemas.errors import SyntaxProblem

_UNITS = {word: unit for unit in Unit for word in (unit.value, f"{unit.value}s")}
_COMPARATORS = {comparator.value: comparator for comparator in Comparator}
_LONGEST_INTEGER = 18


def read_integer(stream: TokenStream, shown: str = "whole number") -> int:
    """A whole number of zero or more."""
    token = stream.expect_kind(TokenKind.NUMBER, shown)
    if not token.text.isdecimal() or len(token.text) > _LONGEST_INTEGER:
        raise SyntaxProblem("bad-number", f"`{token.text}` is not a whole number", span=token.span, expected=(shown,))
    return int(token.text)


def read_text(stream: TokenStream) -> str:
    """A text in quotes."""
    return stream.expect_kind(TokenKind.STRING).text


def accept_name(stream: TokenStream, shown: str) -> str | None:
    """A word that is not reserved."""
    stream.record(Expected(shown, ExpectedKind.VALUE))
    if stream.current.kind is TokenKind.WORD and stream.current.text not in KEYWORDS:
        return stream.advance().text
    return None


def read_word_or_text(stream: TokenStream, shown: str) -> str:
    """A word that is not reserved, or any text in quotes."""
    name = accept_name(stream, shown)
    if name is not None:
        return name
    return stream.expect_kind(TokenKind.STRING).text


def read_texts(stream: TokenStream) -> tuple[str, ...]:
    """`("current", "former")`."""
    stream.expect("(")
    texts = [read_text(stream)]
    while stream.accept(","):
        texts.append(read_text(stream))
    stream.expect(")")
    return tuple(texts)


def accept_comparison(stream: TokenStream) -> Compare | None:
    """`>= 40`."""
    comparator = stream.accept(*_COMPARATORS)
    if comparator is None:
        return None
    return Compare(operator=_COMPARATORS[comparator], value=_read_limit(stream))


def read_range_test(stream: TokenStream) -> RangeTest:
    """`>= 40` or `in 40..79`."""
    comparison = accept_comparison(stream)
    if comparison is not None:
        return comparison
    stream.expect("in")
    return read_range(stream)


def read_range(stream: TokenStream) -> Between:
    """`40..79`, `40..`, `..2020-12-31`."""
    if stream.accept(".."):
        return Between(low=None, high=_read_limit(stream))
    low = _read_limit(stream)
    stream.expect("..")
    return Between(low=low, high=_accept_limit(stream))


def read_days(stream: TokenStream) -> tuple[datetime.date | None, datetime.date | None]:
    """`2010-01-01..2019-12-31`, `2010-01-01..`, `..2019-12-31`."""
    if stream.accept(".."):
        return None, _read_date(stream)
    first = _read_date(stream)
    stream.expect("..")
    return first, accept_date(stream)


def _read_date(stream: TokenStream) -> datetime.date:
    date = accept_date(stream)
    if date is None:
        raise stream.problem()
    return date


def read_number(stream: TokenStream) -> float:
    """`1.5`."""
    return number_of(stream.expect_kind(TokenKind.NUMBER).text)


def _read_limit(stream: TokenStream) -> float | datetime.date:
    limit = _accept_limit(stream)
    if limit is None:
        raise stream.problem()
    return limit


def _accept_limit(stream: TokenStream) -> float | datetime.date | None:
    number = stream.accept_kind(TokenKind.NUMBER)
    if number is not None:
        return number_of(number.text)
    return accept_date(stream)


def accept_date(stream: TokenStream) -> datetime.date | None:
    """`2024-12-31`."""
    token = stream.accept_kind(TokenKind.DATE)
    return datetime.date.fromisoformat(token.text) if token else None


def read_duration(stream: TokenStream) -> Duration:
    """`365 days`, `1 year`; the caller knows the direction."""
    count = read_integer(stream)
    return Duration(count=count, unit=_UNITS[stream.expect(*_UNITS)])


def read_day_count(stream: TokenStream) -> int:
    """`30 days`, of no other unit."""
    count = read_integer(stream)
    stream.expect("days", "day")
    return count


def negative(duration: Duration) -> Duration:
    """The same time the other way."""
    return Duration(count=-duration.count, unit=duration.unit)
