"""Events of some people on some days, found in the runs of a table or in its timelines, the rows person by person."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.events import Runs
from engine.kernels.groups import Days
from engine.kernels.places import day_place, next_place
from engine.kernels.ranges import People, Rows
from engine.kernels.windows import Bounds


class Lines(NamedTuple):
    """Rows person by person: those of person `p` lie from `offsets[p]` to before `offsets[p + 1]`, in order of `start`.
    `concept` is the place of the concept of each among those of the table, and `row` its row."""

    offsets: Rows
    start: Days
    concept: npt.NDArray[np.uint16]
    row: npt.NDArray[np.uint32]


class Found(NamedTuple):
    """Events one after another: their person, first day, and row."""

    person: People
    start: Days
    row: Rows


@jit
def clip_runs(
    runs: Runs, own: Rows, start: Days, base: int, since: Days, until: Days, out_first: Rows, out_last: Rows
) -> int:
    """Write the rows of each of the runs `own` that start from `since[i]` to `until[i]`, where the run is of person
    `base + i` and there are any; returns of how many runs there are."""
    used = 0
    for run in own:
        at = np.int64(runs.person[run]) - base
        low, last, earliest = runs.row[run], runs.row[run + 1], np.int64(runs.start[run])
        if earliest <= until[at]:
            if earliest < since[at]:
                low = day_place(start, low, last, np.int64(since[at]))
            high = day_place(start, low, last, np.int64(until[at]) + 1)
            out_first[used], out_last[used] = low, high
            used += int(low < high)
    return used


@jit
def take_lines(
    lines: Lines, people: People, first: Rows, last: Rows, wanted: npt.NDArray[np.bool_], ends: Rows, out: Found
) -> None:
    """Write the events at places `first[i]` to before `last[i]`, which are those of `people[i]`, if their concept is
    wanted; `ends[i]` becomes the number of those up to the last of that person."""
    used = 0
    for i in range(people.size):
        for place in range(first[i], last[i]):
            out.person[used], out.start[used], out.row[used] = people[i], lines.start[place], lines.row[place]
            used += int(wanted[lines.concept[place]])
        ends[i] = used


@jit
def count_wanted(
    lines: Lines,
    person: People,
    wanted: npt.NDArray[np.bool_],
    bounds: Bounds,
    enough: int,
    counts: npt.NDArray[np.uint32],
) -> None:
    """`counts[entry]`: how many of the events of its person whose concept is wanted start between its bounds, or
    `enough`. People ascend."""
    low = np.int64(0)
    for entry in range(person.size):
        own, number = np.int64(person[entry]), 0
        first, stop = lines.offsets[own], lines.offsets[own + 1]
        if entry == 0 or person[entry] != person[entry - 1]:
            low = first
        low = place = next_place(lines.start, first, low, stop, np.int64(bounds.start_from[entry]))
        while place < stop and number < enough and lines.start[place] <= bounds.start_to[entry]:
            number += int(wanted[lines.concept[place]])
            place += 1
        counts[entry] = number
