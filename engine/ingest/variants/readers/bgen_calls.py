"""Calls and dosages of one BGEN record, from the probabilities of its genotypes."""

import numpy as np
import numpy.typing as npt

from engine.ingest.variants.source import Alleles

CERTAINTY = 0.1
"""A call is made where the expected number of every allele is this close to a whole number, as PLINK 2 does
(`--hard-call-threshold`); elsewhere it is missing."""

_WITHIN = np.float32(CERTAINTY + 1e-6)
_DIPLOID = 2
_MISSING, _NO_COPY = -1, -2

Probabilities = npt.NDArray[np.float32]
"""float32[samples, columns], NaN where missing. Unphased: the genotypes in the order of VCF, of as many alleles as the
sample has copies. Phased: the alleles of the first haplotype, then of the second."""


_NO_CALL, _PHASED, _HAPLOID, _NO_COPIES = 3, 4, 8, 12
# 0 to 3 are alternate alleles of two copies without phase, from _PHASED on 2 * first + second with it, then one copy
_UNPHASED = ((0, 0, 0), (0, 1, 0), (1, 1, 0), (-1, -1, 0))
_IN_PHASE = ((0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1))
_OF_ONE = ((0, -2, 0), (1, -2, 0), (-1, -2, 0), (-1, -2, 0))
_ROWS = np.array((*_UNPHASED, *_IN_PHASE, *_OF_ONE, (-2, -2, 0)), np.int16)


def biallelic_calls(
    dosage: npt.NDArray[np.float32], ploidy: npt.NDArray[np.uint8], haplotypes: Probabilities | None
) -> Alleles:
    """Calls of a record of two alleles: `dosage` float32[samples] is the expected number of the second, NaN where
    missing, `haplotypes` the phased probabilities where there are any; nobody has more than two copies."""
    rows = _whole(dosage, _NO_CALL)
    if haplotypes is not None and haplotypes.shape[1] == _DIPLOID * 2:
        first, second = _whole(haplotypes[:, 1], _NO_CALL), _whole(haplotypes[:, 3], _NO_CALL)
        certain = (first < _NO_CALL) & (second < _NO_CALL) & (rows < _NO_CALL)
        np.copyto(rows, _PHASED + 2 * first + second, where=certain)
    if ploidy.min(initial=_DIPLOID) < _DIPLOID:
        rows[ploidy == 1] = _HAPLOID + _whole(dosage[ploidy == 1], _NO_CALL)
        rows[ploidy == 0] = _NO_COPIES
    return _ROWS.take(rows, axis=0)


def _whole(numbers: npt.NDArray[np.float32], otherwise: int) -> npt.NDArray[np.uint8]:
    """uint8: the whole number that is within `CERTAINTY`, `otherwise` where none is."""
    with np.errstate(invalid="ignore"):
        whole = np.rint(numbers)
        certain = np.abs(numbers - whole) <= _WITHIN
    return np.where(certain, whole, np.float32(otherwise)).astype(np.uint8)


def multiallelic_calls(
    probabilities: Probabilities, ploidy: npt.NDArray[np.uint8], *, alleles: int, phased: bool
) -> Alleles:
    """Calls of a record of `alleles` alleles; nobody has more than two copies."""
    result = _called(_expected(probabilities, ploidy, alleles=alleles, phased=phased), ploidy)
    if phased:
        _put_in_phase(result, probabilities, alleles)
    return result


def _expected(
    probabilities: Probabilities, ploidy: npt.NDArray[np.uint8], *, alleles: int, phased: bool
) -> npt.NDArray[np.float32]:
    """float32[alleles, samples]: the expected number of each allele."""
    haploid = ploidy < _DIPLOID
    if phased:
        second = np.where(haploid[:, None], np.float32(0), probabilities[:, alleles : 2 * alleles])
        expected = probabilities[:, :alleles] + (second if second.shape[1] else np.float32(0))
    else:
        expected = probabilities @ _copies(alleles)[: probabilities.shape[1]]
        if haploid.any():
            expected[haploid] = probabilities[haploid, :alleles]
    expected[ploidy == 0] = np.nan
    return np.ascontiguousarray(expected.T)


def _copies(alleles: int) -> npt.NDArray[np.float32]:
    """float32[genotypes, alleles]: copies of each allele in the genotypes of two, in the order of VCF."""
    pairs = [(first, second) for second in range(alleles) for first in range(second + 1)]
    identity = np.eye(alleles, dtype=np.float32)
    return np.array([identity[first] + identity[second] for first, second in pairs], np.float32)


def _called(expected: npt.NDArray[np.float32], ploidy: npt.NDArray[np.uint8]) -> Alleles:
    """int16[samples, 3] without phase: the lower allele first."""
    with np.errstate(invalid="ignore"):
        whole = np.rint(expected)
        certain = (np.abs(expected - whole) <= _WITHIN).all(axis=0) & (whole.sum(axis=0) == ploidy)
    present = whole > 0
    result = np.zeros((ploidy.size, 3), np.int16)
    result[:, 0] = np.where(certain, present.argmax(axis=0), _MISSING)
    result[:, 1] = np.where(certain, len(present) - 1 - present[::-1].argmax(axis=0), _MISSING)
    result[ploidy < _DIPLOID, 1] = _NO_COPY
    result[ploidy == 0, 0] = _NO_COPY
    return result


def _put_in_phase(calls: Alleles, probabilities: Probabilities, alleles: int) -> None:
    """Order the alleles of calls of two copies by haplotype where both haplotypes are certain, and mark those."""
    if probabilities.shape[1] < _DIPLOID * alleles:
        return
    haplotypes = probabilities.reshape(len(calls), _DIPLOID, alleles)
    with np.errstate(invalid="ignore"):
        certain = (haplotypes.max(axis=2) >= 1 - _WITHIN).all(axis=1) & (calls[:, 1] >= 0)
    calls[certain, :2] = haplotypes[certain].argmax(axis=2)
    calls[:, 2] = certain
