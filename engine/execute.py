"""Running a physical plan: sub-cohorts, kernels, the target's entry scan, then rules over its columns."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, assert_never

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Keep, Pick, RuleKind
from engine.genotypes.store import GenotypeStore
from engine.logical.nodes import (
    Burdened,
    Carrier,
    CohortPlan,
    GenotypeAtom,
    NoCallAt,
    Paired,
    PhasedPair,
    QualifyPlan,
    Scored,
    StudyDays,
)
from engine.personset import PersonSet, Tri
from engine.physical.bounds import SELECTIVE_SHARE, people_in
from engine.physical.entries import FALSE, TRUE, UNKNOWN, CohortResult, CohortRows, EntryTable, Truth
from engine.physical.kleene import evaluate
from engine.physical.nodes import EntryScan, PhysicalPlan

_EPOCH = datetime.date(1970, 1, 1)
_PICK_OF = {Keep.ALL: Pick.ALL, Keep.FIRST: Pick.EARLIEST, Keep.LAST: Pick.LATEST}


class Target(Protocol):
    """The one thing a target does."""

    def entries(
        self, scan: EntryScan, cohorts: Mapping[CohortPlan, CohortRows], among: PersonSet | None = None
    ) -> EntryTable:
        """Compute an entry scan; `cohorts` holds the rows of every cohort the scan refers to. With `among` only the
        entries of these people are wanted: nobody else's events need be read."""
        ...


def execute(
    plan: PhysicalPlan,
    *,
    target: Target,
    genotypes: GenotypeStore,
    persons: int,
    members_only: bool = False,
    selective: float = SELECTIVE_SHARE,
) -> CohortResult:
    """Run the plan over a release of `persons` people.

    With `members_only` the cohort itself is asked for and not how far the others got. People whom genotypes keep out
    are then passed over, where they leave less than the share `selective`.
    """
    return _Run(target, genotypes, persons, selective).result(plan, None, members_only=members_only)


def scan_entries(plan: PhysicalPlan, *, target: Target, genotypes: GenotypeStore, persons: int) -> EntryTable:
    """The plan's entries with their ends and a column for every condition, before qualification and rules."""
    return _Run(target, genotypes, persons, SELECTIVE_SHARE).scan(plan, None)


@dataclass(frozen=True, slots=True)
class _Run:
    """What a plan and the cohorts it refers to share: a genotype condition is worked out once, wherever it stands."""

    target: Target
    genotypes: GenotypeStore
    persons: int
    selective: float
    found: dict[GenotypeAtom, Tri] = field(default_factory=dict)

    def result(self, plan: PhysicalPlan, among: PersonSet | None, *, members_only: bool) -> CohortResult:
        """The cohort, of the people `among` only where they are given."""
        if members_only:
            among = self._narrowed(plan, among)
        return _by_rules(plan.cohort, self.scan(plan, among), self.persons)

    def scan(self, plan: PhysicalPlan, among: PersonSet | None) -> EntryTable:
        # Conditions are about one person, so of a cohort referred to only the rows of the same people matter.
        cohorts = {sub.cohort: self.result(sub.plan, among, members_only=True).rows for sub in plan.cohorts}
        scanned = self.target.entries(plan.scan, cohorts, among)
        columns = {kernel.atom: _column(self._people(kernel.atom), scanned) for kernel in plan.kernels}
        return replace(scanned, truth={**scanned.truth, **columns})

    def _narrowed(self, plan: PhysicalPlan, among: PersonSet | None) -> PersonSet | None:
        """Whom to look at, where the plan's bound leaves few enough for that to be worth it."""
        if plan.bound is None:
            return among
        possible = people_in(plan.bound, {kernel.atom: self._people(kernel.atom) for kernel in plan.kernels})
        possible = possible if among is None else possible & among
        return possible if possible.count() < self.selective * self.persons else among

    def _people(self, atom: GenotypeAtom) -> Tri:
        if atom not in self.found:
            self.found[atom] = people_where(atom, self.genotypes)
        return self.found[atom]


def _by_rules(cohort: CohortPlan, scanned: EntryTable, persons: int) -> CohortResult:
    table = _qualified(scanned, cohort.qualify)
    rules = cohort.rules
    passed = np.empty((len(rules), len(table)), np.bool_)
    for row, rule in zip(passed, rules, strict=True):
        row[:] = _passes(rule.kind, evaluate(rule.condition, table.truth, len(table)))
    steps = np.logical_and.accumulate(passed, axis=0).sum(axis=0, dtype=np.int16)
    kept = _kept(table, steps == len(rules), cohort.keep)
    rows = collapse(table.take(kept), cohort)
    return CohortResult(
        rows=rows,
        progress=_furthest(table, steps, persons),
        index_day=_first_day(rows, persons),
        qualified=table.person,
        passed=passed,
    )


