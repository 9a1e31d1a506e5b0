"""Events of each person in order, looked at some at a time: those of person `i` from `low[i]` to before `high[i]`."""

import numpy as np

from engine.kernels._jit import jit, prefetch
from engine.kernels.groups import Days
from engine.kernels.places import day_place
from engine.kernels.ranges import Rows

_AHEAD = 32
"""How many people before their turn memory is asked for what is read of them."""


@jit
def clip_days(start: Days, low: Rows, high: Rows, since: Days, until: Days, first: Rows, last: Rows) -> None:
    """`first[i]` to before `last[i]`: where those events of person `i` lie that start from `since[i]` to `until[i]`."""
    for i in range(low.size):
        ahead = min(i + _AHEAD, low.size - 1)
        prefetch(start, low[ahead])
        prefetch(start, high[ahead] - 1)
        opens, closes = low[i], high[i]
        if opens < closes and start[opens] < since[i]:
            opens = day_place(start, opens, closes, np.int64(since[i]))
        if opens < closes and start[closes - 1] > until[i]:
            closes = day_place(start, opens, closes, np.int64(until[i]) + 1)
        first[i], last[i] = opens, closes


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
