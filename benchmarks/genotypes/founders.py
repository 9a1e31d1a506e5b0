"""Common variants in linkage disequilibrium: people are mosaics of founder haplotypes that share a genealogy.

Each block of neighbouring variants has a coalescent tree of 256 founders (Kingman 1982); a variant is a mutation on one
of its branches and is carried by the founders below. From block to block a haplotype changes its founder
now and then, so that variants near each other go together and those far apart do not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from benchmarks.genotypes.spectrum import CLASSES
from engine.kernels._jit import jit
from engine.kernels.calls import Calls

FOUNDERS = 256
BLOCK = 60
"""Common variants between two changes of founder."""
_CHANGE = 16
"""Of 256 haplotypes that many change their founder from block to block."""

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Branches:
    """Branches of a genealogy: `carriers` bool[branches, founders] below each, `lengths` in coalescent units."""

    carriers: npt.NDArray[np.bool_] = field(repr=False)
    lengths: npt.NDArray[np.float64] = field(repr=False)

    @staticmethod
    def draw(random: np.random.Generator) -> "Branches":
        """A tree of `FOUNDERS` leaves under the neutral coalescent."""
        lineages = list(np.eye(FOUNDERS, dtype=bool))
        born, now = [0.0] * FOUNDERS, 0.0
        carriers, lengths = [], []
        while (number := len(lineages)) > 1:
            now += random.exponential(2.0 / (number * (number - 1)))
            merged = np.zeros(FOUNDERS, bool)
            for chosen in sorted(random.choice(number, 2, replace=False), reverse=True):
                own = lineages.pop(chosen)
                carriers.append(own)
                lengths.append(now - born.pop(chosen))
                merged |= own
            lineages.append(merged)
            born.append(now)
        return Branches(np.array(carriers), np.array(lengths))

    def mutation(self, of_class: int, random: np.random.Generator) -> Bytes:
        """uint8[founders]: 1 for those who carry a mutation whose minor allele frequency is of the class."""
        number = self.carriers.sum(1)
        minor = np.minimum(number, FOUNDERS - number) / FOUNDERS
        fits = (minor >= CLASSES[of_class].low) & (minor < CLASSES[of_class].high + (of_class == len(CLASSES) - 1))
        weights = self.lengths * fits
        return self.carriers[random.choice(weights.size, p=weights / weights.sum())].astype(np.uint8)


def common_calls(persons: int, classes: npt.NDArray[np.int8], random: np.random.Generator) -> Iterator[Calls]:
    """int8[persons] of one common variant after another, of the classes asked; the array is used again."""
    first, second = random.integers(0, FOUNDERS, (2, persons)).astype(np.uint8)
    calls = np.empty(persons, np.int8)
    for start in range(0, classes.size, BLOCK):
        if start:
            for haplotypes in (first, second):
                _recombine(haplotypes, np.uint64(random.integers(1, 2**62)))
        tree = Branches.draw(random)
        for of_class in classes[start : start + BLOCK]:
            _inherit(tree.mutation(int(of_class), random), first, second, calls)
            yield calls


@jit
def _recombine(founders: Bytes, seed: np.uint64) -> None:
    """Give about `_CHANGE` of 256 haplotypes another founder, by a xorshift generator (Marsaglia 2003)."""
    state = seed
    for i in range(founders.size):
        state ^= state << np.uint64(13)
        state ^= state >> np.uint64(7)
        state ^= state << np.uint64(17)
        if (state >> np.uint64(8)) & np.uint64(255) < np.uint64(_CHANGE):
            founders[i] = np.uint8((state >> np.uint64(40)) & np.uint64(255))


@jit
def _inherit(carried: Bytes, first: Bytes, second: Bytes, calls: Calls) -> None:
    for i in range(calls.size):
        calls[i] = np.int8(carried[first[i]] + carried[second[i]])
