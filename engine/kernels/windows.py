"""Events counted in the windows of entries.

Entries lie person by person: those of person `base + i` from `offsets[i]` to before `offsets[i + 1]`. Events come in
any order: each is compared with the entries of its person, which are few.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.events import Events
from engine.kernels.groups import Days
from engine.kernels.places import day_place, later_place, next_place
from engine.kernels.ranges import People, Rows, Whole

ABSENT = np.int64(np.iinfo(np.int64).min)
"""What is written for a value that there is not."""


class Bounds(NamedTuple):
    """For each entry, between which days an event must start and end, bounds included."""

    start_from: Days
    start_to: Days
    end_from: Days
    end_to: Days


class Ordered(NamedTuple):
    """Events put together by person and in order of first day: those of person `base + i` lie from `offsets[i]` to
    before `offsets[i + 1]` of each column.

    `previous` is the place of the event before it with the same value of what is counted once, -1 where there is none
    or all are counted; `SKIPPED` where it has no value. `ABSENT` is no visit.
    """

    offsets: Rows
    start: Days
    end: Days
    visit: Rows
    previous: Rows


SKIPPED = -2
"""The `previous` of an event that is not counted."""


@jit
def _run_end(person: People, row: Whole, last: Whole) -> Whole:
    """The row after the run of rows of one person that begins with `row`; a long run is not read through."""
    own, low, step = person[row], row, 1
    if person[last - 1] == own:
        return last
    while low + step < last and person[low + step] == own:
        low += step
        step *= 2
    high = min(low + step, last)
    while low + 1 < high:
        middle = (low + high) >> 1
        if person[middle] == own:
            low = middle
        else:
            high = middle
    return low + 1


@jit
def count_runs(
    events: Events, base: int, offsets: Rows, bounds: Bounds, by_end: bool, counts: npt.NDArray[np.uint32]
) -> None:
    """As `count_events`, of events that in each stretch are in order of person and first day: of a person's only those
    between the bounds are read, and without `by_end` not even those, for then the bounds of the last day are open."""
    for i in range(events.first.size):
        row, last = events.first[i], events.last[i]
        while row < last:
            at = np.uint64(np.int64(events.person[row]) - base)
            stop, low = _run_end(events.person, row, last), row
            for entry in range(offsets[at], offsets[at + np.uint64(1)]):
                low = next_place(events.start, row, low, stop, np.int64(bounds.start_from[entry]))
                high = later_place(events.start, low, stop, np.int64(bounds.start_to[entry]) + 1)
                number = high - low
                if by_end:
                    for own in range(low, high):
                        end = np.int64(events.end[own]) + events.lasting
                        number -= int(end < bounds.end_from[entry] or end > bounds.end_to[entry])
                counts[entry] += np.uint32(number)
            row = stop


@jit
def clip(start: Days, first: Rows, last: Rows, since: Days, until: Days, out_first: Rows, out_last: Rows) -> int:
    """Write the rows of each stretch, which are in order of first day, that start from `since[i]` to `until[i]`, where
    there are any; returns how many stretches have."""
    used = 0
    for i in range(first.size):
        low = day_place(start, first[i], last[i], np.int64(since[i]))
        high = day_place(start, low, last[i], np.int64(until[i]) + 1)
        if low < high:
            out_first[used], out_last[used] = low, high
            used += 1
    return used


@jit
def count_events(events: Events, base: int, offsets: Rows, bounds: Bounds, counts: npt.NDArray[np.uint32]) -> None:
    """Add to `counts[entry]` how many of the events lie in its windows."""
    for i in range(events.first.size):
        for row in range(events.first[i], events.last[i]):
            at = np.uint64(np.int64(events.person[row]) - base)
            for entry in range(offsets[at], offsets[at + np.uint64(1)]):
                start = np.int64(events.start[row])
                end = np.int64(events.end[row]) + events.lasting
                is_inside = bounds.start_from[entry] <= start <= bounds.start_to[entry]
                counts[entry] += np.uint32(is_inside and bounds.end_from[entry] <= end <= bounds.end_to[entry])


@jit
def link_values(offsets: Rows, rows: Rows, value: Rows, previous: Rows) -> None:
    """Write `Ordered.previous`; `rows` are places in order of `value`, those alike in order of place."""
    for at in range(offsets.size - 1):
        for i in range(offsets[at], offsets[at + 1]):
            place = rows[i]
            is_alike = i > offsets[at] and value[rows[i - 1]] == value[place]
            previous[place] = rows[i - 1] if is_alike else -1
            if value[place] == ABSENT:
                previous[place] = SKIPPED


@jit
def count_starts(events: Ordered, offsets: Rows, bounds: Bounds, counts: npt.NDArray[np.uint32]) -> None:
    """`counts[entry]`: how many of the events start between its bounds, whenever they end."""
    for at in range(offsets.size - 1):
        first, last = events.offsets[at], events.offsets[at + 1]
        low = first
        for entry in range(offsets[at], offsets[at + 1]):
            low = next_place(events.start, first, low, last, np.int64(bounds.start_from[entry]))
            counts[entry] = later_place(events.start, low, last, np.int64(bounds.start_to[entry]) + 1) - low


@jit
def _is_counted(
    end: Days, visits: Rows, place: Whole, since: Whole, until: Whole, visit: Whole, same_visit: bool
) -> bool:
    """Whether an event that starts between the bounds of an entry ends between them and is of its visit."""
    return (not same_visit or (visits[place] == visit and visit != ABSENT)) and since <= end[place] <= until


@jit
def span_entries(offsets: Rows, low: Days, high: Days, since: Days, until: Days) -> None:
    """`since[i]` to `until[i]`: the least of `low` and the greatest of `high` over entries `offsets[i]` to before
    `offsets[i + 1]`, of which there is one at least."""
    for i in range(since.size):
        since[i], until[i] = low[offsets[i]], high[offsets[i]]
        for entry in range(offsets[i] + 1, offsets[i + 1]):
            since[i], until[i] = min(since[i], low[entry]), max(until[i], high[entry])


@jit
def count_values(
    events: Ordered,
    offsets: Rows,
    bounds: Bounds,
    visit: Rows,
    same_visit: bool,
    enough: int,
    counts: npt.NDArray[np.uint32],
) -> None:
    """`counts[entry]`: how many different values the events in its windows have; with `same_visit`, of those that are
    of the visit `visit[entry]`. An event counts where none before it in the windows has its value. No more than
    `enough` are counted."""
    end, visits, previous = events.end, events.visit, events.previous  # few arguments: a call copies all of a tuple
    for at in range(offsets.size - 1):
        first, low, last = events.offsets[at], events.offsets[at], events.offsets[at + 1]
        for entry in range(offsets[at], offsets[at + 1]):
            since, until, own = np.int64(bounds.end_from[entry]), np.int64(bounds.end_to[entry]), visit[entry]
            low = next_place(events.start, first, low, last, np.int64(bounds.start_from[entry]))
            place, number = low, 0
            while place < last and number < enough and events.start[place] <= bounds.start_to[entry]:
                if previous[place] != SKIPPED and _is_counted(end, visits, place, since, until, own, same_visit):
                    other = previous[place]
                    while other >= low and not _is_counted(end, visits, other, since, until, own, same_visit):
                        other = previous[other]
                    number += int(other < low)
                place += 1
            counts[entry] = number


@jit
def earliest_start(events: Events, base: int, offsets: Rows, since: Days, until: Days, out: Days) -> None:
    """Lower `out[entry]` to the first day of an event that starts from `since[entry]` to `until[entry]`."""
    for i in range(events.first.size):
        for row in range(events.first[i], events.last[i]):
            at = np.uint64(np.int64(events.person[row]) - base)
            for entry in range(offsets[at], offsets[at + np.uint64(1)]):
                if since[entry] <= events.start[row] <= until[entry] and events.start[row] < out[entry]:
                    out[entry] = events.start[row]


@jit
def earliest_end(events: Events, base: int, offsets: Rows, day: Days, out: Days) -> None:
    """Lower `out[entry]` to the last day of an event that lasts over `day[entry]`."""
    for i in range(events.first.size):
        for row in range(events.first[i], events.last[i]):
            at = np.uint64(np.int64(events.person[row]) - base)
            end = np.int64(events.end[row]) + events.lasting
            for entry in range(offsets[at], offsets[at + np.uint64(1)]):
                if events.start[row] <= day[entry] <= end < out[entry]:
                    out[entry] = end
