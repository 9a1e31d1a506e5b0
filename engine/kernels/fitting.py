"""Events of tables whose values fit, counted in the windows of entries or found where they lie."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.events import Events, Periods, Room, Runs, comes_before, has_room
from engine.kernels.groups import Days
from engine.kernels.places import later_place, next_place, person_place
from engine.kernels.ranges import People, Rows, Whole
from engine.kernels.windows import Bounds

Counts = npt.NDArray[np.uint32]


class Test(NamedTuple):
    """Which values of a column fit. `stored` is the place of each row's value in a list (uint8 or uint16); `fits` says
    of each place whether its value does."""

    stored: npt.NDArray[np.unsignedinteger]
    fits: npt.NDArray[np.bool_]


@jit
def find_in_runs(
    start: Days, runs: Runs, first: Whole, last: Whole, person: People, bounds: Bounds, low: Rows, high: Rows
) -> None:
    """The rows from `low[entry]` to before `high[entry]` are those of runs `first` to before `last` that are of its
    person and start between its bounds; both are 0 where there are none. People ascend in both."""
    low[:], high[:] = 0, 0
    run, entry = first, np.int64(0)
    while run < last and entry < person.size:
        own, other = np.int64(person[entry]), np.int64(runs.person[run])
        if other < own:
            run = person_place(runs.person, run, last, own)
        elif own < other:
            entry = person_place(person, entry, person.size, other)
        else:
            opens, at, stop = runs.row[run], runs.row[run], runs.row[run + 1]
            while entry < person.size and np.int64(person[entry]) == own:
                until = np.int64(bounds.start_to[entry])
                if np.int64(runs.start[run]) <= until:
                    at = next_place(start, opens, at, stop, np.int64(bounds.start_from[entry]))
                    after = later_place(start, at, stop, until + 1)
                    if at < after:
                        low[entry], high[entry] = at, after
                entry += 1
            run += 1


@jit
def _is_fit(one: Test, other: Test, row: Whole) -> bool:
    return one.fits[one.stored[row]] and other.fits[other.stored[row]]


@jit
def _next_fit(one: Test, other: Test, row: Whole, stop: Whole) -> Whole:
    """The first row from `row` to before `stop` that fits; `stop` where none does."""
    while row < stop and not _is_fit(one, other, row):
        row += 1
    return row


@jit
def count_fitting(
    start: Days, low: Rows, high: Rows, one: Test, other: Test, is_once_a_day: bool, enough: int, counts: Counts
) -> None:
    """Add to `counts[entry]`, up to `enough`, how many of the rows from `low[entry]` to before `high[entry]` fit both
    tests, or on how many days one of them does. The rows of an entry are in order of day."""
    for entry in range(counts.size):
        number, row, day = np.int64(counts[entry]), low[entry], np.int64(-1) << 32
        while row < high[entry] and number < enough:
            is_new = not is_once_a_day or np.int64(start[row]) != day
            if is_new and _is_fit(one, other, row):
                number, day = number + 1, np.int64(start[row])
            row += 1
        counts[entry] = np.uint32(number)


@jit
def keep_earliest_fitting(
    events: Events,
    runs: Runs,
    first: Whole,
    last: Whole,
    one: Test,
    other: Test,
    periods: Periods,
    room: Room,
    base: int,
    rows: Rows,
    period: Rows,
) -> None:
    """As `keep_best_alone` of events of runs `first` to before `last` that fit both tests. Those of a run are in order
    of day: after the day of a person's best none is looked at."""
    for run in range(first, last):
        person = runs.person[run]
        at = np.int64(person) - base
        row, stop = _next_fit(one, other, runs.row[run], runs.row[run + 1]), runs.row[run + 1]
        while row < stop and (rows[at] < 0 or events.sort_day[row] <= events.sort_day[rows[at]]):
            if rows[at] < 0 or comes_before(events, row, rows[at], False):
                day = np.int64(events.start[row])
                for own in range(periods.offsets[person], periods.offsets[person + np.uint32(1)]):
                    if has_room(day, np.int64(periods.start[own]), np.int64(periods.end[own]), room):
                        rows[at], period[at] = row, own
                        break
            row = _next_fit(one, other, row + 1, stop)