def _qualified(table: EntryTable, qualify: QualifyPlan | None) -> EntryTable:
    if qualify is None:
        return table
    true = evaluate(qualify.condition, table.truth, len(table)) == TRUE
    return table.take(pick(table, np.flatnonzero(true), qualify.pick))


def people_where(atom: GenotypeAtom, genotypes: GenotypeStore) -> Tri:
    """A genotype condition as sets of people, for everybody at once."""
    select = genotypes.select
    match atom:
        case Carrier(variants=variants, zygosity=zygosity):
            return genotypes.carriers(select(variants), zygosity)
        case NoCallAt(variants=variants):
            return Tri.known(genotypes.no_call(select(variants)))
        case Burdened(variants=variants, number=number, unit=unit):
            return genotypes.burden(select(variants), number, unit)
        case Paired(variants=variants, kind=kind):
            return genotypes.paired(select(variants), kind)
        case PhasedPair(first=first, second=second, phase=phase):
            return genotypes.phased(select(first), select(second), phase)
        case Scored(score=score, scale=scale, test=test):
            return genotypes.scored(score, scale, test)
        case _:
            assert_never(atom)


def _column(people: Tri, table: EntryTable) -> Truth:
    """Sets of people read off at each entry's person."""
    true, unknown = people.true.contains(table.person), people.unknown.contains(table.person)
    return np.where(true, TRUE, np.where(unknown, UNKNOWN, FALSE)).astype(np.int8)


def _passes(kind: RuleKind, column: Truth) -> npt.NDArray[np.bool_]:
    """Unknown neither includes nor excludes."""
    return column == TRUE if kind is RuleKind.INCLUDE else column != TRUE


def _kept(table: EntryTable, passed: npt.NDArray[np.bool_], keep: Keep) -> npt.NDArray[np.intp]:
    """Positions of the entries kept, in table order."""
    return pick(table, np.flatnonzero(passed), _PICK_OF[keep])


def pick(table: EntryTable, chosen: npt.NDArray[np.intp], which: Pick) -> npt.NDArray[np.intp]:
    """Of the positions chosen, in table order: all, each person's first, or each person's first on the latest day."""
    person = table.person[chosen].astype(np.int64)
    match which:
        case Pick.ALL:
            return chosen
        case Pick.EARLIEST:
            return chosen[np.diff(person, prepend=-1) != 0]
        case Pick.LATEST:
            opens = (np.diff(person, prepend=-1) != 0) | (np.diff(table.start[chosen], prepend=0) != 0)
            days = chosen[opens]  # the first entry of each person and day
            return days[np.diff(table.person[days].astype(np.int64), append=-1) != 0]
        case _:
            assert_never(which)


def collapse(table: EntryTable, cohort: CohortPlan) -> CohortRows:
    """Entries of a person that are near enough joined into one and cut to the study period, so that nobody is in the
    cohort twice on a day."""
    table = table.take(np.flatnonzero(table.end >= table.start))
    person, start, end = table.person, table.start, table.end
    if not len(table):
        return CohortRows(person=person, start=start, end=end)
    # A running maximum that restarts at each person: shift each person's days into a range of its own.
    offset = person.astype(np.int64) << 32
    reach = np.maximum.accumulate(offset + end) - offset
    opens = np.ones(len(table), np.bool_)
    opens[1:] = (person[1:] != person[:-1]) | (start[1:] > reach[:-1] + cohort.join_days)
    if not cohort.across_periods:
        # Observation periods of a person do not overlap, so only joining over a gap can cross from one to the next.
        opens[1:] |= (table.period[1:] != table.period[:-1]) & (start[1:] > reach[:-1])
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(table)) - 1
    return _cut(person[first], start[first], reach[last].astype(np.int32), cohort.study)


def _cut(
    person: npt.NDArray[np.uint32],
    start: npt.NDArray[np.int32],
    end: npt.NDArray[np.int32],
    study: StudyDays | None,
) -> CohortRows:
    if study is not None and study.first is not None:
        start = np.maximum(start, np.int32((study.first - _EPOCH).days))
    if study is not None and study.last is not None:
        end = np.minimum(end, np.int32((study.last - _EPOCH).days))
    inside = start <= end
    return CohortRows(person=person[inside], start=start[inside], end=end[inside])


def _furthest(table: EntryTable, steps: npt.NDArray[np.int16], persons: int) -> npt.NDArray[np.int16]:
    progress = np.full(persons, -1, np.int16)
    np.maximum.at(progress, table.person, steps)
    return progress


def _first_day(rows: CohortRows, persons: int) -> npt.NDArray[np.int32]:
    days = np.zeros(persons, np.int32)
    days[rows.person[::-1]] = rows.start[::-1]  # rows are sorted by start, so the first one is written last
    return days
