"""Events of each person in order, looked at some at a time: those of person `i` from `low[i]` to before `high[i]`."""

from engine.kernels._jit import jit
from engine.kernels.groups import Days
from engine.kernels.ranges import Rows


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
