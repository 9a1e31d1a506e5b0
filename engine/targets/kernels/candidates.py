"""Index events and the observation periods they lie in, of which entries are made."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.kernels.events import Best, Room, keep_best, keep_best_alone, list_candidates
from engine.kernels.groups import Days, are_in_order
from engine.kernels.ranges import People, Rows
from engine.targets.kernels.records import Records, frozen
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.scope import ordered_by_day


@dataclass(frozen=True, slots=True)
class Candidates:
    """Index events and the periods they lie in: the row in the records of relation `place`."""

    place: npt.NDArray[np.int32]
    row: Rows
    period: Rows

    def taken(self, order: Rows) -> "Candidates":
        """Those at these places."""
        return Candidates(self.place[order], self.row[order], self.period[order])


@dataclass(frozen=True, slots=True)
class Started:
    """Index events of some relations, their people and first days."""

    found: list[Records]
    chosen: Candidates
    person: People
    start: Days

    @staticmethod
    def of(found: list[Records], chosen: Candidates) -> "Started":
        """The events chosen of these relations."""
        return Started(found, chosen, gathered(found, chosen, "person"), gathered(found, chosen, "start"))

    def in_order(self, relations: Relations) -> "Started":
        """The same in the order of entries, which those of one stretch of a table are in already."""
        found = self.found
        if len(found) == 1 and found[0].is_ordered and found[0].table is not None and found[0].events.first.size == 1:
            return self
        key = frozen(gathered(found, self.chosen, "key"))
        if are_in_order(frozen(self.person), frozen(self.start), key):
            return self
        order = ordered_by_day(self.person, self.start, key, relations.scope)
        return Started(found, self.chosen.taken(order), self.person[order], self.start[order])


def all_candidates(found: list[Records], room: Room, relations: Relations) -> Candidates:
    """All events of some relations, one relation after another, each with all periods that it makes an entry in."""
    listed = [_candidates(place, records, room, relations) for place, records in enumerate(found)]
    if len(listed) == 1:
        return listed[0]
    columns = zip(*((part.place, part.row, part.period) for part in listed), strict=True)
    return Candidates(*map(np.concatenate, columns))


def best_candidates(found: list[Records], room: Room, relations: Relations, *, latest: bool) -> Candidates:
    """The first event of each person, or the last, in the first period that it makes an entry in."""
    scope, periods, size = relations.scope, relations.sources.periods, relations.scope.size
    if len(found) == 1:
        rows, period = np.full(size, -1), np.empty(size, np.int64)
        keep_best_alone(found[0].events, periods, room, scope.start, latest, rows, period)
        return one_of_each(rows, period)
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


def one_of_each(rows: Rows, period: Rows) -> Candidates:
    """The events of one relation in these rows, -1 where a person has none."""
    own = np.flatnonzero(rows >= 0)
    return Candidates(np.zeros(own.size, np.int32), rows[own], period[own])


def gathered(found: list[Records], chosen: Candidates, name: str) -> npt.NDArray[Any]:
    """A column of the events chosen, whichever relation they are of."""
    columns = [getattr(records.events, name) for records in found]
    if len(columns) == 1:
        return columns[0][chosen.row]
    out = np.empty(chosen.row.size, columns[0].dtype)
    for place, column in enumerate(columns):
        own = chosen.place == place
        out[own] = column[chosen.row[own]]
    return out


def _candidates(place: int, records: Records, room: Room, relations: Relations) -> Candidates:
    events, periods = records.events, relations.sources.periods
    size = records.size
    rows, period = np.empty(size, np.int64), np.empty(size, np.int64)
    used = list_candidates(events, periods, room, rows, period)
    if used > size:  # periods overlap
        rows, period = np.empty(used, np.int64), np.empty(used, np.int64)
        list_candidates(events, periods, room, rows, period)
    return Candidates(np.full(used, place, np.int32), rows[:used], period[:used])
