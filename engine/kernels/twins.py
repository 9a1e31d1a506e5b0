"""What each kernel computes, in NumPy: the same names and arguments, for tests and for reading."""

import numpy as np
import numpy.typing as npt

from engine.kernels.calls import MISSING, PHASED_01, PHASED_10, Calls
from engine.kernels.carriers import DENSE, SPARSE, Codes, Numbers
from engine.kernels.words import Ids, Words


def count(words: Words) -> int:
    return int(np.bitwise_count(words).sum())


def count_common(left: Words, right: Words) -> int:
    return count(left & right)


def unite(words: Words, more: Words) -> None:
    words |= more


def insert(words: Words, ids: Ids) -> None:
    np.bitwise_or.at(words, ids >> 6, np.uint64(1) << (ids & 63).astype(np.uint64))


def count_members(words: Words, ids: Ids) -> int:
    return int(_bits(words)[ids].sum())


def list_ids(words: Words, ids: Ids) -> int:
    found = np.flatnonzero(_bits(words))
    ids[: found.size] = found
    return found.size


def planes(calls: Calls, persons: Ids, het: Words, hom: Words, missing: Words) -> None:
    insert(het, persons[calls == 1])
    insert(hom, persons[calls == 2])
    insert(missing, persons[calls < 0])


def place(calls: Calls, positions: Ids, out: Calls) -> None:
    out[positions] = calls


def split_allele(alleles: npt.NDArray[np.int16], allele: int, out: Calls) -> tuple[int, int, int, int]:
    each, phased = alleles[:, :-1], alleles[:, -1] == 1
    no_call = (each == -1).any(axis=1) | (each == -2).all(axis=1)
    hits, called = (each == allele).sum(axis=1), (each >= 0).sum(axis=1)
    single = (hits == 1) & (called == 2)
    out[:] = np.where((hits == 1) & (called == 1), 2, hits)
    out[single & phased] = np.where(each[:, 0] == allele, PHASED_10, PHASED_01)[single & phased]
    out[no_call] = MISSING
    keep = ~no_call
    return int(hits[keep].sum()), int(called[keep].sum()), int((out == 2).sum()), int(no_call.sum())


def add_carriers(
    stream: Ids, encoding: Codes, offset: Numbers, het: Numbers, hom: Numbers, wanted: int, out: Words
) -> None:
    plane = 2 * out.size
    for code, start, hets, homs in zip(encoding, offset, het, hom, strict=True):
        middle = start + (hets if code == SPARSE else plane)
        if wanted & 1:
            _add(out, stream[start:middle], is_plane=code != SPARSE)
        if wanted & 2:
            _add(out, stream[middle : middle + (plane if code == DENSE else homs)], is_plane=code == DENSE)


def add_missing(stream: Ids, encoding: Codes, offset: Numbers, missing: Numbers, out: Words) -> None:
    for code, start, people in zip(encoding, offset, missing, strict=True):
        length = people if code == SPARSE else 2 * out.size
        _add(out, stream[start : start + length], is_plane=code == DENSE)


def _add(out: Words, part: Ids, *, is_plane: bool) -> None:
    if is_plane:
        unite(out, part.view(np.uint64))
    else:
        insert(out, part)


def _bits(words: Words) -> npt.NDArray[np.bool_]:
    return np.unpackbits(words.view(np.uint8), bitorder="little").astype(bool)
