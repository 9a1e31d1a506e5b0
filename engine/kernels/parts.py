"""Sets of people of many variants, each held in one of three encodings, and what is done with them.

A *part* is one such set: the heterozygous of a variant, say, or those without a call. It lies in a stream of bytes
(layout in `engine.genotypes.index`) as a list of u32 ids, as u16 ids by bucket of 65,536 people, or as a bit plane.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import bit_at, jit, popcount
from engine.kernels.words import Ids, Words, count_common

IDS32 = 0
"""u32 ids, ascending."""
IDS16 = 1
"""u16 for each bucket of 65,536 people: how many ids end with it; then the low 16 bits of each id, ascending."""
PLANE = 2
"""u64 words, one bit a person."""

BUCKET_WORDS = 1024
"""Words of a plane that one bucket of 65,536 people takes."""

Numbers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]


class Stream(NamedTuple):
    """The same bytes as u16, u32 and u64."""

    halves: npt.NDArray[np.uint16]
    ids: Ids
    words: Words


class Parts(NamedTuple):
    """For each part where it starts (byte, int64), how many people it has (int64), and its encoding (uint8)."""

    start: Numbers
    number: Numbers
    encoding: Codes


def take(parts: Parts, which: slice | npt.NDArray[np.bool_ | np.integer]) -> Parts:
    """Some of the parts."""
    return Parts(parts.start[which], parts.number[which], parts.encoding[which])


@jit
def unchecked_blocks(
    parts: Parts, begin: int, persons: int, checked: npt.NDArray[np.bool_], block_bytes: int
) -> tuple[int, int, int]:
    """Blocks of the parts from `begin` on that are not marked in `checked`: the part to go on with, then the first and
    the last of a run of such blocks, -1 and -1 when there are none."""
    first, last = -1, -1
    for i in range(begin, parts.start.size):
        if parts.number[i] == 0:
            continue
        end = (parts.start[i] + part_bytes(parts.encoding[i], parts.number[i], persons) - 1) // block_bytes
        for block in range(parts.start[i] // block_bytes, end + 1):
            if checked[block] or (first <= block <= last and first >= 0):
                continue
            if first < 0:
                first, last = block, block
            elif block == last + 1:
                last = block
            else:
                return i, first, last
    return parts.start.size, first, last


@jit
def part_bytes(encoding: int, number: int, persons: int) -> int:
    """How many bytes a part of `number` people takes, of N = `persons`."""
    if encoding == IDS32:
        return 4 * number
    if encoding == IDS16:
        return 2 * ((persons + 65_535) // 65_536 + number)
    return 8 * ((persons + 63) // 64)


@jit
def count_parts(stream: Stream, parts: Parts, members: Words, out: Numbers) -> None:
    """`out[i]`: how many people of part `i` are members."""
    waiting, a, b, c = 0, 0, 0, 0
    for i in range(parts.start.size):
        start, number, encoding = parts.start[i], parts.number[i], parts.encoding[i]
        if number == 0:
            out[i] = 0
        elif encoding == IDS32:
            total = np.uint64(0)
            for person in stream.ids[start >> 2 : (start >> 2) + number]:
                total += bit_at(members, np.int64(person))
            out[i] = total
        elif encoding == IDS16:
            out[i] = _count_halves(stream.halves, start >> 1, members)
        elif waiting < 3:
            waiting, a, b, c = waiting + 1, b, c, i
        else:  # four planes side by side keep more of memory's channels busy than one after another
            _count_four(stream.words, parts.start, (a, b, c, i), members, out)
            waiting = 0
    for back in range(waiting):
        i = c if back == 0 else b if back == 1 else a
        out[i] = count_common(stream.words[parts.start[i] >> 3 : (parts.start[i] >> 3) + members.size], members)


@jit
def _count_halves(halves: npt.NDArray[np.uint16], at: int, members: Words) -> int:
    buckets = (members.size + BUCKET_WORDS - 1) // BUCKET_WORDS
    first, low, total = at + buckets, 0, np.uint64(0)
    for b in range(buckets):
        high = int(halves[at + b])
        bucket, people = members[b * BUCKET_WORDS :], halves[first + low : first + high]
        for i in range(people.size):
            total += bit_at(bucket, np.int64(people[i]))
        low = high
    return int(total)


@jit
def _count_four(words: Words, start: Numbers, which: tuple[int, int, int, int], members: Words, out: Numbers) -> None:
    n = members.size
    i, j, k, m = which
    a, b = words[start[i] >> 3 :][:n], words[start[j] >> 3 :][:n]
    c, d = words[start[k] >> 3 :][:n], words[start[m] >> 3 :][:n]
    in_a, in_b, in_c, in_d = np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
    for w in range(n):
        member = members[w]
        in_a += popcount(a[w] & member)
        in_b += popcount(b[w] & member)
        in_c += popcount(c[w] & member)
        in_d += popcount(d[w] & member)
    out[i], out[j], out[k], out[m] = in_a, in_b, in_c, in_d


@jit
def unite_parts(stream: Stream, parts: Parts, out: Words) -> None:
    """Set in `out` the people of every part."""
    raise_levels(stream, parts, out.reshape(1, out.size), out, False)


@jit
def raise_levels(stream: Stream, parts: Parts, levels: Words, among: Words, is_limited: bool) -> None:
    """Count the parts each person is in, as far as the levels go.

    `levels` is uint64[k, words]: bit p of level j says that person p was counted more than j times. With
    `is_limited` only people in `among` are counted.
    """
    for i in range(parts.start.size):
        start, number = parts.start[i], parts.number[i]
        if number == 0:
            continue
        if parts.encoding[i] == IDS32:
            for person in stream.ids[start >> 2 : (start >> 2) + number]:
                _raise_one(levels, person >> 6, np.uint64(person & 63), among, is_limited)
        elif parts.encoding[i] == IDS16:
            buckets = (levels.shape[1] + BUCKET_WORDS - 1) // BUCKET_WORDS
            at, low = start >> 1, 0
            for b in range(buckets):
                high = int(stream.halves[at + b])
                for person in stream.halves[at + buckets + low : at + buckets + high]:
                    word = b * BUCKET_WORDS + (person >> 6)
                    _raise_one(levels, word, np.uint64(person & 63), among, is_limited)
                low = high
        else:
            plane = stream.words[start >> 3 : (start >> 3) + levels.shape[1]]
            _raise_plane(levels, plane, among, is_limited)


@jit
def _raise_one(levels: Words, word: int, bit: np.uint64, among: Words, is_limited: bool) -> None:
    own = np.uint64(1) << bit
    if is_limited:
        own &= among[word]
    for level in range(levels.shape[0]):
        already = levels[level, word] & own
        levels[level, word] |= own
        if not already:  # as nearly always
            return
        own = already


@jit
def _raise_plane(levels: Words, plane: Words, among: Words, is_limited: bool) -> None:
    if levels.shape[0] == 1 and not is_limited:  # the common case, in a loop that vectorises
        one = levels[0]
        for w in range(plane.size):
            one[w] |= plane[w]
        return
    for w in range(plane.size):
        own = plane[w]
        if is_limited:
            own &= among[w]
        for level in range(levels.shape[0]):
            already = levels[level, w] & own
            levels[level, w] |= own
            own = already


@jit
def paint_parts(stream: Stream, parts: Parts, values: Codes, out: Codes) -> None:
    """`out[person] = values[i]` for the people of each part, later parts over earlier ones; `out` is uint8[N]."""
    buckets = (out.size + 65_535) // 65_536
    for i in range(parts.start.size):
        start, number, value = parts.start[i], parts.number[i], values[i]
        if number == 0:
            continue
        if parts.encoding[i] == IDS32:
            for person in stream.ids[start >> 2 : (start >> 2) + number]:
                out[person] = value
        elif parts.encoding[i] == IDS16:
            at, low = start >> 1, 0
            for b in range(buckets):
                high = int(stream.halves[at + b])
                for person in stream.halves[at + buckets + low : at + buckets + high]:
                    out[b * 65_536 + person] = value
                low = high
        else:
            for p in range(out.size):
                if (stream.words[(start >> 3) + (p >> 6)] >> np.uint64(p & 63)) & np.uint64(1):
                    out[p] = value


@jit
def encode_halves(people: Ids, buckets: int, out: npt.NDArray[np.uint16]) -> None:
    """Write ascending ids as `IDS16`; `out` is uint16[buckets + ids]."""
    bucket = 0
    for i in range(people.size):
        while people[i] >> 16 > bucket:
            out[bucket] = i
            bucket += 1
        out[buckets + i] = people[i] & 0xFFFF
    out[bucket:buckets] = people.size
