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
    people, starts, ends, periods = entries
    row_people, row_starts, row_ends = rows
    used, before, reach = np.uint64(0), np.uint64(0), np.int64(0)
    for i in range(np.uint64(people.size)):
        start, end = np.int64(starts[i]), np.int64(ends[i])
        if end < start:
            continue
        is_near = used > 0 and people[before] == people[i] and start <= reach + join_days
        if is_near and start > reach and not across_periods:
            is_near = periods[i] == periods[before]
        before, reach = i, max(reach, end) if is_near else end
        if not is_near:
            row_people[used], row_starts[used] = people[i], start
            used += np.uint64(1)
        row_ends[used - np.uint64(1)] = reach
    return int(used)
