"""Where-clauses over variants, in three values: a comparison with an unknown value selects neither way."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import assert_never

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import (
    Between,
    Comparator,
    Compare,
    RangeTest,
    VariantAll,
    VariantAny,
    VariantIn,
    VariantNot,
    VariantPredicate,
    VariantTest,
)
from engine.genotypes.columns import Mask, Rows
from engine.genotypes.variants import VariantTable
from schemas.errors import InternalError
from schemas.fields import VariantField

_COMPARE = {
    Comparator.LT: np.less,
    Comparator.LE: np.less_equal,
    Comparator.EQ: np.equal,
    Comparator.NE: np.not_equal,
    Comparator.GE: np.greater_equal,
    Comparator.GT: np.greater,
}


@dataclass(frozen=True, slots=True)
class Truth:
    """bool per variant where the predicate is true and where it is false; elsewhere it is unknown."""

    true: Mask
    false: Mask

    def __and__(self, other: "Truth") -> "Truth":
        return Truth(self.true & other.true, self.false | other.false)

    def __or__(self, other: "Truth") -> "Truth":
        return Truth(self.true | other.true, self.false & other.false)

    def __invert__(self) -> "Truth":
        return Truth(self.false, self.true)


def evaluate(predicate: VariantPredicate, table: VariantTable, rows: Rows) -> Truth:
    """What the predicate says of each row.

    No LoF annotation means that the variant is not LoF, and no filter means `PASS`; any other null is unknown.
    Words are compared without regard to letter case.
    """
    match predicate:
        case VariantTest():
            return _numbers(predicate, table, rows)
        case VariantIn():
            return _words(predicate, table, rows)
        case VariantAll(parts=parts):
            return reduce(Truth.__and__, (evaluate(part, table, rows) for part in parts))
        case VariantAny(parts=parts):
            return reduce(Truth.__or__, (evaluate(part, table, rows) for part in parts))
        case VariantNot(part=part):
            return ~evaluate(part, table, rows)
        case _:
            assert_never(predicate)


def _numbers(test: VariantTest, table: VariantTable, rows: Rows) -> Truth:
    values = _frequencies(test.field, table)[rows]
    passed, known = in_range(values, test.test), ~np.isnan(values)
    return Truth(passed & known, ~passed & known)


def _frequencies(field: VariantField, table: VariantTable) -> npt.NDArray[np.float64]:
    match field:
        case VariantField.AF:
            return table.frequency
        case VariantField.AF_EXTERNAL:
            return table.external
        case VariantField.CONSEQUENCE | VariantField.LOF | VariantField.CLINVAR | VariantField.FILTER:
            raise InternalError("variant-field", f"{field.value} is not a number")
        case _:
            assert_never(field)


def in_range(values: npt.NDArray[np.float64], test: RangeTest) -> Mask:
    """bool per value; NaN gives anything."""
    match test:
        case Compare(operator=operator, value=value):
            return _COMPARE[operator](values, _number(value))
        case Between(low=low, high=high):
            above = np.ones(values.size, bool) if low is None else values >= _number(low)
            return above if high is None else above & (values <= _number(high))
        case _:
            assert_never(test)


def _number(value: float | datetime.date) -> float:
    if isinstance(value, datetime.date):
        raise InternalError("variant-field", "a frequency was compared with a date")
    return value


def _words(test: VariantIn, table: VariantTable, rows: Rows) -> Truth:
    wanted = frozenset(value.casefold() for value in test.values)
    column = table.words[_COLUMN[test.field]]
    is_filter = test.field is VariantField.FILTER
    passed = column.where(
        rows,
        lambda word: not wanted.isdisjoint(_PARTS[test.field](word.casefold())),
        null=is_filter and "pass" in wanted,
    )
    if is_filter or test.field is VariantField.LOF:
        return Truth(passed, ~passed)
    return Truth(passed, ~passed & column.where(rows, lambda _: True))


def _one(word: str) -> list[str]:
    return [word]


_PARTS: dict[VariantField, Callable[[str], list[str]]] = {
    VariantField.CONSEQUENCE: _one,
    VariantField.LOF: _one,
    VariantField.CLINVAR: lambda word: word.split("|"),
    VariantField.FILTER: lambda word: word.split(";"),
}
"""The statements one word of a column holds: ClinVar gives several of one allele, a filter column several filters."""

_COLUMN = {
    VariantField.CONSEQUENCE: "consequence",
    VariantField.LOF: "lof",
    VariantField.CLINVAR: "clinvar",
    VariantField.FILTER: "filter",
}
