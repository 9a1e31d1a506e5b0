"""Genotype calls, one int8 a person or sample: alternate alleles 0, 1 or 2, negative where there is no call.

While an importer holds them, a phased heterozygote is `PHASED_01` or `PHASED_10` instead of 1.
"""

from typing import NamedTuple

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
EITHER = 3
"""Copies of X where the sex is unknown: two, but haploid calls are believed."""

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


class AlleleCounts(NamedTuple):
    """What `split_allele` counts over samples that have a copy: alternate alleles, alleles called, samples with two
    alternate copies (`homozygotes`), with their only copy alternate (`hemizygotes`), and without a call. Of the latter,
    `haploid_of_two` had a haploid call and have two copies, and `mixed_of_one` two different alleles and one copy.
    `of_none` samples had a call and have no copy."""

    alleles: int
    number: int
    homozygotes: int
    hemizygotes: int
    missing: int
    haploid_of_two: int
    mixed_of_one: int
    of_none: int


@jit
def split_allele(
    alleles: npt.NDArray[np.int16],
    columns: npt.NDArray[np.intp],
    copies: npt.NDArray[np.uint8],
    allele: int,
    out: Calls,
) -> AlleleCounts:
    """`out[i]`: the call of one allele by sample `columns[i]`; every other allele counts as the reference.

    `alleles` is int16[samples, 3]: both allele numbers, -1 for a missing one, -2 for one that is not there, and 1 where
    phased. `copies[i]` is how many copies the sample has of the place: 0, 1, 2 or `EITHER`. A call with a missing
    allele is missing as a whole, and so are a haploid call of two copies, two different alleles of one copy, and any
    call of none. One copy is 0 or 2, and so is a haploid call of `EITHER`.
    """
    count = number = homozygotes = hemizygotes = missing = haploid = mixed = stray = 0
    for i in range(columns.size):
        row = np.uint64(columns[i])  # of a signed one Numba would ask whether it is negative
        first, second, has = alleles[row, 0], alleles[row, 1], copies[i]
        if first == 0 and second == 0 and has == 2 and allele != 0:  # as most are
            out[i] = 0
            number += 2
            continue
        known = first >= 0 and second != -1
        out[i] = MISSING
        if has == 0:
            stray += int(known)
            continue
        is_haploid, is_mixed = second == -2 and has == 2, second >= 0 and first != second and has == 1
        if not known or is_haploid or is_mixed:
            missing += 1
            haploid += int(known and is_haploid)
            mixed += int(known and is_mixed)
            continue
        hits = int(first == allele) + int((first if second == -2 else second) == allele)
        out[i] = hits
        if hits == 1 and alleles[row, 2] == 1:
            out[i] = PHASED_10 if first == allele else PHASED_01
        single = int(has == 1)
        number += 2 - single
        count += hits >> single
        homozygotes += int(hits == 2) & (1 - single)
        hemizygotes += int(hits == 2) & single
    return AlleleCounts(count, number, homozygotes, hemizygotes, missing, haploid, mixed, stray)
