"""Entries of one block of people: events inside an observation period that reaches far enough, in their order."""

from dataclasses import dataclass

import numpy as np

from cohort_dsl.ast import Pick
from engine.cached import cached_property
from engine.kernels.events import Periods
from engine.kernels.fitting import keep_earliest_fitting
from engine.kernels.groups import Days, place_each
from engine.kernels.ranges import People, Rows
from engine.logical.nodes import Entry, EveryoneOn
from engine.physical.entries import Anchors
from engine.targets.kernels.candidates import (
    Candidates,
    Started,
    all_candidates,
    best_candidates,
    gathered,
    one_of_each,
)
from engine.targets.kernels.deferred import Deferred, now, taken
from engine.targets.kernels.durations import room_of
from engine.targets.kernels.matching import day_number
from engine.targets.kernels.merged import merged
from engine.targets.kernels.records import Records, absent, frozen, whole
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.scope import Scope
from engine.targets.kernels.valued import valued_scan
from engine.targets.kernels.views import View


@dataclass(frozen=True)
class Entries:
    """Entries of the people of a scope, those of a person together: those of person `scope.start + i` lie from
    `offsets[i]` to before `offsets[i + 1]`. `ends` are the last days of the index events, `visits` their visits."""

    scope: Scope
    person: People
    start: Days
    ends: Days | Deferred
    observed_from: Days
    observed_to: Days
    visits: Rows | None

    @cached_property
    def visit(self) -> Rows:
        """The visits of the index events; none where nobody asked for them."""
        return frozen(absent(self.size)) if self.visits is None else self.visits

    @cached_property
    def end(self) -> Days:
        """The last days of the index events."""
        return frozen(now(self.ends))

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self.person.size

    @cached_property
    def offsets(self) -> Rows:
        """Where the entries of each person of the scope begin, and at last how many there are."""
        offsets = np.empty(self.scope.size + 1, np.int64)
        place_each(self.person, self.scope.start, offsets)
        return offsets

    @staticmethod
    def none(scope: Scope) -> "Entries":
        """No entries."""
        nothing = np.zeros(0, np.int32)
        return entries_of(scope, np.zeros(0, np.uint32), nothing, nothing, nothing, nothing, None)

    def people(self) -> People:
        """Whose they are, ascending."""
        opens = np.ones(self.size, np.bool_)
        np.not_equal(self.person[1:], self.person[:-1], out=opens[1:])
        return self.person[opens]

    def taken(self, chosen: Rows) -> "Entries":
        """The entries at these places, which ascend."""
        return entries_of(
            self.scope,
            self.person[chosen],
            self.start[chosen],
            taken(self.ends, chosen),
            self.observed_from[chosen],
            self.observed_to[chosen],
            None if self.visits is None else self.visits[chosen],
        )

    def anchors(self, *, with_ends: bool = True) -> Anchors:
        """The entries as they are passed on."""
        return Anchors(
            person=self.person,
            start=self.start,
            end=self.end if with_ends else None,
            observed_from=self.observed_from,
            observed_to=self.observed_to,
            visit=self.visits,
        )


def find_entries(entry: Entry, relations: Relations, *, with_visits: bool) -> Entries:
    """The entries in their order: person, first day, event key, place of the relation, period. Without visits where
    they are not wanted."""
    started = _all(entry, relations) if entry.pick is Pick.ALL else _one_of_each(entry, relations)
    return _entries(started, relations, with_visits=with_visits)


def _all(entry: Entry, relations: Relations) -> Started:
    if (started := merged(entry, relations)) is not None:
        return started
    found = _index_records(entry, relations)
    return Started.of(found, all_candidates(found, room_of(entry), relations)).in_order(relations)


def _one_of_each(entry: Entry, relations: Relations) -> Started:
    if (started := _earliest_fitting(entry, relations)) is not None:
        return started
    found, is_latest = _index_records(entry, relations), entry.pick is Pick.LATEST
    return Started.of(found, best_candidates(found, room_of(entry), relations, latest=is_latest))


