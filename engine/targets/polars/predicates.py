"""Row predicates as Boolean expressions over a relation's columns, null where unknown."""

from typing import assert_never

import polars as pl

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
from engine.targets.polars.expressions import all_of, any_of, in_range, is_concept_in, matches_text
from engine.targets.polars.fields import concept, number, text, value_of
from schemas.fields import Field


def row_test(predicate: RowPredicate) -> pl.Expr:
    """The predicate; the relation carries the columns of its fields."""
    match predicate:
        case RowRange(field=field, test=test, by_year=by_year):
            return in_range(number(field, by_year=by_year), test)
        case RowConcept(field=field, concepts=concepts, zero_is_value=zero_is_value):
            return is_concept_in(concepts, concept(field, zero_is_value=zero_is_value))
        case RowText(field=field, operator=operator, text=wanted):
            return matches_text(text(field), operator, wanted)
        case RowMissing(field=field, zero_is_value=zero_is_value):
            return value_of(field, zero_is_value=zero_is_value).is_null()
        case RowAbnormal():
            return _abnormal()
        case RowAll(parts=parts):
            return all_of(map(row_test, parts))
        case RowAny(parts=parts):
            return any_of(map(row_test, parts))
        case RowNot(part=part):
            return ~row_test(part)
        case _:
            assert_never(predicate)


def _abnormal() -> pl.Expr:
    value = number(Field.VALUE)
    return any_of(
        (
            value < number(Field.RANGE_LOW),
            value > number(Field.RANGE_HIGH),
            is_concept_in(ABNORMAL_RESULTS, concept(Field.VALUE_CONCEPT)),
        )
    )
