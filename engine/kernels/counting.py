"""Events of tables counted in the windows of entries where they lie, without listing them.

Entries are in order of person; each search goes on from the last one where it can.
"""

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.events import Events, Runs
from engine.kernels.groups import Days
from engine.kernels.places import later_place, next_place, person_place
from engine.kernels.ranges import People, Rows, Whole
from engine.kernels.windows import Bounds

Counts = npt.NDArray[np.uint32]


@jit
def _number_ending(start: Days, end: Days, low: Whole, stop: Whole, until: Whole, since: Whole, last: Whole) -> Whole:
    """How many of the events from row `low` on, which are in order, start up to `until` and end from `since` to
    `last`."""
    number = 0
    while low < stop and np.int64(start[low]) <= until:
        number += int(since <= np.int64(end[low]) <= last)
        low += 1
    return number


@jit
def count_in_runs(
    events: Events, runs: Runs, person: People, bounds: Bounds, by_end: bool, enough: int, counts: Counts
) -> None:
    """Add to `counts[entry]`, up to `enough`, how many events of the runs from `events.first[i]` to before
    `events.last[i]` lie between its bounds; those of the last day matter only `by_end`. People ascend in both.

    The first day of a run is asked first, since rows and their days lie further apart.
    """
    for i in range(events.first.size):
        run, last, entry = events.first[i], events.last[i], np.int64(0)
        while run < last and entry < person.size:
            own, other = np.int64(person[entry]), np.int64(runs.person[run])
            if other < own:
                run = person_place(runs.person, run, last, own)
            elif own < other:
                entry = person_place(person, entry, person.size, other)
            else:
                opens, low = np.int64(runs.start[run]), np.int64(0)
                while entry < person.size and person[entry] == runs.person[run]:
                    since, until = np.int64(bounds.start_from[entry]), np.int64(bounds.start_to[entry])
                    missing = enough - np.int64(counts[entry])
                    if missing == 1 and not by_end and since <= opens <= until:
                        counts[entry] += np.uint32(1)
                    elif missing > 0 and opens <= until:
                        first, stop = runs.row[run], runs.row[run + 1]
                        low = next_place(events.start, first, max(low, first), stop, since)
                        if by_end:
                            ends_from = np.int64(bounds.end_from[entry]) - events.lasting
                            ends_to = np.int64(bounds.end_to[entry]) - events.lasting
                            number = _number_ending(events.start, events.end, low, stop, until, ends_from, ends_to)
                        else:
                            number = later_place(events.start, low, min(stop, low + missing), until + 1) - low
                        counts[entry] += np.uint32(min(number, missing))
                    entry += 1
                run += 1


@jit
def count_in_timelines(lines: Rows, start: Days, person: People, bounds: Bounds, enough: int, counts: Counts) -> None:
    """`counts[entry]`: how many of the events of its person start between its bounds, or `enough`. Those of person `p`
    lie from `lines[p]` to before `lines[p + 1]`, in order of first day."""
    low = np.int64(0)
    for entry in range(person.size):
        own = np.uint64(person[entry])
        first, stop = lines[own], lines[own + np.uint64(1)]
        if entry == 0 or person[entry] != person[entry - 1]:
            low = first
        low = next_place(start, first, low, stop, np.int64(bounds.start_from[entry]))
        until = np.int64(bounds.start_to[entry]) + 1
        counts[entry] = later_place(start, low, min(stop, low + enough), until) - low
