"""Which of a person's entries are kept."""

from typing import assert_never

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Keep, Pick

Positions = npt.NDArray[np.intp]

PICK_OF = {Keep.ALL: Pick.ALL, Keep.FIRST: Pick.EARLIEST, Keep.LAST: Pick.LATEST}


def pick(person: npt.NDArray[np.uint32], start: npt.NDArray[np.int32], chosen: Positions, which: Pick) -> Positions:
    """Of the positions chosen, in table order: all, each person's first, or each person's first on the latest day."""
    people = person[chosen].astype(np.int64)
    match which:
        case Pick.ALL:
            return chosen
        case Pick.EARLIEST:
            return chosen[np.diff(people, prepend=-1) != 0]
        case Pick.LATEST:
            opens = (np.diff(people, prepend=-1) != 0) | (np.diff(start[chosen], prepend=0) != 0)
            days = chosen[opens]  # the first entry of each person and day
            return days[np.diff(person[days].astype(np.int64), append=-1) != 0]
        case _:
            assert_never(which)
