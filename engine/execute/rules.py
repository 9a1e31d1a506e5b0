"""Rules applied to entries one after the other."""

import numpy as np
import numpy.typing as npt

from engine.execute.means import Wanted
from engine.logical.digest import Digest
from engine.physical.picking import Positions

Mask = npt.NDArray[np.bool_]


class Rules:
    """Which of a frame's entries pass the rules applied so far.

    `alive` bool[n] says which pass all of them; `steps` int16[n] how many leading rules each passed, when the rules are
    applied in the order of the document; `passed` bool[rules, n] who passes which. The last two hold what was `wanted`.
    """

    def __init__(self, number: int, size: int, wanted: Wanted) -> None:
        self.alive: Mask = np.ones(size, np.bool_)
        self.steps = np.zeros(0 if wanted is Wanted.MEMBERS else size, np.int16)
        self.passed: Mask = np.empty((number, size) if wanted is Wanted.RULES else (0, 0), np.bool_)
        self.names: list[Digest] = []

    def apply(self, at: int, name: Digest, column: Mask, looked_at: Positions | None) -> None:
        """Apply rule number `at`, whose column is of the entries looked at; of all when absent."""
        if looked_at is None:
            self.alive &= column
        else:
            self.alive[looked_at[~column]] = False
        if self.steps.size:
            self.steps += self.alive
        if self.passed.size:
            self.passed[at] = column
        self.names.append(name)
