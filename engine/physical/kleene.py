"""Kleene's three-valued logic over columns of entries: a condition from the columns of its atoms.

A condition is held as two Boolean columns, where it is true and where it is false; it is unknown where it is neither.
So every connective is a handful of Boolean operations, which the processor does sixty-four entries at a time, and
codes (0, 1, 2) exist at the ends only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import CountOperator, RuleKind
from engine.logical.nodes import Atom, Condition, CountOf, Every, IsUnknown, Negation, Some
from engine.physical.entries import FALSE, TRUE, UNKNOWN, Truth

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Column:
    true: Mask
    false: Mask


def evaluate(condition: Condition, truth: Mapping[Atom, Truth], size: int) -> Truth:
    """A condition over entries by Kleene's logic, from the columns of its atoms."""
    column = _column(condition, truth, size)
    return np.where(column.true, TRUE, np.where(column.false, FALSE, UNKNOWN)).astype(np.int8)


def holds(condition: Condition, truth: Mapping[Atom, Truth], size: int) -> Mask:
    """Where a condition is true."""
    return _column(condition, truth, size).true


def passes(kind: RuleKind, condition: Condition, truth: Mapping[Atom, Truth], size: int) -> Mask:
    """Which entries a rule lets through: unknown neither includes nor excludes."""
    true = holds(condition, truth, size)
    return true if kind is RuleKind.INCLUDE else ~true


def _column(condition: Condition, truth: Mapping[Atom, Truth], size: int) -> _Column:
    match condition:
        case Every(parts=parts):
            return _every([_column(part, truth, size) for part in parts], size)
        case Some(parts=parts):
            return _negated(_every([_negated(_column(part, truth, size)) for part in parts], size))
        case CountOf():
            return _count(condition, [_column(part, truth, size) for part in condition.parts], size)
        case Negation(part=part):
            return _negated(_column(part, truth, size))
        case IsUnknown(part=part):
            column = _column(part, truth, size)
            known = column.true | column.false
            return _Column(true=~known, false=known)
        case atom:
            return _Column(true=truth[atom] == TRUE, false=truth[atom] == FALSE)


def _negated(column: _Column) -> _Column:
    return _Column(true=column.false, false=column.true)


def _every(columns: list[_Column], size: int) -> _Column:
    true, false = np.ones(size, np.bool_), np.zeros(size, np.bool_)
    for column in columns:
        true &= column.true
        false |= column.false
    return _Column(true=true, false=false)


def _count(condition: CountOf, columns: list[_Column], size: int) -> _Column:
    """True or false as soon as the unknown parts cannot change it any more."""
    low = sum((column.true for column in columns), np.zeros(size, np.int16))
    high = sum((~column.false for column in columns), np.zeros(size, np.int16))
    number = condition.number
    match condition.operator:
        case CountOperator.AT_LEAST:
            return _Column(true=low >= number, false=high < number)
        case CountOperator.AT_MOST:
            return _Column(true=high <= number, false=low > number)
        case CountOperator.EXACTLY:
            return _Column(true=(low == number) & (high == number), false=(low > number) | (high < number))
        case _:
            assert_never(condition.operator)
