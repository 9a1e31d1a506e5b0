"""Three-valued tests of a column: 0 false, 1 true, 2 unknown, an int8 a row."""

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit

Truths = npt.NDArray[np.int8]


@jit
def look_up(codes: npt.NDArray[np.integer], listed: Truths, out: Truths) -> None:
    """`out[i]`: what the list says of the value at `codes[i]`."""
    for i in range(codes.size):
        out[i] = listed[codes[i]]


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
