"""Sets as bits: person `p` is bit `p % 64` of uint64 word `p // 64`, lowest bit first."""

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit, lowest_bit, popcount

Words = npt.NDArray[np.uint64]
Ids = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]


@jit
def count(words: Words) -> int:
    """Number of set bits."""
    total = np.uint64(0)
    for i in range(words.size):
        total += popcount(words[i])
    return int(total)


@jit
def count_common(left: Words, right: Words) -> int:
    """Number of bits set in both, which have the same length."""
    total = np.uint64(0)
    for i in range(left.size):
        total += popcount(left[i] & right[i])
    return int(total)


@jit
def unite(words: Words, more: Words) -> None:
    """Set in `words` every bit of `more`, which has the same length."""
    for i in range(words.size):
        words[i] |= more[i]


@jit
def insert(words: Words, ids: Ids) -> None:
    """Set the bit of every id; ids below `64 * words.size`, in any order."""
    for i in range(ids.size):
        words[ids[i] >> 6] |= np.uint64(1) << np.uint64(ids[i] & 63)


@jit
def insert_stretches(words: Words, ids: Ids, first: Places, last: Places) -> None:
    """As `insert`, of the ids from `first[i]` to before `last[i]` for each i."""
    for i in range(first.size):
        for at in range(first[i], last[i]):
            words[ids[at] >> 6] |= np.uint64(1) << np.uint64(ids[at] & 63)


@jit
def count_members(words: Words, ids: Ids) -> int:
    """How many of the ids are set."""
    total = np.uint64(0)
    for i in range(ids.size):
        total += (words[ids[i] >> 6] >> np.uint64(ids[i] & 63)) & np.uint64(1)
    return int(total)


@jit
def mark_members(words: Words, ids: Ids, code: int, codes: Codes) -> None:
    """Set the bits of `code` (0 to 127) in `codes`, int8[n], wherever the id at the same place is set."""
    for i in range(ids.size):
        bit = (words[ids[i] >> 6] >> np.uint64(ids[i] & 63)) & np.uint64(1)
        codes[i] |= np.int8(bit) * np.int8(code)


@jit
def list_ids(words: Words, ids: Ids) -> int:
    """Write the ids of the set bits, ascending, to the front of `ids`; returns how many."""
    used = 0
    for i in range(words.size):
        word = words[i]
        while word:
            ids[used] = np.uint32(64 * i) + np.uint32(lowest_bit(word))
            used += 1
            word &= word - np.uint64(1)
    return used
