"""Running a physical plan: sub-cohorts, kernels, the target's entry scan, then rules over its columns."""

from collections.abc import Mapping
from typing import Protocol, assert_never

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import CountOperator, Keep, RuleKind
from engine.genotypes.store import GenotypeStore
from engine.logical.nodes import (
    Atom,
    Carrier,
    CohortPlan,
    Condition,
    CountOf,
    Every,
    IsUnknown,
    Negation,
    NoCallAt,
    Some,
)
from engine.physical.entries import FALSE, TRUE, UNKNOWN, CohortResult, CohortRows, EntryTable, Truth
from engine.physical.nodes import EntryScan, GenotypeAtom, PhysicalPlan


class Target(Protocol):
    """The one thing a target does."""

    def entries(self, scan: EntryScan, cohorts: Mapping[CohortPlan, CohortRows]) -> EntryTable:
        """Compute an entry scan; `cohorts` holds the rows of every cohort the scan refers to."""
        ...


def execute(plan: PhysicalPlan, *, target: Target, genotypes: GenotypeStore, persons: int) -> CohortResult:
    """Run the plan over a release of `persons` people."""
    cohorts = {
        sub.cohort: execute(sub.plan, target=target, genotypes=genotypes, persons=persons).rows for sub in plan.cohorts
    }
    table = target.entries(plan.scan, cohorts)
    truth = dict(table.truth) | {scan.atom: _kernel_column(scan.atom, genotypes, table) for scan in plan.kernels}
    passed = [_passes(rule.kind, evaluate(rule.condition, truth, len(table))) for rule in plan.rules]
    steps = _leading_passes(passed, len(table))
    rows = collapse(table, _kept(table, steps == len(passed), plan.keep))
    return CohortResult(rows=rows, progress=_furthest(table, steps, persons), index_day=_first_day(rows, persons))


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


def _kernel_column(atom: GenotypeAtom, genotypes: GenotypeStore, table: EntryTable) -> Truth:
    """A genotype condition as person sets, read off at each entry's person."""
    variants = genotypes.select(atom.variants)
    match atom:
        case Carrier(zygosity=zygosity):
            carriers = genotypes.carriers(variants, zygosity)
            true, unknown = carriers.true.contains(table.person), carriers.unknown.contains(table.person)
            return np.where(true, TRUE, np.where(unknown, UNKNOWN, FALSE)).astype(np.int8)
        case NoCallAt():
            return genotypes.no_call(variants).contains(table.person).astype(np.int8)
        case _:
            assert_never(atom)


def _passes(kind: RuleKind, column: Truth) -> npt.NDArray[np.bool_]:
    """Unknown neither includes nor excludes."""
    return column == TRUE if kind is RuleKind.INCLUDE else column != TRUE


def _leading_passes(passed: list[npt.NDArray[np.bool_]], size: int) -> npt.NDArray[np.int16]:
    """For each entry, how many rules it passed before the first it failed."""
    steps = np.zeros(size, np.int16)
    still = np.ones(size, np.bool_)
    for column in passed:
        still = still & column
        steps += still
    return steps


def _kept(table: EntryTable, passed: npt.NDArray[np.bool_], keep: Keep) -> npt.NDArray[np.intp]:
    """Positions of the entries kept, in table order (person, start, end)."""
    chosen = np.flatnonzero(passed)
    person = table.person[chosen]
    match keep:
        case Keep.ALL:
            return chosen
        case Keep.FIRST:
            return chosen[np.diff(person, prepend=np.int64(-1)) != 0]
        case Keep.LAST:
            return chosen[np.diff(person, append=np.int64(-1)) != 0]
        case _:
            assert_never(keep)


def collapse(table: EntryTable, chosen: npt.NDArray[np.intp]) -> CohortRows:
    """Overlapping entries of a person joined into one, so that nobody is in the cohort twice on a day."""
    person, start, end = table.person[chosen], table.start[chosen], table.end[chosen]
    if not chosen.size:
        return CohortRows(person=person, start=start, end=end)
    # A running maximum that restarts at each person: shift each person's days into a range of its own.
    span = np.int64(1) << 32
    offset = person.astype(np.int64) * span
    reach = np.maximum.accumulate(offset + end) - offset
    opens = np.ones(chosen.size, np.bool_)
    opens[1:] = (person[1:] != person[:-1]) | (start[1:] > reach[:-1])
    first = np.flatnonzero(opens)
    last = np.append(first[1:], chosen.size) - 1
    return CohortRows(person=person[first], start=start[first], end=reach[last].astype(np.int32))


def _furthest(table: EntryTable, steps: npt.NDArray[np.int16], persons: int) -> npt.NDArray[np.int16]:
    progress = np.full(persons, -1, np.int16)
    np.maximum.at(progress, table.person, steps)
    return progress


def _first_day(rows: CohortRows, persons: int) -> npt.NDArray[np.int32]:
    days = np.zeros(persons, np.int32)
    days[rows.person[::-1]] = rows.start[::-1]  # rows are sorted by start, so the first one is written last
    return days
