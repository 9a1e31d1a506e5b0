"""A whole cohort by the letter: entries, qualification, rules, which are kept, when they end, near ones joined."""

import datetime
from dataclasses import dataclass

import numpy as np

from cohort_dsl.ast import Keep, Pick, RuleKind
from engine.catalog.release import Release
from engine.genotypes.store import GenotypeStore
from engine.logical.nodes import CohortEntries, CohortPlan, RulePlan, plan_relations
from engine.physical.entries import CohortResult, CohortRows
from engine.targets.reference.conditions import ConditionReader
from engine.targets.reference.data import Period, ReferenceData, load_reference_data
from engine.targets.reference.entries import entries_of, picked
from engine.targets.reference.events import CohortLookup, EntryRow, EventReader
from engine.targets.reference.exits import exit_day
from engine.targets.reference.genotypes import GenotypeReader
from engine.targets.reference.joining import Stay, joined

_EPOCH = datetime.date(1970, 1, 1)
_PICK_OF = {Keep.ALL: Pick.ALL, Keep.FIRST: Pick.EARLIEST, Keep.LAST: Pick.LATEST}


@dataclass(frozen=True, slots=True)
class _Person:
    """What a cohort says of one person: the rules each qualified entry passed, and the days in the cohort."""

    passed: list[list[bool]]
    days: list[Period]


class ReferenceTarget:
    """Computes logical plans directly; it does not take physical plans apart as other targets do."""

    def __init__(self, release: Release, genotypes: GenotypeStore) -> None:
        self._data = load_reference_data(release)
        self._genotypes = GenotypeReader(self._data, genotypes)
        self._persons = release.persons

    def run(self, plan: CohortPlan) -> CohortResult:
        """The cohort and each person's progress through its rules; see `engine.physical.entries`."""
        referred = {events.cohort for events in plan_relations(plan) if isinstance(events, CohortEntries)}
        run = _Run(self._data, self._genotypes, {sub: _spans(self.run(sub).rows) for sub in referred})
        return _result([run.person(plan, person) for person in range(self._persons)], len(plan.rules))


class _Run:
    """One cohort being computed, person by person."""

    def __init__(self, data: ReferenceData, genotypes: GenotypeReader, cohorts: CohortLookup) -> None:
        # Conditions count events, and a `having` asks a condition of an event.
        self._events = EventReader(data, cohorts, lambda condition, entry: self._conditions.decide(condition, entry))
        self._conditions = ConditionReader(data, self._events.events, genotypes)
        self._data = data

    def person(self, plan: CohortPlan, person: int) -> _Person:
        entries = entries_of(plan.entry, self._events, person, self._data.periods(person))
        qualified = self._qualified(plan, entries)
        passed = [[self._passes(rule, entry) for rule in plan.rules] for entry in qualified]
        included = [entry for entry, results in zip(qualified, passed, strict=True) if all(results)]
        stays = [self._stay(plan, entry) for entry in picked(included, _PICK_OF[plan.keep])]
        return _Person(passed, joined([stay for stay in stays if stay is not None], plan))

    def _qualified(self, plan: CohortPlan, entries: list[EntryRow]) -> list[EntryRow]:
        qualify = plan.qualify
        if qualify is None:
            return entries
        true = [entry for entry in entries if self._conditions.decide(qualify.condition, entry) is True]
        return picked(true, qualify.pick)

    def _passes(self, rule: RulePlan, entry: EntryRow) -> bool:
        """Unknown neither includes nor excludes."""
        true = self._conditions.decide(rule.condition, entry) is True
        return true if rule.kind is RuleKind.INCLUDE else not true

    def _stay(self, plan: CohortPlan, entry: EntryRow) -> Stay | None:
        end = exit_day(plan.exit, entry, self._events)
        return None if end is None else Stay(entry.start, end, entry.observed_from)


def _result(people: list[_Person], rules: int) -> CohortResult:
    spans = [(number, start, end) for number, person in enumerate(people) for start, end in person.days]
    passed = [results for person in people for results in person.passed]
    rows = CohortRows(
        person=np.array([number for number, _, _ in spans], np.uint32),
        start=np.array([_days(start) for _, start, _ in spans], np.int32),
        end=np.array([_days(end) for _, _, end in spans], np.int32),
    )
    return CohortResult(
        rows=rows,
        progress=np.array([max(map(_steps, person.passed), default=-1) for person in people], np.int16),
        qualified=np.array([number for number, person in enumerate(people) for _ in person.passed], np.uint32),
        passed=np.array(passed, np.bool_).reshape(len(passed), rules).T,
    )


def _steps(results: list[bool]) -> int:
    """How many leading rules were passed."""
    return results.index(False) if False in results else len(results)


def _spans(rows: CohortRows) -> list[tuple[int, datetime.date, datetime.date]]:
    def day(number: int) -> datetime.date:
        return _EPOCH + datetime.timedelta(days=number)

    return [
        (person, day(start), day(end))
        for person, start, end in zip(rows.person.tolist(), rows.start.tolist(), rows.end.tolist(), strict=True)
    ]


def _days(date: datetime.date) -> int:
    return (date - _EPOCH).days
