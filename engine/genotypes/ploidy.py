"""How many copies of a place of the genome a person has: by contig, position and sex (GRCh38)."""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from engine.genotypes.alleles import CONTIG_RANK

PSEUDOAUTOSOMAL: dict[str, tuple[tuple[int, int], ...]] = {
    "X": ((10_001, 2_781_479), (155_701_383, 156_030_895)),
    "Y": ((10_001, 2_781_479), (56_887_903, 57_217_415)),
}
"""The regions X and Y share, 1-based with both ends, as the Genome Reference Consortium gives them for GRCh38."""


class Ploidy(IntEnum):
    """Who has how many copies."""

    DIPLOID = 0
    """Everyone two: autosomes and the pseudoautosomal regions."""
    X = 1
    """Males one, all others two."""
    Y = 2
    """Males one, females none; people of unknown sex one."""
    MT = 3
    """Everyone one; a heterozygous call is heteroplasmy, and counts as no call."""


def ploidies(ranks: npt.NDArray[np.integer], positions: npt.NDArray[np.integer]) -> npt.NDArray[np.uint8]:
    """uint8 (`Ploidy`) of each place; `ranks` are places in `CONTIGS`, `positions` 1-based."""
    result = np.full(ranks.size, Ploidy.DIPLOID, np.uint8)
    result[ranks == CONTIG_RANK["MT"]] = Ploidy.MT
    for contig, ploidy in (("X", Ploidy.X), ("Y", Ploidy.Y)):
        own = ranks == CONTIG_RANK[contig]
        shared = np.zeros(ranks.size, np.bool_)
        for first, last in PSEUDOAUTOSOMAL[contig]:
            shared |= (positions >= first) & (positions <= last)
        result[own & ~shared] = ploidy
    return result
