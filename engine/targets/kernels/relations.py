"""Event relations of one block of people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

import numpy as np

from engine.catalog.event_index import EventIndex, EventTable
from engine.catalog.event_index.tables import Runs as HeldRuns
from engine.catalog.event_index.tables import Stretches
from engine.catalog.interruption import Interruption
from engine.kernels.events import Events, Periods, Runs, keep_first, keep_first_of_runs
from engine.kernels.groups import Days
from engine.kernels.ranges import Rows
from engine.kernels.spells import join_eras, list_gaps
from engine.logical.nodes import (
    AnswerScan,
    CohortEntries,
    CohortPlan,
    Covering,
    EraJoin,
    EventRelation,
    Filter,
    GapsBetween,
    Having,
    Nth,
    Respan,
    Scan,
    Trending,
)
from engine.physical.entries import CohortRows, Truth
from engine.targets.kernels.answers import AnswerTest, all_and_fitting, answers, ever_answered
from engine.targets.kernels.durations import moved
from engine.targets.kernels.fields import FieldReader
from engine.targets.kernels.matching import day_number, is_concept_in
from engine.targets.kernels.people import PeopleTable
from engine.targets.kernels.predicates import row_truth
from engine.targets.kernels.records import Mask, Records, frozen, numbers_of_each, outermost, whole
from engine.targets.kernels.scans import scan_runs
from engine.targets.kernels.scope import Scope, grouped_by_day
from engine.targets.kernels.spans import spans
from engine.targets.kernels.timelines import are_timelines_better, timeline_records
from engine.targets.kernels.trends import trending
from engine.targets.kernels.views import View
from schemas.fields import Field

Holding = Callable[[Records, Having, "Relations"], Mask]
"""Which of listed events meet the condition of a `Having`."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What relations are read from: the index, its fields and observation periods, the people."""

    index: EventIndex
    fields: FieldReader
    people: PeopleTable
    periods: Periods


