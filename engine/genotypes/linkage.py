"""Linkage disequilibrium of two variants from the genotypes of people with two copies."""

from dataclasses import dataclass

import numpy as np

from engine.kernels.parts import Numbers

_STEPS = 1_000
_CLOSE = 1e-12


@dataclass(frozen=True, slots=True)
class Linkage:
    """`r_squared` of haplotypes and `d_prime` (Lewontin 1964, signed), NaN where a variant does not vary; over
    `people` with calls at both."""

    r_squared: float
    d_prime: float
    people: int


def linkage(table: Numbers) -> Linkage:
    """From int64[3, 3] (`engine.genotypes.counting.joint_table`).

    Haplotype frequencies are the maximum-likelihood ones under random mating: only the double heterozygotes leave
    open which alleles go together, and expectation-maximisation shares them out (Excoffier and Slatkin 1995).
    """
    people = int(table.sum())
    known = np.array(  # haplotypes ref-ref, ref-alt, alt-ref, alt-alt that are certain
        [
            [2 * table[0, 0] + table[0, 1] + table[1, 0], 2 * table[0, 2] + table[0, 1] + table[1, 2]],
            [2 * table[2, 0] + table[1, 0] + table[2, 1], 2 * table[2, 2] + table[1, 2] + table[2, 1]],
        ],
        np.float64,
    )
    double = float(table[1, 1])
    total = known.sum() + 2 * double
    if not total:
        return Linkage(np.nan, np.nan, people)
    together = 0.5
    for _ in range(_STEPS):
        frequency = _shared(known, double, together) / total
        cis, trans = frequency[0, 0] * frequency[1, 1], frequency[0, 1] * frequency[1, 0]
        before, together = together, cis / (cis + trans) if cis + trans else 0.5
        if abs(together - before) < _CLOSE:
            break
    return _measures(_shared(known, double, together) / total, people)


def _shared(
    known: np.ndarray[tuple[int, int], np.dtype[np.float64]], double: float, together: float
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Haplotypes with a share of the double heterozygotes having both alternates on one chromosome."""
    return known + double * np.array([[together, 1 - together], [1 - together, together]])


def _measures(frequency: np.ndarray[tuple[int, int], np.dtype[np.float64]], people: int) -> Linkage:
    first, second = float(frequency[1].sum()), float(frequency[:, 1].sum())
    variance = first * (1 - first) * second * (1 - second)
    if variance <= 0:
        return Linkage(np.nan, np.nan, people)
    difference = float(frequency[1, 1]) - first * second
    if difference >= 0:
        largest = min(first * (1 - second), (1 - first) * second)
    else:
        largest = min(first * second, (1 - first) * (1 - second))
    return Linkage(difference * difference / variance, difference / largest, people)
