"""Events of tables counted in the windows of entries where they lie, if the values in their rows fit."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.events import Runs
from engine.kernels.groups import Days
from engine.kernels.places import later_place, next_place, person_place
from engine.kernels.ranges import People, Rows, Whole
from engine.kernels.windows import Bounds

Counts = npt.NDArray[np.uint32]


class Test(NamedTuple):
    """Which values of a column fit. A row holds the place of its value in a list, in `width` bytes of `stored`, the
    least first; `fits` says of each place whether its value does."""

    stored: npt.NDArray[np.uint8]
    width: int
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
def _is_fit(test: Test, row: Whole) -> bool:
    code = np.int64(0)
    for byte in range(test.width):
        code |= np.int64(test.stored[row * test.width + byte]) << 8 * byte
    return test.fits[code]


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
            if is_new and _is_fit(one, row) and _is_fit(other, row):
                number, day = number + 1, np.int64(start[row])
            row += 1
        counts[entry] = np.uint32(number)
