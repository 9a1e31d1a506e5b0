"""Genotype calls, one int8 a person or sample: alternate alleles 0, 1 or 2, negative where there is no call.

While an importer holds them, a phased heterozygote is `PHASED_01` or `PHASED_10` instead of 1.
"""

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.words import Ids, Words

PHASED_01 = 3
"""The reference allele on the first haplotype: `0|1`."""
PHASED_10 = 4
"""The alternate allele on the first haplotype: `1|0`."""
MISSING = -9
"""No call, as PGEN readers and writers say it."""

Calls = npt.NDArray[np.int8]


@jit
def planes(calls: Calls, persons: Ids, het: Words, hom: Words, missing: Words) -> None:
    """Set the bit of `persons[i]`, ascending, in the plane that `calls[i]` belongs to; the planes start zeroed.

    A word is gathered before it is stored, without a branch on the call: those of a common variant are random.
    """
    word = np.uint32(0)
    hets = homs = nones = np.uint64(0)
    for i in range(calls.size):
        if persons[i] >> 6 != word:
            het[word], hom[word], missing[word] = hets, homs, nones
            hets = homs = nones = np.uint64(0)
            word = persons[i] >> 6
        bit = np.uint64(persons[i] & 63)
        hets |= np.uint64(calls[i] == 1) << bit
        homs |= np.uint64(calls[i] == 2) << bit
        nones |= np.uint64(calls[i] < 0) << bit
    if calls.size:
        het[word], hom[word], missing[word] = hets, homs, nones


@jit
def place(calls: Calls, positions: Ids, out: Calls) -> None:
    """`out[positions[i]] = calls[i]`."""
    for i in range(calls.size):
        out[positions[i]] = calls[i]


@jit
def split_allele(alleles: npt.NDArray[np.int16], allele: int, out: Calls) -> tuple[int, int, int, int]:
    """Calls of one allele of a VCF record; every other allele counts as the reference.

    `alleles` is int16[samples, ploidy + 1] as htslib gives it: allele numbers, -1 for a missing one, -2 where
    the ploidy of a sample is lower than the record's; the last column is 1 where phased. A call with a missing
    allele is missing as a whole. A haploid call is 0 or 2. Returns the alleles `allele` and the alleles called
    (a haploid call is one), samples homozygous or hemizygous for `allele`, and samples without a call.
    """
    count = number = homozygotes = missing = 0
    for i in range(alleles.shape[0]):
        first = alleles[i, 0]
        second = alleles[i, 1] if alleles.shape[1] > 2 else np.int16(-2)
        if first < 0 or second == -1:
            out[i] = MISSING
            missing += 1
            continue
        hits = int(first == allele) + int(second == allele)
        number += 2 if second >= 0 else 1
        count += hits
        out[i] = hits
        if hits == 1:
            if second == -2:
                out[i] = 2
            elif alleles[i, alleles.shape[1] - 1] == 1:
                out[i] = PHASED_10 if first == allele else PHASED_01
        homozygotes += int(out[i] == 2)
    return count, number, homozygotes, missing
