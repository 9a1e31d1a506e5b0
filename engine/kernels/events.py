"""Events against observation periods: which of them may start an entry, and which period one lies in."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.calendar import moved
from engine.kernels.groups import Days
from engine.kernels.ranges import People, Rows, Whole

_NEVER = 1 << 30
"""A day after all others; less it, one before them."""


class Events(NamedTuple):
    """Events as columns, of which the rows `first[i]` to before `last[i]` are meant.

    An event ends on `end + lasting`. `sort_day` is the day it is sorted by, and `key` what decides between events of
    one day.
    """

    first: Rows
    last: Rows
    person: People
    start: Days
    end: Days
    lasting: int
    sort_day: Days
    key: Rows


class Runs(NamedTuple):
    """Runs of rows of one person in order of first day and key: that person, the first day, and the first row; rows of
    run `j` lie to before `row[j + 1]`."""

    person: People
    start: Days
    row: Rows


class Periods(NamedTuple):
    """Observation periods: those of person `p` lie from `offsets[p]` to before `offsets[p + 1]`, in order."""

    offsets: Rows
    start: Days
    end: Days


class Room(NamedTuple):
    """How much of a period must lie before an event, and after it: months, or else days. Those before are negative."""

    before_days: int
    before_months: int
    after_days: int
    after_months: int


class Best(NamedTuple):
    """The best candidate of each person of a block so far: its relation (-1 for none), row and period, and its place
    in the order."""

    place: npt.NDArray[np.int32]
    row: Rows
    period: Rows
    day: Days
    key: Rows
    end: Days


@jit
def has_room(day: Whole, start: Whole, end: Whole, room: Room) -> bool:
    """Whether the day lies in the period with enough room around it."""
    before, after = moved(day, room.before_days, room.before_months), moved(day, room.after_days, room.after_months)
    return bool(start <= day <= end and before >= start and after <= end)


@jit
def list_candidates(events: Events, periods: Periods, room: Room, rows: Rows, period: Rows) -> int:
    """Write each event and period that make an entry, those of an event in order of period; returns how many there
    are. With arrays that are too short it only counts."""
    used = 0
    for i in range(events.first.size):
        for row in range(events.first[i], events.last[i]):
            day = np.int64(events.start[row])
            for own in range(periods.offsets[events.person[row]], periods.offsets[events.person[row] + np.uint32(1)]):
                if has_room(day, np.int64(periods.start[own]), np.int64(periods.end[own]), room):
                    if used < rows.size:
                        rows[used], period[used] = row, own
                    used += 1
    return used


@jit
def _is_better(best: Best, at: Whole, place: int, day: Whole, key: Whole, end: Whole, latest: bool) -> bool:
    """Whether an event comes before the best one of its person: by day, key, relation and end."""
    if best.place[at] < 0:
        return True
    if day != best.day[at]:
        return (day > best.day[at]) == latest
    if key != best.key[at]:
        return key < best.key[at]
    return place == best.place[at] and end < best.end[at]


@jit
def keep_best(events: Events, periods: Periods, room: Room, place: int, base: int, latest: bool, best: Best) -> None:
    """Compare the candidates of relation `place` with the best so far of each person, who are numbered from `base`."""
    for i in range(events.first.size):
        for row in range(events.first[i], events.last[i]):
            person = events.person[row]
            at, day, sort_day = np.int64(person) - base, np.int64(events.start[row]), np.int64(events.sort_day[row])
            if best.place[at] >= 0 and sort_day != best.day[at] and (sort_day > best.day[at]) != latest:
                continue
            for own in range(periods.offsets[person], periods.offsets[person + np.uint32(1)]):
                if has_room(day, np.int64(periods.start[own]), np.int64(periods.end[own]), room):
                    key, end = events.key[row], np.int64(events.end[row]) + events.lasting
                    if _is_better(best, at, place, sort_day, key, end, latest):
                        best.place[at], best.row[at], best.period[at] = place, row, own
                        best.day[at], best.key[at], best.end[at] = sort_day, key, end
                    break


@jit
def comes_before(events: Events, row: Whole, other: Whole, latest: bool) -> bool:
    """Whether an event of a relation comes before another of it: by day, key and end."""
    if events.sort_day[row] != events.sort_day[other]:
        return bool((events.sort_day[row] > events.sort_day[other]) == latest)
    if events.key[row] != events.key[other]:
        return bool(events.key[row] < events.key[other])
    return bool(events.end[row] < events.end[other])


@jit
def keep_best_alone(
    events: Events, periods: Periods, room: Room, base: int, latest: bool, rows: Rows, period: Rows
) -> None:
    """As `keep_best` of a relation with which no other is compared: `rows[i]` and `period[i]` are of the best candidate
    of person `base + i`; rows start at -1.

    Most events follow others of their person: the day of the best of these is at hand.
    """
    known, best_day = np.int64(-1), np.int64(0)
    for i in range(events.first.size):
        for row in range(events.first[i], events.last[i]):
            person, sort_day = events.person[row], np.int64(events.sort_day[row])
            at = np.int64(person) - base
            if at == known and sort_day != best_day and (sort_day > best_day) != latest:
                continue
            if rows[at] >= 0 and not comes_before(events, row, rows[at], latest):
                continue
            day = np.int64(events.start[row])
            for own in range(periods.offsets[person], periods.offsets[person + np.uint32(1)]):
                if has_room(day, np.int64(periods.start[own]), np.int64(periods.end[own]), room):
                    rows[at], period[at] = row, own
                    known, best_day = at, sort_day
                    break


@jit
def containing(person: People, day: Days, periods: Periods, out: Rows) -> None:
    """`out[i]`: the first period of `person[i]` that `day[i]` lies in, or -1."""
    for i in range(person.size):
        out[i] = -1
        for own in range(periods.offsets[person[i]], periods.offsets[person[i] + np.uint32(1)]):
            if periods.start[own] <= day[i] <= periods.end[own]:
                out[i] = own
                break


@jit
def span_observed(person: People, periods: Periods, room: Room, since: Days, until: Days) -> None:
    """`since[i]` to `until[i]`: days among which are all those of `person[i]` that lie in a period with room around
    them; none where there is no period. A month is taken for its fewest days."""
    before = 28 * room.before_months if room.before_months else room.before_days
    after = 28 * room.after_months if room.after_months else room.after_days
    for i in range(person.size):
        since[i], until[i] = _NEVER, -_NEVER
        for own in range(periods.offsets[person[i]], periods.offsets[person[i] + np.uint32(1)]):
            since[i] = min(np.int64(since[i]), np.int64(periods.start[own]) - before)
            until[i] = max(np.int64(until[i]), np.int64(periods.end[own]) - after)


@jit
def keep_first_of_runs(first: Rows, last: Rows, runs: Runs, key: Rows, base: int, rows: Rows, days: Days) -> None:
    """As `keep_first` of the events of runs `first[i]` to before `last[i]`, none of which but the first of each run is
    looked at; `days[i]` becomes its first day."""
    for i in range(first.size):
        for run in range(first[i], last[i]):
            at, row, day = np.int64(runs.person[run]) - base, runs.row[run], runs.start[run]
            is_earlier = rows[at] < 0 or day < days[at] or (day == days[at] and key[row] < key[rows[at]])
            if is_earlier:
                rows[at], days[at] = row, day


@jit
def keep_first(events: Events, base: int, from_end: bool, rows: Rows) -> None:
    """`rows[i]`: the first event of person `base + i` by first day and key, or the last with `from_end`. Starts at -1,
    which stays where the person has none."""
    for i in range(events.first.size):
        for row in range(events.first[i], events.last[i]):
            at = np.int64(events.person[row]) - base
            best = rows[at]
            if best < 0:
                rows[at] = row
                continue
            is_earlier = events.start[row] < events.start[best]
            if events.start[row] == events.start[best]:
                is_earlier = events.key[row] < events.key[best]
            if is_earlier != from_end:
                rows[at] = row
