"""What a tool counts at a record among people of one sex, and what the release should then have counted.

The tool says what the file has; the rules of copies are applied here, the same for every tool:

* a half-call (`./1`) is no call;
* where people have two copies, a haploid call is no call; it counts for both copies where the sex is not known;
* where they have one copy, a call of two equal alleles is one allele, and one of two different ones is no call;
* people without a copy are not counted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from engine.ingest.variants.source import Sex
from engine.kernels.calls import EITHER

Groups = Mapping[Sex | None, tuple[str, ...]]
"""Samples by sex, as the file names them."""
Expected = npt.NDArray[np.int64]
"""int64[6] in the order of `engine.genotypes.counting.GenotypeCounts`."""


@dataclass(frozen=True, slots=True)
class AlleleTally:
    """Calls that have an allele: once of two, twice, and alone."""

    once: int = 0
    twice: int = 0
    alone: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A record among the people of one group. `diploid` are calls of two alleles, `mixed` those of two different ones,
    `haploid` calls of one, `missing` samples without a whole call; `alleles` by number, the reference first (nothing is
    said of it by tools whose files always name it)."""

    contig: str
    position: int
    ref: str
    alts: tuple[str, ...]
    diploid: int
    mixed: int
    haploid: int
    missing: int
    alleles: tuple[AlleleTally, ...]

    def expected(self, number: int, copies: int) -> Expected:
        """The counts of allele `number` among people who have so many copies (0, 1, 2 or `EITHER`)."""
        has = self.alleles[number]
        alone = self.haploid - has.alone
        if copies == 0:
            return np.zeros(6, np.int64)
        if copies == 1:
            hemizygous = has.twice + has.alone
            reference = self.diploid - self.mixed - has.twice + alone
            return np.array([0, 0, 0, reference, hemizygous, self.missing + self.mixed])
        reference = self.diploid - has.once - has.twice
        if copies == EITHER:
            return np.array([reference + alone, has.once, has.twice + has.alone, 0, 0, self.missing])
        return np.array([reference, has.once, has.twice, 0, 0, self.missing + self.haploid])

    @property
    def called(self) -> int:
        """Samples with a whole call."""
        return self.diploid + self.haploid


class Tool(Protocol):
    """A program that counts independently of us."""

    name: ClassVar[str]
    rules: ClassVar[tuple[str, ...]]
    """What it does in its own way, for people to read."""

    def version(self) -> str:
        """As it says itself. Raises `DataProblem` where it is not installed."""
        ...

    def count(self, path: Path, groups: Groups, scratch: Path) -> Iterator[tuple[Sex | None, Tally]]:
        """Every record, in the order of the file, once for each group. Raises `DataProblem` when it fails."""
        ...
