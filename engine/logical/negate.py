"""What is true exactly where a condition or a row predicate is false, and unknown where that is unknown."""

from dataclasses import replace

from cohort_dsl.ast import CountOperator
from cohort_dsl.canonicalize.values import opposite_range
from engine.logical.nodes import (
    Condition,
    CountOf,
    Every,
    Negation,
    Occurs,
    PersonRange,
    RowAll,
    RowAny,
    RowNot,
    RowPredicate,
    RowRange,
    Scored,
    Some,
)

_OPPOSITE = {
    CountOperator.AT_LEAST: (CountOperator.AT_MOST, -1),
    CountOperator.AT_MOST: (CountOperator.AT_LEAST, 1),
}


def negated(condition: Condition) -> Condition:
    """The negation, with no `Negation` but around what has no opposite.

    Kleene's logic has De Morgan's laws; a comparison and its opposite are unknown for the same missing values, and so
    are two counts that between them cover every number.
    """
    match condition:
        case Negation(part=part):
            return part
        case Every(parts=parts):
            return Some(parts=tuple(map(negated, parts)))
        case Some(parts=parts):
            return Every(parts=tuple(map(negated, parts)))
        case CountOf() | Occurs():
            return _opposite_count(condition)
        case PersonRange(test=test) | Scored(test=test) if (opposite := opposite_range(test)) is not None:
            return replace(condition, test=opposite)
        case _:
            return Negation(part=condition)


def negated_row(predicate: RowPredicate) -> RowPredicate:
    """The same for a predicate on a row."""
    match predicate:
        case RowNot(part=part):
            return part
        case RowAll(parts=parts):
            return RowAny(parts=tuple(map(negated_row, parts)))
        case RowAny(parts=parts):
            return RowAll(parts=tuple(map(negated_row, parts)))
        case RowRange(test=test) if (opposite := opposite_range(test)) is not None:
            return replace(predicate, test=opposite)
        case _:
            return RowNot(part=predicate)


def _opposite_count(condition: CountOf | Occurs) -> Condition:
    operator, number = condition.operator, condition.number
    if operator is CountOperator.EXACTLY and number == 0:
        return replace(condition, operator=CountOperator.AT_LEAST, number=1)
    if operator not in _OPPOSITE or (operator is CountOperator.AT_LEAST and number == 0):
        return Negation(part=condition)
    opposite, step = _OPPOSITE[operator]
    return replace(condition, operator=opposite, number=number + step)
