"""What neighbouring variants share: the genealogy of founder haplotypes, and which haplotype each parent passed on.

Leaves of the genealogy at a place of the genome lie on a circle of circumference 1, and a mutation is carried by the
leaves below one branch: an arc as long as its frequency. Arcs begin at one of four branch points, so that haplotypes
of two common variants are nested or apart as in a real tree (|D'| = 1, r2 of all sizes). Along a contig haplotypes
recombine into other leaves, so founders are mosaics of ancestors and linkage disequilibrium decays with distance.
"""

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Sides = npt.NDArray[np.uint8]

BRANCHES = 4
_ANCESTRAL_BASES = 60_000
"""Mean length of an ancestor's piece in a founder haplotype: r2 of common variants halves in about 20,000 bases."""
_CROSSOVERS_A_BASE = 1e-8
"""A centimorgan is about a million bases."""


class Linkage:
    """The state at one place of a contig; `move` takes it to the next.

    `leaves` float32[founders, 2] is where each founder haplotype is on the circle; `paternal` and `maternal`
    uint8[children] are which of their two haplotypes (0, 1) father and mother passed on.
    """

    def __init__(self, *, founders: int, children: int, random: np.random.Generator) -> None:
        self._random = random
        self._moved = 0
        self._leaves = random.random((founders, 2), np.float32)
        self._passed = random.integers(0, 2, (2, children), np.uint8)
        self.paternal, self.maternal = self._passed

    def move(self, bases: int) -> None:
        """Walk along the contig: crossovers of this generation happen, and those of earlier ones are remembered."""
        self._moved += bases
        odd = (1 - np.exp(-2 * _CROSSOVERS_A_BASE * bases)) / 2  # Haldane's map function
        flat = self._passed.ravel()
        crossed = self._random.integers(0, max(flat.size, 1), self._random.binomial(flat.size, odd))
        np.bitwise_xor.at(flat, crossed, np.uint8(1))

    def arc(self, branch: int, frequency: float) -> Bools:
        """bool[founders, 2]: the haplotypes below a branch that this share of all descends from."""
        self._recombine()
        beyond = self._leaves - np.float32(branch / BRANCHES)
        beyond += beyond < 0
        return beyond < frequency

    def _recombine(self) -> None:
        """Founder haplotypes are only looked at where a variant is common, so ancestors' crossovers wait until then."""
        share = 1 - np.exp(-self._moved / _ANCESTRAL_BASES)
        self._moved = 0
        flat = self._leaves.ravel()
        anew = self._random.integers(0, flat.size, self._random.binomial(flat.size, share))
        flat[anew] = self._random.random(len(anew), np.float32)
