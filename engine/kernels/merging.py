"""Events of people brought from their runs, each in order of first day and key, into one order of a person."""

from typing import NamedTuple

import numpy as np

from engine.kernels._jit import jit, prefetch
from engine.kernels.events import Events, Periods, Room, has_room
from engine.kernels.groups import Days, sort_rows
from engine.kernels.lines import clip_line
from engine.kernels.ranges import People, Rows, Whole

_AHEAD = 32
"""How many runs before their turn memory is asked for their first days."""


class RunsOfEach(NamedTuple):
    """Runs of people who ascend: those of `people[i]` from `offsets[i]` to before `offsets[i + 1]`. Run `j` holds rows
    `first[j]` to before `last[j]`."""

    people: People
    offsets: Rows
    first: Rows
    last: Rows


class Entered(NamedTuple):
    """What entries are made of: whose they are, their first days, the rows of the events, and their periods."""

    person: People
    start: Days
    row: Rows
    period: Rows


@jit
def _most_rows(runs: RunsOfEach) -> int:
    """The most rows that one person has."""
    most = 0
    for i in range(runs.people.size):
        own = 0
        for j in range(runs.offsets[i], runs.offsets[i + 1]):
            own += runs.last[j] - runs.first[j]
        most = max(most, own)
    return most


@jit
def enter_runs(
    runs: RunsOfEach, events: Events, periods: Periods, room: Room, since: Days, until: Days, out: Entered
) -> int:
    """Write each event and period that make an entry, in order of person, first day, key and period; returns how many
    there are. With arrays that are too short it only counts. Events start from `since[i]` to `until[i]` of person
    `runs.people[i]`, days that lie between the first and the last with room (`span_observed`): in one period all have.
    """
    used, is_in_days, most = 0, not room.before_months and not room.after_months, _most_rows(runs)
    rows, spare = np.empty(most, np.int64), np.empty((3, most), np.int64)
    for i in range(runs.people.size):
        person, low, high = runs.people[i], runs.offsets[i], runs.offsets[i + 1]
        size, number = _list_within(runs.first, runs.last, low, high, events.start, since[i], until[i], rows)
        if number > 1:
            sort_rows(rows[:size], events.start, events.key, spare)
        begin, end = periods.offsets[person], periods.offsets[person + np.uint32(1)]
        if is_in_days and end == begin + 1:
            used = _enter_all(rows, size, person, begin, events.start, used, out)
        else:
            used = _enter_with_room(rows, size, person, periods, room, events.start, used, out)
    return used


@jit
def _list_within(
    first: Rows, last: Rows, low: Whole, high: Whole, start: Days, since: Whole, until: Whole, rows: Rows
) -> tuple[int, int]:
    """List the rows of runs `low` to before `high` that start on these days; returns of how many rows and runs."""
    size, number = 0, 0
    for j in range(low, high):
        prefetch(start, first[min(j + _AHEAD, first.size - 1)])
        begin, end = clip_line(start, first[j], last[j], np.int64(since), np.int64(until))
        if begin < end:
            number += 1
        for row in range(begin, end):
            rows[size] = row
            size += 1
    return size, number


@jit
def _enter_all(rows: Rows, size: int, person: np.uint32, period: Whole, start: Days, used: int, out: Entered) -> int:
    """Write the first `size` rows, all of which make an entry in one period."""
    for i in range(min(size, out.row.size - used)):
        out.person[used + i], out.start[used + i] = person, start[rows[i]]
        out.row[used + i], out.period[used + i] = rows[i], period
    return used + size


@jit
def _enter_with_room(
    rows: Rows, size: int, person: np.uint32, periods: Periods, room: Room, start: Days, used: int, out: Entered
) -> int:
    """Write the first `size` rows with each period that makes an entry of them."""
    for i in range(size):
        day = np.int64(start[rows[i]])
        for own in range(periods.offsets[person], periods.offsets[person + np.uint32(1)]):
            if has_room(day, np.int64(periods.start[own]), np.int64(periods.end[own]), room):
                if used < out.row.size:
                    out.person[used], out.start[used] = person, day
                    out.row[used], out.period[used] = rows[i], own
                used += 1
    return used
