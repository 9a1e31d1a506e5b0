"""Which of a person's entries are kept."""

from typing import assert_never

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Keep, Pick

Positions = npt.NDArray[np.intp]

PICK_OF = {Keep.ALL: Pick.ALL, Keep.FIRST: Pick.EARLIEST, Keep.LAST: Pick.LATEST}


def pick(person: npt.NDArray[np.uint32], start: npt.NDArray[np.int32], chosen: Positions, which: Pick) -> Positions:
    """Of the positions chosen, in table order: all, each person's first, or each person's first on the latest day."""
    match which:
        case Pick.ALL:
            return chosen
        case Pick.EARLIEST:
            return chosen[_differs_from_last(person[chosen])]
        case Pick.LATEST:
            opens = _differs_from_last(person[chosen]) | _differs_from_last(start[chosen])
            days = chosen[opens]  # the first entry of each person and day
            return days[_differs_from_next(person[days])]
        case _:
            assert_never(which)


def _differs_from_last(values: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
    """Whether each value is another than the one before; the first is."""
    differs = np.ones(values.size, np.bool_)
    np.not_equal(values[1:], values[:-1], out=differs[1:])
    return differs


def _differs_from_next(values: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
    """Whether each value is another than the one after; the last is."""
    return _differs_from_last(values[::-1])[::-1]
