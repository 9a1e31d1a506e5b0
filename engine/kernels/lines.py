"""Events of each person in order, looked at some at a time: those of person `i` from `low[i]` to before `high[i]`."""

import numpy as np

from engine.kernels._jit import jit, prefetch
from engine.kernels.groups import Days
from engine.kernels.places import day_place
from engine.kernels.ranges import Rows, Whole

_AHEAD = 32
"""How many people before their turn memory is asked for what is read of them."""


@jit
def clip_line(start: Days, low: Whole, high: Whole, since: Whole, until: Whole) -> tuple[Whole, Whole]:
    """Where, of the events from `low` to before `high`, those lie that start from `since` to `until`."""
    if low < high and np.int64(start[low]) < since:
        low = day_place(start, low, high, since)
    if low < high and np.int64(start[high - 1]) > until:
        high = day_place(start, low, high, until + 1)
    return low, high


@jit
def clip_days(start: Days, low: Rows, high: Rows, since: Days, until: Days, first: Rows, last: Rows) -> None:
    """`first[i]` to before `last[i]`: where those events of person `i` lie that start from `since[i]` to `until[i]`."""
    for i in range(low.size):
        ahead = min(i + _AHEAD, low.size - 1)
        prefetch(start, low[ahead])
        prefetch(start, high[ahead] - 1)
        first[i], last[i] = clip_line(start, low[i], high[i], np.int64(since[i]), np.int64(until[i]))


@jit
def cut_first(low: Rows, high: Rows, number: int, out: Rows) -> None:
    """`out[i]`: where the first `number` events of a person end."""
    for i in range(low.size):
        out[i] = min(high[i], low[i] + number)


@jit
def cut_last(start: Days, low: Rows, high: Rows, number: int, out: Rows) -> None:
    """`out[i]`: where the last `number` events of a person begin, and all those of the first day among them."""
    for i in range(low.size):
        at = max(low[i], high[i] - number)
        while at > low[i] and start[at - 1] == start[at]:
            at -= 1
        out[i] = at