@dataclass(frozen=True, slots=True)
class Relations:
    """The relations of one scan for the people of a scope; `cohorts` holds the rows of cohorts they refer to. Before
    each relation it is asked whether to `stop`."""

    sources: Sources
    cohorts: Mapping[CohortPlan, CohortRows]
    scope: Scope
    holding: Holding
    stop: Interruption
    _held: dict[EventRelation, Records] = field(default_factory=dict)

    def of(self, scope: Scope) -> "Relations":
        """The same relations for other people."""
        return Relations(self.sources, self.cohorts, scope, self.holding, self.stop)

    def records(self, events: EventRelation) -> Records:
        """The events of the relation."""
        self.stop.check()
        if isinstance(events, Scan):
            return self._scan(events)
        if events not in self._held:
            self._held[events] = self._derived(events)
        return self._held[events]

    def answers(self, question: str) -> Records:
        """The answers given to a question, as events of a day each."""
        return answers(self.sources.index, question, None, self.scope, numbered=False)

    def ever_answered(self, question: str, test: AnswerTest) -> Truth:
        """What the answers of each person of the block say of the test, whenever they were given."""
        return ever_answered(self.sources.index, question, test, self.scope)

    def all_and_fitting_answers(self, question: str, test: AnswerTest) -> tuple[Records, Records]:
        """The answers given to a question, and those that fit the test, as events of a day each."""
        return all_and_fitting(self.sources.index, question, test, self.scope)

    def eras(self, sources: tuple[EventRelation, ...], *, gap_days: int) -> Records:
        """The events of all sources joined into eras."""
        return spans([self.records(source) for source in sources], self.scope, gap_days, join_eras)

    def _derived(self, events: EventRelation) -> Records:
        match events:
            case Scan():
                return self._scan(events)
            case Filter(source=source, predicate=predicate):
                found = View(self.records(source))
                return found.taken(row_truth(predicate, found, self.sources.fields))
            case Respan(source=source, start=start, end=end):
                found = View(self.records(source)).compact()
                first, last = moved(found.events, start), moved(found.events, end)
                return View(found.respanned(first, last)).taken(first <= last)
            case Covering():
                return self._covering(events)
            case Having(source=source):
                found = View(self.records(source)).compact()
                return View(found).taken(self.holding(found, events, self))
            case Trending(source=source):
                return trending(events, View(self.records(source)).compact(), self.sources.fields, self.scope)
            case EraJoin(sources=sources, gap_days=gap_days):
                return self.eras(sources, gap_days=gap_days)
            case GapsBetween(source=source, at_least_days=at_least_days):
                return spans([self.records(source)], self.scope, at_least_days, list_gaps)
            case AnswerScan(question=question, test=test):
                return answers(self.sources.index, question, test, self.scope, numbered=True)
            case Nth():
                return self._nth(events)
            case CohortEntries(cohort=cohort):
                return self._cohort(self.cohorts[cohort])
            case _:
                assert_never(events)

    def of_runs(self, scan: Scan) -> Records | None:
        """The events of a scan where they are all those of some runs; absent where they are read otherwise."""
        self.stop.check()
        table = self.sources.index.tables.get(scan.domain)
        if table is None or table.runs is None or scan.source is not None:
            return None
        own, span = self._own_runs(table.runs, scan)
        return None if are_timelines_better(table, own, span, self.scope) else self._of_runs(table, scan, own, span)

    def _scan(self, scan: Scan) -> Records:
        table = self.sources.index.tables.get(scan.domain)
        if table is None or table.runs is None:
            nothing = np.zeros(0, np.int32)
            return Records(whole(np.zeros(0, np.uint32), nothing, nothing, np.zeros(0, np.int64)))
        own, span = self._own_runs(table.runs, scan)
        if scan.source is None and are_timelines_better(table, own, span, self.scope):
            return timeline_records(table, scan, self.scope, span)
        found = self._of_runs(table, scan, own, span)
        if scan.source is None:
            return found
        view = View(found)
        return view.taken(is_concept_in(self.sources.fields.values(Field.SOURCE, view), scan.source))

    def _own_runs(self, held: HeldRuns, scan: Scan) -> tuple[Stretches, Stretches]:
        """The runs of a scan that people of the block have, compared with their checksums, and their rows."""
        own = self.scope.narrowed(held.person, scan_runs(scan, self.sources.index))
        held.check(own)
        return own, (held.row[own[0]], held.row[own[1]])

    def _of_runs(self, table: EventTable, scan: Scan, own: Stretches, span: Stretches) -> Records:
        assert table.runs is not None
        theirs = self.scope.runs_of_theirs(table.runs, own, int((span[1] - span[0]).sum()))
        start = table.columns["start"].stored
        stretches = span if theirs is None else self.scope.clipped(table.runs, theirs, start)
        return Records(
            table_events(table, span, stretches),
            table,
            scan.domain,
            is_compact=False,
            is_ordered=True,
            span=span,
            runs=_as_runs(own, theirs, self.scope),
            is_by_run=theirs is not None,
        )

    def _covering(self, events: Covering) -> Records:
        found = View(self.records(events.source)).compact()
        start, end = found.events.start, found.events.end
        inside = np.ones(start.size, np.bool_)
        for day in (events.first, events.last):
            if day is not None:
                inside &= (start <= day_number(day)) & (day_number(day) <= end)
        chosen = View(View(found).taken(inside)).compact()
        start, end = chosen.events.start, chosen.events.end
        first = start if events.first is None else np.full(start.size, day_number(events.first), np.int32)
        last = end if events.last is None else np.full(end.size, day_number(events.last), np.int32)
        return chosen.respanned(first, last, sort_day=chosen.events.sort_day)

    def _nth(self, events: Nth) -> Records:
        if events.position == 1:
            return self._first(events)
        found = View(self.records(events.source)).compact()
        offsets, rows = grouped_by_day(found.events.person, found.events.start, found.events.key, self.scope)
        back = events.position - 1
        places = offsets[1:] - 1 - back if events.from_end else offsets[:-1] + back
        inside = (places >= offsets[:-1]) & (places < offsets[1:])
        return View(found).at(rows[places[inside]])

    def _first(self, events: Nth) -> Records:
        """The first or last event of each person, which needs no order of the others."""
        found = self.records(events.source)
        rows, table, runs = np.full(self.scope.size, -1), found.table, found.runs
        if runs is not None and table is not None and table.runs is not None and not events.from_end:
            own = Runs(table.runs.person, table.runs.start, table.runs.row)
            days = np.empty(self.scope.size, np.int32)
            keep_first_of_runs(*runs, own, found.events.key, self.scope.start, rows, days)
            return _first_of_runs(found, rows, days, self.scope)
        keep_first(outermost(found, events.from_end), self.scope.start, events.from_end, rows)
        return View(found).at(rows[rows >= 0])

    def _cohort(self, rows: CohortRows) -> Records:
        """The rows of a cohort as events, those of a person numbered from 1."""
        first, last = np.zeros(1, np.int64), np.full(1, len(rows), np.int64)
        own = self.scope.narrowed(frozen(rows.person), (first, last))
        own = self.scope.theirs(rows.person, own)
        person, start, end = rows.person, rows.start, rows.end
        key = numbers_of_each(person)
        events = Events(*own, frozen(person), frozen(start), frozen(end), 0, frozen(start), frozen(key))
        return Records(events, is_compact=False, is_ordered=True)


def _first_of_runs(found: Records, rows: Rows, days: Days, scope: Scope) -> Records:
    """The events of a table in these rows, one for each person of the block or -1 for none, that start on these days:
    the columns of persons and first days need not be read."""
    own = np.flatnonzero(rows >= 0)
    row, start, events = rows[own], days[own], found.events
    last = start if events.end is events.start else events.end[row]
    end = last + np.int32(events.lasting) if events.lasting else last
    person = (own + scope.start).astype(np.uint32)
    return Records(
        whole(person, start, end, events.key[row]), found.table, found.domain, row, is_ordered=True, span=found.span
    )


def _as_runs(own: Stretches, theirs: Rows | None, scope: Scope) -> Stretches | None:
    """The stretches of runs that are all events of a scan: of the block, or of the people of the scope one by one;
    absent where only some days of these matter."""
    if theirs is None:
        return own
    return (theirs, theirs + 1) if scope.days is None else None


def table_events(table: EventTable, span: Stretches, stretches: Stretches) -> Events:
    """Rows of a table as events, after the columns that every kernel reads were compared with their checksums."""
    person, start, key = (table.columns[name] for name in ("person", "start", "event_id"))
    end = table.columns.get("end")
    for column in (person, start, key, *(() if end is None else (end,))):
        column.check(span)
    last_day, lasting = (start.stored, 1) if end is None else (end.stored, 0)
    return Events(*stretches, person.stored, start.stored, last_day, lasting, start.stored, key.stored)
