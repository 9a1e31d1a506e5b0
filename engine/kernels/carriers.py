"""People by variant, over the two streams of the genotype index (layout in `engine.genotypes.index`)."""

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.words import Ids, Words, insert, unite

SPARSE = 0
"""u32 person ids: heterozygous ones, then homozygous ones."""
MIXED = 1
"""A bit plane of the heterozygous, then u32 ids of the homozygous."""
DENSE = 2
"""Bit planes of the heterozygous and of the homozygous."""

Numbers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]


@jit
def add_carriers(
    stream: Ids, encoding: Codes, offset: Numbers, het: Numbers, hom: Numbers, wanted: int, out: Words
) -> None:
    """Set in `out` the carriers of each record: `wanted` is 1 heterozygous, 2 homozygous, 3 either.

    `stream` is the carrier stream as u32; a record begins at `offset` (in u32; even where it has a plane) and
    has `het` and `hom` people.
    """
    plane = 2 * out.size
    for i in range(offset.size):
        start = offset[i]
        middle = start + (het[i] if encoding[i] == SPARSE else plane)
        if wanted & 1:
            if encoding[i] == SPARSE:
                insert(out, stream[start:middle])
            else:
                unite(out, stream[start:middle].view(np.uint64))
        if wanted & 2:
            if encoding[i] == DENSE:
                unite(out, stream[middle : middle + plane].view(np.uint64))
            else:
                insert(out, stream[middle : middle + hom[i]])


@jit
def add_missing(stream: Ids, encoding: Codes, offset: Numbers, missing: Numbers, out: Words) -> None:
    """Set in `out` the people without a call in each record of the missing stream (`SPARSE` or `DENSE`)."""
    for i in range(offset.size):
        start = offset[i]
        if encoding[i] == SPARSE:
            insert(out, stream[start : start + missing[i]])
        else:
            unite(out, stream[start : start + 2 * out.size].view(np.uint64))
