"""Entries of one block of people: events inside an observation period that reaches far enough, in their order."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Pick
from engine.cached import cached_property
from engine.kernels.events import Best, Periods, Room, keep_best, keep_best_alone, list_candidates
from engine.kernels.fitting import keep_earliest_fitting
from engine.kernels.groups import Days, are_in_order, place_each
from engine.kernels.ranges import People, Rows
from engine.logical.nodes import Entry, EveryoneOn
from engine.physical.entries import Anchors
from engine.targets.kernels.deferred import Deferred, now, taken
from engine.targets.kernels.durations import backwards, in_days
from engine.targets.kernels.matching import day_number
from engine.targets.kernels.records import Records, absent, frozen, whole
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.scope import Scope, ordered_by_day
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


@dataclass(frozen=True, slots=True)
class Candidates:
    """Index events and the periods they lie in: the row in the records of relation `place`."""

    place: npt.NDArray[np.int32]
    row: Rows
    period: Rows

    def taken(self, order: Rows) -> "Candidates":
        """Those at these places."""
        return Candidates(self.place[order], self.row[order], self.period[order])


class Started(NamedTuple):
    """Index events of some relations, their people and first days."""

    found: list[Records]
    chosen: Candidates
    person: People
    start: Days


def find_entries(entry: Entry, relations: Relations, *, with_visits: bool) -> Entries:
    """The entries in their order: person, first day, event key, place of the relation, period. Without visits where
    they are not wanted."""
    if (earliest := _earliest_fitting(entry, relations)) is not None:
        return _entries(earliest, relations, with_visits=with_visits)
    found = _index_records(entry, relations)
    room = room_of(entry)
    if entry.pick is Pick.ALL:
        chosen = _in_order(_started(found, _all_candidates(found, room, relations)), relations)
    else:
        chosen = _started(found, _best(found, room, relations, latest=entry.pick is Pick.LATEST))
    return _entries(chosen, relations, with_visits=with_visits)


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
    return _started([found], _kept(rows, period))


def _kept(rows: Rows, period: Rows) -> Candidates:
    """The events of one relation in these rows, -1 where a person has none."""
    own = np.flatnonzero(rows >= 0)
    return Candidates(np.zeros(own.size, np.int32), rows[own], period[own])


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


def _best(found: list[Records], room: Room, relations: Relations, *, latest: bool) -> Candidates:
    scope, periods, size = relations.scope, relations.sources.periods, relations.scope.size
    if len(found) == 1:
        rows, period = np.full(size, -1), np.empty(size, np.int64)
        keep_best_alone(found[0].events, periods, room, scope.start, latest, rows, period)
        return _kept(rows, period)
    best = Best(
        np.full(size, -1, np.int32),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int32),
        np.empty(size, np.int64),
        np.empty(size, np.int32),
    )
    for place, records in enumerate(found):
        keep_best(records.events, periods, room, place, scope.start, latest, best)
    chosen = np.flatnonzero(best.place >= 0)
    return Candidates(best.place, best.row, best.period).taken(chosen)


def entries_from(records: Records, entry: Entry, relations: Relations, *, with_visits: bool) -> Entries:
    """What events that are in order make of an entry that picks nothing; without visits where they are not wanted."""
    chosen = _started([records], _candidates(0, records, room_of(entry), relations))
    return _entries(chosen, relations, with_visits=with_visits)


def room_of(entry: Entry) -> Room:
    """What an index event needs of its period."""
    return Room(*in_days(backwards(entry.observed_before)), *in_days(entry.observed_after))


def _all_candidates(found: list[Records], room: Room, relations: Relations) -> Candidates:
    listed = [_candidates(place, records, room, relations) for place, records in enumerate(found)]
    return Candidates(
        _concatenated([part.place for part in listed]),
        _concatenated([part.row for part in listed]),
        _concatenated([part.period for part in listed]),
    )


def _started(found: list[Records], chosen: Candidates) -> Started:
    return Started(found, chosen, _gathered(found, chosen, "person"), _gathered(found, chosen, "start"))


def _in_order(started: Started, relations: Relations) -> Started:
    """The same in the order of entries, which those of one stretch of a table are in already."""
    found, chosen, person, start = started
    if len(found) == 1 and found[0].is_ordered and found[0].table is not None and found[0].events.first.size == 1:
        return started
    key = frozen(_gathered(found, chosen, "key"))
    if are_in_order(frozen(person), frozen(start), key):
        return started
    order = ordered_by_day(person, start, key, relations.scope)
    return Started(found, chosen.taken(order), person[order], start[order])


def _concatenated(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _candidates(place: int, records: Records, room: Room, relations: Relations) -> Candidates:
    events, periods = records.events, relations.sources.periods
    size = records.size
    rows, period = np.empty(size, np.int64), np.empty(size, np.int64)
    used = list_candidates(events, periods, room, rows, period)
    if used > size:  # periods overlap
        rows, period = np.empty(used, np.int64), np.empty(used, np.int64)
        list_candidates(events, periods, room, rows, period)
    return Candidates(np.full(used, place, np.int32), rows[:used], period[:used])


def _gathered(found: list[Records], chosen: Candidates, name: str) -> npt.NDArray[Any]:
    """A column of the events chosen, whichever relation they are of."""
    columns = [getattr(records.events, name) for records in found]
    if len(columns) == 1:
        return columns[0][chosen.row]
    out = np.empty(chosen.row.size, columns[0].dtype)
    for place, column in enumerate(columns):
        own = chosen.place == place
        out[own] = column[chosen.row[own]]
    return out


def _entries(started: Started, relations: Relations, *, with_visits: bool) -> Entries:
    periods = relations.sources.periods
    found, chosen, person, start = started
    return entries_of(
        relations.scope,
        person,
        start,
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
    end, lasting = _gathered(found, chosen, "end"), [records.events.lasting for records in found]
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
