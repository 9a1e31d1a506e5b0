"""Row predicates over one event, as True, False or None for unknown."""

import re
from typing import assert_never

from cohort_dsl.ast import Comparator, Compare, TextOperator
from engine.logical.nodes import (
    ABNORMAL_RESULTS,
    RowAbnormal,
    RowAll,
    RowAny,
    RowConcept,
    RowMissing,
    RowNot,
    RowPredicate,
    RowRange,
    RowText,
)
from engine.targets.reference.calendar import holds
from engine.targets.reference.fields import Event, FieldReader
from engine.targets.reference.logic import Truth, kleene_all, kleene_any, kleene_not
from schemas.fields import Field

_DERIVED = (Field.AGE, Field.AGE_AT_END, Field.END_DATE, Field.DURATION)


def row_holds(predicate: RowPredicate, event: Event, fields: FieldReader) -> Truth:
    """Whether the predicate is true of the event."""
    match predicate:
        case RowRange(field=field, test=test, by_year=by_year):
            return holds(test, fields.comparable(field, event, by_year=by_year))
        case RowConcept(field=field, concepts=concepts, zero_is_value=zero_is_value):
            concept = fields.present(field, event, zero_is_value=zero_is_value)
            return None if concept is None else concept in concepts
        case RowText(field=field, operator=operator, text=text):
            value = fields.stored(field, event)
            return None if value is None else text_matches(str(value), operator, text)
        case RowMissing(field=field, zero_is_value=zero_is_value):
            return field not in _DERIVED and fields.present(field, event, zero_is_value=zero_is_value) is None
        case RowAbnormal():
            return _is_abnormal(event, fields)
        case RowAll(parts=parts):
            return kleene_all([row_holds(part, event, fields) for part in parts])
        case RowAny(parts=parts):
            return kleene_any([row_holds(part, event, fields) for part in parts])
        case RowNot(part=part):
            return kleene_not(row_holds(part, event, fields))
        case _:
            assert_never(predicate)


def text_matches(value: str, operator: TextOperator, text: str) -> bool:
    """Whether the value is, contains, starts or ends with the text, or fits it as a pattern; letter case counts."""
    match operator:
        case TextOperator.IS:
            return value == text
        case TextOperator.CONTAINS:
            return text in value
        case TextOperator.STARTS_WITH:
            return value.startswith(text)
        case TextOperator.ENDS_WITH:
            return value.endswith(text)
        case TextOperator.LIKE:
            wildcards = {"%": ".*", "_": "."}
            pattern = "".join(wildcards.get(letter, re.escape(letter)) for letter in text)
            return re.fullmatch(pattern, value, re.DOTALL) is not None


def _is_abnormal(event: Event, fields: FieldReader) -> Truth:
    value = fields.comparable(Field.VALUE, event)
    low, high = fields.comparable(Field.RANGE_LOW, event), fields.comparable(Field.RANGE_HIGH, event)
    result = fields.present(Field.VALUE_CONCEPT, event)
    return kleene_any(
        [
            None if low is None else holds(Compare(operator=Comparator.LT, value=low), value),
            None if high is None else holds(Compare(operator=Comparator.GT, value=high), value),
            None if result is None else result in ABNORMAL_RESULTS,
        ]
    )