def _earliest_fitting(entry: Entry, relations: Relations) -> Started | None:
    """The earliest event of each person that a condition on listed values leaves; absent where the entry is another."""
    index, scope = relations.sources.index, relations.scope
    if entry.pick is not Pick.EARLIEST or scope.people is not None or isinstance(entry.events, EveryoneOn):
        return None
    events = valued_scan(entry.events[0], index) if len(entry.events) == 1 else None
    if events is None:
        return None
    found = relations.records(events.scan)
    rows, period = np.full(scope.size, -1), np.empty(scope.size, np.int64)
    runs, (one, other), periods, room = events.runs, events.tests, relations.sources.periods, room_of(entry)
    for own, after in zip(*(edge.tolist() for edge in events.own_runs(index, scope)), strict=True):
        relations.stop.check()
        keep_earliest_fitting(found.events, runs, own, after, one, other, periods, room, scope.start, rows, period)
    return Started.of([found], one_of_each(rows, period))


def _index_records(entry: Entry, relations: Relations) -> list[Records]:
    if not isinstance(entry.events, EveryoneOn):
        return [relations.records(events) for events in entry.events]
    scope, periods = relations.scope, relations.sources.periods
    people = _observed_people(scope, periods)
    if entry.events.on is None:
        day = periods.start[periods.offsets[people]]
    else:
        day = np.full(people.size, day_number(entry.events.on), np.int32)
    return [Records(whole(people, day, day, np.zeros(people.size, np.int64)))]


def _observed_people(scope: Scope, periods: Periods) -> People:
    """Those of the scope with an observation period."""
    if scope.people is None:
        number = np.diff(periods.offsets[scope.start : scope.stop + 1])
        return (scope.start + np.flatnonzero(number)).astype(np.uint32)
    people = scope.people
    return people[periods.offsets[people] < periods.offsets[people.astype(np.int64) + 1]]


def entries_from(records: Records, entry: Entry, relations: Relations, *, with_visits: bool) -> Entries:
    """What events that are in order make of an entry that picks nothing; without visits where they are not wanted."""
    started = Started.of([records], all_candidates([records], room_of(entry), relations))
    return _entries(started, relations, with_visits=with_visits)


def _entries(started: Started, relations: Relations, *, with_visits: bool) -> Entries:
    periods = relations.sources.periods
    found, chosen = started.found, started.chosen
    return entries_of(
        relations.scope,
        started.person,
        started.start,
        _ends(found, chosen),
        periods.start[chosen.period],
        periods.end[chosen.period],
        _visits(found, chosen, relations) if with_visits else None,
    )


def _ends(found: list[Records], chosen: Candidates) -> Days | Deferred:
    """The last days, which are later than the column says where events last longer."""
    if len(found) == 1:
        records = found[0]
        if records.ends is not None and records.rows is not None:
            return Deferred(records.ends, taken(records.rows, chosen.row))
        return Deferred(records.events.end, chosen.row, records.events.lasting)
    end, lasting = gathered(found, chosen, "end"), [records.events.lasting for records in found]
    return end + np.array(lasting, np.int32)[chosen.place] if any(lasting) else end


def _visits(found: list[Records], chosen: Candidates, relations: Relations) -> Rows:
    fields = relations.sources.fields
    if len(found) == 1:
        return fields.visit_of(View(found[0], chosen.row))
    out = absent(chosen.row.size)
    for place, records in enumerate(found):
        own = np.flatnonzero(chosen.place == place)
        out[own] = fields.visit_of(View(records, chosen.row[own]))
    return out


def entries_of(
    scope: Scope,
    person: People,
    start: Days,
    ends: Days | Deferred,
    observed_from: Days,
    observed_to: Days,
    visits: Rows | None,
) -> Entries:
    """Entries of people who ascend."""
    return Entries(
        scope=scope,
        person=frozen(person),
        start=frozen(start),
        ends=ends,
        observed_from=frozen(observed_from),
        observed_to=frozen(observed_to),
        visits=None if visits is None else frozen(visits),
    )
