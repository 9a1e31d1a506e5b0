"""Entries of people that are near enough made one."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.groups import Days, Groups


class Entries(NamedTuple):
    """Entries sorted by person and start: first and last day, and the first day of the observation period. One that
    ends before it starts has no day."""

    person: Groups
    start: Days
    end: Days
    period: Days


class Joined(NamedTuple):
    """Room for as many rows as there are entries."""

    person: npt.NDArray[np.uint32]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]


@jit
def join_entries(entries: Entries, join_days: int, across_periods: bool, rows: Joined) -> int:
    """Write one row for all entries of a person of which each shares a day with those before it, or starts at most
    `join_days` after all of them have ended; over the end of an observation period only `across_periods`. Returns how
    many rows there are."""
    used, before = 0, -1
    for i in range(entries.person.size):
        if entries.end[i] < entries.start[i]:
            continue
        start, reach = np.int64(entries.start[i]), np.int64(0)
        is_near = used > 0 and rows.person[used - 1] == entries.person[i]
        if is_near:
            reach = np.int64(rows.end[used - 1])
            is_near = start <= reach + join_days
            is_near &= across_periods or start <= reach or entries.period[i] == entries.period[before]
        before = i
        if is_near:
            rows.end[used - 1] = max(rows.end[used - 1], entries.end[i])
            continue
        rows.person[used], rows.start[used], rows.end[used] = entries.person[i], entries.start[i], entries.end[i]
        used += 1
    return used
