"""Three-valued tests of a column: 0 false, 1 true, 2 unknown, an int8 a row."""

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.ranges import People, Rows

Truths = npt.NDArray[np.int8]
Numbers = npt.NDArray[np.float64]


@jit
def look_up(
    codes: npt.NDArray[np.integer], first: Rows, last: Rows, listed: npt.NDArray[np.number], out: npt.NDArray[np.number]
) -> None:
    """What the list has at the code of each row of the stretches, in their order."""
    used = 0
    for i in range(first.size):
        own = codes[first[i] : last[i]]
        found = out[used : used + own.size]
        for row in range(own.size):
            found[row] = listed[own[row]]
        used += own.size


@jit
def join_by_owner(owner: People, base: int, truths: Truths, known: Truths) -> None:
    """`known[i]`: true where a row of owner `base + i` is true, false where there are others only; what it was where
    there is none."""
    for row in range(owner.size):
        at = np.int64(owner[row]) - base
        known[at] = np.int8((truths[row] == 1) | (known[at] == 1))


@jit
def lies_between(
    values: npt.NDArray[np.number], low: float, high: float, outside: bool, absent: float, out: Truths
) -> None:
    """`out[i]`: whether the value lies from `low` to `high` (or with `outside` does not); unknown where it is `absent`
    or NaN."""
    for i in range(values.size):
        value = np.float64(values[i])
        is_inside = (value >= low) & (value <= high)
        is_absent = (value == absent) | (value != value)  # NaN is no value
        out[i] = np.int8(2) if is_absent else np.int8(is_inside != outside)


@jit
def conjoin(left: Truths, right: Truths) -> None:
    """Kleene's conjunction, written to `left`."""
    for i in range(left.size):
        both = (left[i] != 0) & (right[i] != 0)
        left[i] = max(left[i], right[i]) * np.int8(both)


@jit
def disjoin(left: Truths, right: Truths) -> None:
    """Kleene's disjunction, written to `left`."""
    for i in range(left.size):
        either = (left[i] == 1) | (right[i] == 1)
        left[i] = np.int8(1) if either else max(left[i], right[i])


@jit
def negate(column: Truths) -> None:
    """Kleene's negation, written to the column itself."""
    for i in range(column.size):
        column[i] = np.int8(2) if column[i] == 2 else np.int8(1) - column[i]


@jit
def lies_outside(value: Numbers, low: Numbers, high: Numbers, out: Truths) -> None:
    """`out[i]`: whether the value is less than `low` or greater than `high`; unknown where one of them is NaN."""
    for i in range(value.size):
        is_outside = (value[i] < low[i]) | (value[i] > high[i])
        is_known = (value[i] == value[i]) & (low[i] == low[i]) & (high[i] == high[i])  # NaN is no value
        out[i] = np.int8(1) if is_outside else np.int8(0) if is_known else np.int8(2)
