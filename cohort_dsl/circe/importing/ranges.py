"""Ranges of numbers and dates, and filters of text, for events and for persons."""

import datetime
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from cohort_dsl.ast import (
    Between,
    Comparator,
    Compare,
    FieldText,
    Predicate,
    PredicateNot,
    RangeTest,
    TextOperator,
)
from cohort_dsl.circe.model import DateRange, NumericRange, TextFilter
from schemas.fields import Field

COMPARATORS = {
    "lt": Comparator.LT,
    "lte": Comparator.LE,
    "eq": Comparator.EQ,
    "!eq": Comparator.NE,
    "gt": Comparator.GT,
    "gte": Comparator.GE,
}
TEXT_OPERATORS = {
    "startsWith": TextOperator.STARTS_WITH,
    "contains": TextOperator.CONTAINS,
    "endsWith": TextOperator.ENDS_WITH,
}
_DECIMALS = Decimal("0.0001")

Value = float | datetime.date
Condition = TypeVar("Condition")


def range_condition(
    given: NumericRange | DateRange,
    value_of: Callable[[float], float],
    *,
    test: Callable[[RangeTest], Condition],
    every: Callable[[tuple[Condition, ...]], Condition],
    negate: Callable[[Condition], Condition],
) -> Condition:
    """The range as a condition, made from a test on a field by the functions given."""
    low = _value(given.value, value_of)
    if given.op in COMPARATORS:
        return test(Compare(operator=COMPARATORS[given.op], value=low))
    assert given.extent is not None
    high = _value(given.extent, value_of)
    between = _between(low, high, test, every)
    return negate(between) if given.op == "!bt" else between


def _between(
    low: Value,
    high: Value,
    test: Callable[[RangeTest], Condition],
    every: Callable[[tuple[Condition, ...]], Condition],
) -> Condition:
    """A range whose ends are swapped holds nothing, in Circe as in the language, which has no range for it."""
    if _is_ordered(low, high):
        return test(Between(low=low, high=high))
    above = test(Compare(operator=Comparator.GE, value=low))
    return every((above, test(Compare(operator=Comparator.LE, value=high))))


def _is_ordered(low: Value, high: Value) -> bool:
    match low, high:
        case datetime.date(), datetime.date():
            return low <= high
        case ((int() | float()), (int() | float())):
            return low <= high
        case _:
            return True


def _value(given: float | datetime.date, value_of: Callable[[float], float]) -> Value:
    return given if isinstance(given, datetime.date) else value_of(given)


def cut(number: float) -> float:
    """Without its decimals, as OHDSI's SQL writes it."""
    return float(int(number))


def rounded(number: float) -> float:
    """To four decimals, halves away from zero, as OHDSI's SQL writes it."""
    return float(Decimal(repr(number)).quantize(_DECIMALS, rounding=ROUND_HALF_UP))


def text_condition(field: Field, given: TextFilter) -> Predicate:
    """`!contains` is `not … contains`; percent and underline are SQL's wildcards."""
    word = given.op.removeprefix("!")
    text = re.sub(r"\\+'", "'", given.text)
    operator = TEXT_OPERATORS[word]
    if "%" in text or "_" in text:
        before = "" if operator is TextOperator.STARTS_WITH else "%"
        after = "" if operator is TextOperator.ENDS_WITH else "%"
        operator, text = TextOperator.LIKE, f"{before}{text}{after}"
    found = FieldText(field=field, operator=operator, text=text)
    return PredicateNot(part=found) if given.op.startswith("!") else found
