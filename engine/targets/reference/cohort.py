"""A whole cohort by the letter: entries, rules, which entries are kept, when they end, overlapping ones joined."""

import datetime
from dataclasses import replace

import numpy as np

from cohort_dsl.ast import Edge, Keep, RuleKind
from engine.catalog.release import Release
from engine.genotypes.store import GenotypeStore
from engine.logical.nodes import (
    CohortEntries,
    CohortPlan,
    EventRelation,
    EveryoneOn,
    ExitPlan,
    Filter,
    Nth,
    Occurs,
    atoms_of,
)
from engine.physical.entries import CohortResult, CohortRows
from engine.targets.reference.calendar import shifted
from engine.targets.reference.conditions import ConditionReader, EntryRow
from engine.targets.reference.data import load_reference_data
from engine.targets.reference.events import CohortLookup, EventReader
from schemas.omop import Domain

_EPOCH = datetime.date(1970, 1, 1)
Span = tuple[int, datetime.date, datetime.date]


class ReferenceTarget:
    """Computes logical plans directly; it does not take physical plans apart as other targets do."""

    def __init__(self, release: Release, genotypes: GenotypeStore) -> None:
        self._data = load_reference_data(release)
        self._genotypes = genotypes
        self._persons = release.persons

    def run(self, plan: CohortPlan) -> CohortResult:
        """The cohort and each person's progress through its rules; see `engine.physical.entries`."""
        cohorts: CohortLookup = {sub: _spans(self.run(sub).rows) for sub in _cohorts_in(plan)}
        events = EventReader(self._data, cohorts)
        conditions = ConditionReader(self._data, events, self._genotypes)
        progress = np.full(self._persons, -1, np.int16)
        spans: list[Span] = []
        for person in range(self._persons):
            entries = sorted(self._entries(plan, events, person), key=lambda e: (e.start, self._end(plan, events, e)))
            steps = [self._steps(plan, conditions, entry) for entry in entries]
            if entries:
                progress[person] = max(steps)
            passed = [entry for entry, step in zip(entries, steps, strict=True) if step == len(plan.rules)]
            kept = [(person, e.start, self._end(plan, events, e)) for e in _keep(passed, plan.keep)]
            spans.extend(_joined(kept))
        return _result(spans, progress)

    def _entries(self, plan: CohortPlan, events: EventReader, person: int) -> list[EntryRow]:
        entry = plan.entry
        before = replace(entry.observed_before, count=-entry.observed_before.count)
        return [
            EntryRow(person, start, end, observed_from, observed_to)
            for start, end in self._index_events(plan, events, person)
            for observed_from, observed_to in self._periods(person)
            if observed_from <= start <= observed_to
            and shifted(start, before) >= observed_from
            and shifted(start, entry.observed_after) <= observed_to
        ]

    def _index_events(
        self, plan: CohortPlan, events: EventReader, person: int
    ) -> list[tuple[datetime.date, datetime.date]]:
        queries = plan.entry.events
        if not isinstance(queries, EveryoneOn):
            return [(event.start, event.end) for query in queries for event in events.events(query, person)]
        periods = self._periods(person)
        if queries.on is None:
            return [(min(periods)[0],) * 2] if periods else []
        return [(queries.on, queries.on)] if any(low <= queries.on <= high for low, high in periods) else []

    def _periods(self, person: int) -> list[tuple[datetime.date, datetime.date]]:
        rows = self._data.events[Domain.OBSERVATION_PERIOD].get(person, [])
        return [(_date(row["start_date"]), _date(row["end_date"])) for row in rows]

    def _steps(self, plan: CohortPlan, conditions: ConditionReader, entry: EntryRow) -> int:
        """How many rules the entry passes before the first it fails. Unknown neither includes nor excludes."""
        for number, rule in enumerate(plan.rules):
            true = conditions.decide(rule.condition, entry) is True
            if true is (rule.kind is RuleKind.EXCLUDE):
                return number
        return len(plan.rules)

    def _end(self, plan: CohortPlan, events: EventReader, entry: EntryRow) -> datetime.date:
        ends = [entry.observed_to]
        exit_: ExitPlan = plan.exit
        if exit_.offset is not None:
            anchor = entry.start if exit_.anchor is Edge.START else entry.end
            ends.extend(end for end in [shifted(anchor, exit_.offset)] if end >= entry.start)
        for censor in exit_.censors:
            ends.extend(event.start for event in events.events(censor, entry.person) if event.start >= entry.start)
        return min(ends)


def _keep(entries: list[EntryRow], keep: Keep) -> list[EntryRow]:
    match keep:
        case Keep.ALL:
            return entries
        case Keep.FIRST:
            return entries[:1]
        case Keep.LAST:
            return entries[-1:]


def _joined(spans: list[Span]) -> list[Span]:
    """Spans of one person that touch or overlap become one."""
    joined: list[Span] = []
    for person, start, end in spans:
        if joined and start <= joined[-1][2]:
            joined[-1] = (person, joined[-1][1], max(joined[-1][2], end))
        else:
            joined.append((person, start, end))
    return joined


def _cohorts_in(plan: CohortPlan) -> list[CohortPlan]:
    queries = plan.entry.events
    relations: list[EventRelation] = [] if isinstance(queries, EveryoneOn) else list(queries)
    relations.extend(plan.exit.censors)
    for rule in plan.rules:
        relations.extend(atom.events for atom in atoms_of(rule.condition) if isinstance(atom, Occurs))
    return [cohort for relation in relations if (cohort := _cohort_of(relation)) is not None]


def _cohort_of(relation: EventRelation) -> CohortPlan | None:
    match relation:
        case Filter(source=source) | Nth(source=source):
            return _cohort_of(source)
        case CohortEntries(cohort=cohort):
            return cohort
        case _:
            return None


def _result(spans: list[Span], progress: np.ndarray) -> CohortResult:
    rows = CohortRows(
        person=np.array([person for person, _, _ in spans], np.uint32),
        start=np.array([(start - _EPOCH).days for _, start, _ in spans], np.int32),
        end=np.array([(end - _EPOCH).days for _, _, end in spans], np.int32),
    )
    index_day = np.zeros(progress.size, np.int32)
    for person, start, _ in reversed(spans):
        index_day[person] = (start - _EPOCH).days
    return CohortResult(rows=rows, progress=progress, index_day=index_day)


def _spans(rows: CohortRows) -> list[Span]:
    def day(number: int) -> datetime.date:
        return _EPOCH + datetime.timedelta(days=number)

    return [
        (person, day(start), day(end))
        for person, start, end in zip(rows.person.tolist(), rows.start.tolist(), rows.end.tolist(), strict=True)
    ]


def _date(value: object) -> datetime.date:
    assert isinstance(value, datetime.date)
    return value
