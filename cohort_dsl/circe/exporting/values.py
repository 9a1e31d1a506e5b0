"""Durations, ranges and texts."""

import datetime
import re

from cohort_dsl.ast import Between, Comparator, Compare, Duration, FieldText, RangeTest, TextOperator, Unit
from cohort_dsl.circe.attributes import Kind
from cohort_dsl.circe.exporting.context import Context, JsonObject
from cohort_dsl.circe.importing.ranges import COMPARATORS, TEXT_OPERATORS, rounded
from cohort_dsl.json_read import Json

_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}
_OPERATIONS = {comparator: word for word, comparator in COMPARATORS.items()}
_TEXT_WORDS = {operator: word for word, operator in TEXT_OPERATORS.items()}
_WILDCARD = re.compile("[%_]")


def days(context: Context, duration: Duration, node: object) -> int:
    """A duration in days, the one unit Circe has."""
    if duration.unit not in _DAYS:
        hint = "write it in days; months and years differ in length"
        raise context.refusal(f"a time in {duration.unit.value}s", node, hint)
    return duration.count * _DAYS[duration.unit]


def range_json(context: Context, kind: Kind, test: RangeTest, node: object, *, negate: bool = False) -> JsonObject:
    """A range as Circe's operation and values."""
    match test:
        case Between(low=low, high=high) if low is not None and high is not None:
            value, extent = (_value(context, kind, end, node) for end in (low, high))
            return {"Value": value, "Extent": extent, "Op": "!bt" if negate else "bt"}
        case Between(low=None, high=high) if high is not None and not negate:
            return {"Value": _value(context, kind, high, node), "Op": "lte"}
        case Between(low=low, high=None) if low is not None and not negate:
            return {"Value": _value(context, kind, low, node), "Op": "gte"}
        case Compare(operator=operator, value=value) if not negate:
            return {"Value": _value(context, kind, value, node), "Op": _OPERATIONS[operator]}
        case _:
            hint = "write the opposite comparison, which also leaves out what has no value"
            raise context.refusal("`not` of a comparison", node, hint)


def joined_range(first: RangeTest, second: RangeTest) -> Between | None:
    """`at least a` and `at most b` as the one range Circe has room for."""
    match first, second:
        case (
            Compare(operator=Comparator.GE, value=low),
            Compare(operator=Comparator.LE, value=high),
        ) | (
            Compare(operator=Comparator.LE, value=high),
            Compare(operator=Comparator.GE, value=low),
        ):
            return Between(low=low, high=high)
        case _:
            return None


def _value(context: Context, kind: Kind, value: float | datetime.date, node: object) -> Json:
    """Circe cuts and rounds numbers; one that it would change is refused."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if kind is Kind.WHOLE and not value.is_integer():
        raise context.refusal(f"{value} where it compares whole numbers", node, "use a whole number")
    if kind is Kind.DECIMAL and rounded(value) != value:
        raise context.refusal(f"{value}: it keeps four decimals", node, "round the number")
    return int(value) if value.is_integer() else value


def text_json(context: Context, test: FieldText, *, negate: bool) -> JsonObject:
    """A filter of text; Circe reads percent and underline as wildcards."""
    operator, text = test.operator, test.text
    if operator is TextOperator.LIKE:
        operator, text = _unwrapped(text)
    elif _WILDCARD.search(text):
        raise context.refusal(
            "`%` or `_` as plain characters of a text", test, "use `is like` if any text will do there"
        )
    if operator not in _TEXT_WORDS:
        raise context.refusal("that a text is exactly so", test, "use `starts with`, `contains` or `ends with`")
    return {"Text": text, "Op": f"{'!' if negate else ''}{_TEXT_WORDS[operator]}"}


def _unwrapped(pattern: str) -> tuple[TextOperator, str]:
    """The operator that adds the percent signs at the ends of a pattern."""
    match pattern.startswith("%"), pattern.endswith("%") and len(pattern) > 1:
        case True, True:
            return TextOperator.CONTAINS, pattern[1:-1]
        case True, False:
            return TextOperator.ENDS_WITH, pattern[1:]
        case False, True:
            return TextOperator.STARTS_WITH, pattern[:-1]
        case _:
            return TextOperator.LIKE, pattern
