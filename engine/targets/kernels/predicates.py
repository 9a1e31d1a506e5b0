"""Row predicates over listed events, as three-valued columns."""

from collections.abc import Iterator
from typing import assert_never

import numpy as np

from engine.kernels.predicates import conjoin, disjoin, lies_outside, negate
from engine.logical.nodes import (
    ABNORMAL_RESULTS,
    EventRelation,
    Filter,
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
from engine.physical.entries import FALSE, TRUE, Truth
from engine.targets.kernels.fields import FieldReader
from engine.targets.kernels.matching import fits_text, in_range, is_concept_in
from engine.targets.kernels.views import View
from schemas.fields import Field


def row_truth(predicate: RowPredicate, view: View, fields: FieldReader) -> Truth:
    """What the predicate says of each event."""
    match predicate:
        case RowRange(field=Field.AGE | Field.AGE_AT_END as field, test=test, by_year=by_year):
            return in_range(fields.ages(view, at_end=field is Field.AGE_AT_END, by_year=by_year), test)
        case RowRange(field=field, test=test):
            return in_range(fields.values(field, view), test)
        case RowConcept(field=field, concepts=concepts, zero_is_value=zero_is_value):
            return is_concept_in(fields.concept(field, view, zero_is_value=zero_is_value), concepts)
        case RowText(field=field, operator=operator, text=text):
            return fits_text(fields.values(field, view), operator, text)
        case RowMissing(field=field, zero_is_value=zero_is_value):
            return fields.concept(field, view, zero_is_value=zero_is_value).is_missing().astype(np.int8)
        case RowAbnormal():
            return _abnormal(view, fields)
        case RowAll(parts=parts):
            return _every([row_truth(part, view, fields) for part in parts], view)
        case RowAny(parts=parts):
            return _any([row_truth(part, view, fields) for part in parts], view)
        case RowNot(part=part):
            return _negated(row_truth(part, view, fields))
        case _:
            assert_never(predicate)


def tested(events: EventRelation) -> tuple[EventRelation, tuple[RowPredicate, ...]]:
    """A relation without the predicates of its events, and these, the innermost first."""
    predicates: tuple[RowPredicate, ...] = ()
    while isinstance(events, Filter):
        events, predicates = events.source, (events.predicate, *predicates)
    return events, predicates


def parts_of(predicate: RowPredicate) -> Iterator[RowPredicate]:
    """Predicates that are true wherever this one is."""
    if isinstance(predicate, RowAll):
        for part in predicate.parts:
            yield from parts_of(part)
    else:
        yield predicate


def _every(columns: list[Truth], view: View) -> Truth:
    """Kleene conjunction: false where one is false, else unknown where one is unknown."""
    if not columns:
        return np.full(view.size, TRUE, np.int8)
    result = columns[0]
    for column in columns[1:]:
        conjoin(result, column)
    return result


def _any(columns: list[Truth], view: View) -> Truth:
    """Kleene disjunction: true where one is true, else unknown where one is unknown."""
    if not columns:
        return np.full(view.size, FALSE, np.int8)
    result = columns[0]
    for column in columns[1:]:
        disjoin(result, column)
    return result


def _negated(column: Truth) -> Truth:
    negate(column)
    return column


def _abnormal(view: View, fields: FieldReader) -> Truth:
    value, low, high = (
        fields.values(field, view).numbers() for field in (Field.VALUE, Field.RANGE_LOW, Field.RANGE_HIGH)
    )
    outside = np.empty(view.size, np.int8)
    lies_outside(value, low, high, outside)
    result = fields.concept(Field.VALUE_CONCEPT, view, zero_is_value=False)
    return _any([outside, is_concept_in(result, ABNORMAL_RESULTS)], view)
