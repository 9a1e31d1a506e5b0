"""Entries of one block of people: events inside an observation period that reaches far enough, in their order."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Pick
from engine.kernels.events import Best, Room, keep_best, keep_best_alone, list_candidates
from engine.kernels.groups import Days, are_in_order, place_each
from engine.kernels.ranges import People, Rows
from engine.logical.nodes import Entry, EveryoneOn
from engine.physical.entries import Anchors
from engine.targets.kernels.durations import backwards, in_days
from engine.targets.kernels.matching import day_number
from engine.targets.kernels.records import Records, absent, frozen, whole
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.scope import Scope, grouped_by_day
from engine.targets.kernels.views import View


@dataclass(frozen=True)
class Entries:
    """Entries of the people of a scope, those of a person together: those of person `scope.start + i` lie from
    `offsets[i]` to before `offsets[i + 1]`. `end` is the last day of the index event, `visit` its visit."""

    scope: Scope
    person: People
    start: Days
    end: Days
    observed_from: Days
    observed_to: Days
    visit: Rows

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
        return entries_of(scope, np.zeros(0, np.uint32), nothing, nothing, nothing, nothing, absent(0))

    def people(self) -> People:
        """Whose they are, ascending."""
        opens = np.ones(self.size, np.bool_)
        np.not_equal(self.person[1:], self.person[:-1], out=opens[1:])
        return self.person[opens]

    def taken(self, chosen: Rows) -> "Entries":
        """The entries at these places, which ascend."""
        names = ("person", "start", "end", "observed_from", "observed_to", "visit")
        return entries_of(self.scope, *(getattr(self, name)[chosen] for name in names))

    def anchors(self) -> Anchors:
        """The entries as they are passed on."""
        return Anchors(
            person=self.person,
            start=self.start,
            end=self.end,
            observed_from=self.observed_from,
            observed_to=self.observed_to,
            visit=self.visit,
        )


@dataclass(frozen=True, slots=True)
class Candidates:
    """Index events and the periods they lie in: the row in the records of relation `place`."""

    place: npt.NDArray[np.int32]
    row: Rows
    period: Rows


def find_entries(entry: Entry, relations: Relations) -> Entries:
    """The entries in their order: person, first day, event key, place of the relation, period."""
    found = _index_records(entry, relations)
    room = _room(entry)
    if entry.pick is Pick.ALL:
        return _all_entries(found, room, relations)
    best = _best(found, room, relations, latest=entry.pick is Pick.LATEST)
    return _entries(found, best, relations)


def _index_records(entry: Entry, relations: Relations) -> list[Records]:
    if not isinstance(entry.events, EveryoneOn):
        return [relations.records(events) for events in entry.events]
    scope, periods = relations.scope, relations.sources.periods
    people = np.arange(scope.start, scope.stop, dtype=np.uint32) if scope.people is None else scope.people
    people = people[periods.offsets[people] < periods.offsets[people.astype(np.int64) + 1]]
    if entry.events.on is None:
        day = periods.start[periods.offsets[people]]
    else:
        day = np.full(people.size, day_number(entry.events.on), np.int32)
    return [Records(whole(people, day, day, np.zeros(people.size, np.int64)))]


def _best(found: list[Records], room: Room, relations: Relations, *, latest: bool) -> Candidates:
    scope, periods, size = relations.scope, relations.sources.periods, relations.scope.size
    if len(found) == 1:
        rows, period = np.full(size, -1), np.empty(size, np.int64)
        keep_best_alone(found[0].events, periods, room, scope.start, latest, rows, period)
        own = np.flatnonzero(rows >= 0)
        return Candidates(np.zeros(own.size, np.int32), rows[own], period[own])
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
    return Candidates(best.place[chosen], best.row[chosen], best.period[chosen])


def entries_from(records: Records, entry: Entry, relations: Relations, *, with_visits: bool) -> Entries:
    """What events that are in order make of an entry that picks nothing; without visits where they are not wanted."""
    chosen = _candidates(0, records, _room(entry), relations)
    return _entries([records], chosen, relations, with_visits=with_visits)


def _room(entry: Entry) -> Room:
    return Room(*in_days(backwards(entry.observed_before)), *in_days(entry.observed_after))


def _all_entries(found: list[Records], room: Room, relations: Relations) -> Entries:
    listed = [_candidates(place, records, room, relations) for place, records in enumerate(found)]
    joined = Candidates(
        _concatenated([part.place for part in listed]),
        _concatenated([part.row for part in listed]),
        _concatenated([part.period for part in listed]),
    )
    person, start, key = (frozen(_gathered(found, joined, name)) for name in ("person", "start", "key"))
    if not are_in_order(person, start, key):
        _, order = grouped_by_day(person, start, key, relations.scope)
        joined = Candidates(joined.place[order], joined.row[order], joined.period[order])
    return _entries(found, joined, relations)


def _concatenated(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _candidates(place: int, records: Records, room: Room, relations: Relations) -> Candidates:
    events, periods = records.events, relations.sources.periods
    rows, period = np.empty(records.size, np.int64), np.empty(records.size, np.int64)
    used = list_candidates(events, periods, room, rows, period)
    if used > rows.size:  # periods overlap
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


def _entries(found: list[Records], chosen: Candidates, relations: Relations, *, with_visits: bool = True) -> Entries:
    periods, scope = relations.sources.periods, relations.scope
    person, start, end = (_gathered(found, chosen, name) for name in ("person", "start", "end"))
    return entries_of(
        scope,
        person,
        start,
        _lasting(found, chosen, end),
        periods.start[chosen.period],
        periods.end[chosen.period],
        _visits(found, chosen, relations) if with_visits else absent(person.size),
    )


def _lasting(found: list[Records], chosen: Candidates, end: Days) -> Days:
    """The last days, which are later than the column says where events last longer."""
    lasting = [records.events.lasting for records in found]
    if not any(lasting):
        return end
    return end + (np.int32(lasting[0]) if len(lasting) == 1 else np.array(lasting, np.int32)[chosen.place])


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
    scope: Scope, person: People, start: Days, end: Days, observed_from: Days, observed_to: Days, visit: Rows
) -> Entries:
    """Entries of people who ascend."""
    return Entries(
        scope=scope,
        person=frozen(person),
        start=frozen(start),
        end=frozen(end),
        observed_from=frozen(observed_from),
        observed_to=frozen(observed_to),
        visit=frozen(visit),
    )
