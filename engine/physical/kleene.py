"""Kleene's three-valued logic over columns of entries: a condition from the columns of its atoms."""

from collections.abc import Mapping
from typing import assert_never

import numpy as np

from cohort_dsl.ast import CountOperator
from engine.logical.nodes import Atom, Condition, CountOf, Every, IsUnknown, Negation, Some
from engine.physical.entries import FALSE, TRUE, UNKNOWN, Truth


def evaluate(condition: Condition, truth: Mapping[Atom, Truth], size: int) -> Truth:
    """A condition over entries by Kleene's logic, from the columns of its atoms."""
    match condition:
        case Every(parts=parts):
            return _every([evaluate(part, truth, size) for part in parts], size)
        case Some(parts=parts):
            return negate(_every([negate(evaluate(part, truth, size)) for part in parts], size))
        case CountOf():
            return _count(condition, [evaluate(part, truth, size) for part in condition.parts], size)
        case Negation(part=part):
            return negate(evaluate(part, truth, size))
        case IsUnknown(part=part):
            return (evaluate(part, truth, size) == UNKNOWN).astype(np.int8)
        case atom:
            return truth[atom]


def negate(column: Truth) -> Truth:
    """Kleene negation: unknown stays unknown."""
    return np.where(column == UNKNOWN, UNKNOWN, 1 - column).astype(np.int8)


def _every(columns: list[Truth], size: int) -> Truth:
    result = np.full(size, TRUE, np.int8)
    for column in columns:
        result = np.where((result == FALSE) | (column == FALSE), FALSE, np.maximum(result, column)).astype(np.int8)
    return result


def _count(condition: CountOf, columns: list[Truth], size: int) -> Truth:
    """True or false as soon as the unknown parts cannot change it any more."""
    low = sum((column == TRUE for column in columns), np.zeros(size, np.int16))
    high = low + sum((column == UNKNOWN for column in columns), np.zeros(size, np.int16))
    number = condition.number
    match condition.operator:
        case CountOperator.AT_LEAST:
            true, false = low >= number, high < number
        case CountOperator.AT_MOST:
            true, false = high <= number, low > number
        case CountOperator.EXACTLY:
            true, false = (low == number) & (high == number), (low > number) | (high < number)
        case _:
            assert_never(condition.operator)
    return np.where(true, TRUE, np.where(false, FALSE, UNKNOWN)).astype(np.int8)
