"""What each kernel computes, in NumPy: the same names and arguments, for tests and for reading."""

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from engine.kernels.calls import MISSING, PHASED_01, PHASED_10, AlleleCounts, Calls
from engine.kernels.joining import Entries, Joined
from engine.kernels.parts import IDS16, IDS32, PLANE, Codes, Numbers, Parts, Stream
from engine.kernels.weights import Sums
from engine.kernels.words import Ids, Places, Words


def count(words: Words) -> int:
    return int(np.bitwise_count(words).sum())


def count_common(left: Words, right: Words) -> int:
    return count(left & right)


def unite(words: Words, more: Words) -> None:
    words |= more


def insert(words: Words, ids: Ids) -> None:
    np.bitwise_or.at(words, ids >> 6, np.uint64(1) << (ids & 63).astype(np.uint64))


def insert_stretches(words: Words, ids: Ids, first: Places, last: Places) -> None:
    for low, high in zip(first, last, strict=True):
        insert(words, ids[low:high])


def count_members(words: Words, ids: Ids) -> int:
    return int(_bits(words)[ids].sum())


def mark_members(words: Words, ids: Ids, code: int, codes: npt.NDArray[np.int8]) -> None:
    codes[_bits(words)[ids]] |= code


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


def split_allele(
    alleles: npt.NDArray[np.int16],
    columns: npt.NDArray[np.intp],
    copies: npt.NDArray[np.uint8],
    allele: int,
    out: Calls,
) -> AlleleCounts:
    first, second, phased = alleles[columns].T
    known = (first >= 0) & (second != -1)
    haploid, mixed = (second == -2) & (copies == 2), (second >= 0) & (first != second) & (copies == 1)
    called = known & ~haploid & ~mixed & (copies > 0)
    hits = (first == allele) + (np.where(second == -2, first, second) == allele).astype(np.int64)
    out[:] = np.where(called, hits, MISSING)
    het = called & (hits == 1) & (phased == 1)
    out[het] = np.where(first[het] == allele, PHASED_10, PHASED_01)
    single = copies == 1
    totals = (
        hits[called & ~single].sum() + (hits[called & single] == 2).sum(),
        np.where(single, 1, 2)[called].sum(),
        (called & ~single & (hits == 2)).sum(),
        (called & single & (hits == 2)).sum(),
        (~called & (copies > 0)).sum(),
        (known & haploid).sum(),
        (known & mixed).sum(),
        (known & (copies == 0)).sum(),
    )
    return AlleleCounts(*map(int, totals))


def people_of(stream: Stream, parts: Parts, i: int, persons: int) -> Ids:
    """The ids of part `i`, as its encoding says."""
    start, number, encoding = int(parts.start[i]), int(parts.number[i]), parts.encoding[i]
    if not number:
        return np.zeros(0, np.uint32)
    if encoding == IDS32:
        return stream.ids[start // 4 : start // 4 + number]
    if encoding == PLANE:
        return np.flatnonzero(_bits(stream.words[start // 8 : start // 8 + (persons + 63) // 64])).astype(np.uint32)
    buckets = (persons + 65_535) // 65_536
    record = stream.halves[start // 2 : start // 2 + buckets + number]
    high = np.repeat(np.arange(buckets), np.diff(record[:buckets].astype(np.int64), prepend=0))
    return (high << 16 | record[buckets:]).astype(np.uint32)


def _each(stream: Stream, parts: Parts, persons: int) -> list[Ids]:
    return [people_of(stream, parts, i, persons) for i in range(parts.start.size)]


def part_bytes(encoding: int, number: int, persons: int) -> int:
    words, buckets = -(-persons // 64), -(-persons // 65_536)
    return {IDS32: 4 * number, IDS16: 2 * (buckets + number), PLANE: 8 * words}[encoding]


def unchecked_blocks(
    parts: Parts, begin: int, persons: int, checked: npt.NDArray[np.bool_], block_bytes: int
) -> tuple[int, int, int]:
    wanted: list[int] = []
    for i, (start, number, encoding) in enumerate(zip(*(column.tolist() for column in parts), strict=True)):
        held = range(start // block_bytes, -(-(start + part_bytes(encoding, number, persons)) // block_bytes))
        for block in held if i >= begin and number else ():
            if wanted and block not in wanted and not checked[block] and block != wanted[-1] + 1:
                return i, wanted[0], wanted[-1]
            if block not in wanted and not checked[block]:
                wanted.append(block)
    first, last = (wanted[0], wanted[-1]) if wanted else (-1, -1)
    return parts.start.size, first, last


def count_parts(stream: Stream, parts: Parts, members: Words, out: Numbers) -> None:
    inside = _bits(members)
    out[:] = [inside[people].sum() for people in _each(stream, parts, 64 * members.size)]


def unite_parts(stream: Stream, parts: Parts, out: Words) -> None:
    for people in _each(stream, parts, 64 * out.size):
        insert(out, people)


def raise_levels(stream: Stream, parts: Parts, levels: Words, among: Words, is_limited: bool) -> None:
    persons = 64 * levels.shape[1]
    counted = sum((_bits(level).astype(np.int64) for level in levels), np.zeros(persons, np.int64))
    for people in _each(stream, parts, persons):
        counted[people[_bits(among)[people]] if is_limited else people] += 1
    for level in range(levels.shape[0]):
        insert(levels[level], np.flatnonzero(counted > level).astype(np.uint32))


def paint_parts(stream: Stream, parts: Parts, values: Codes, out: Codes) -> None:
    for people, value in zip(_each(stream, parts, out.size), values, strict=True):
        out[people] = value


def encode_halves(people: Ids, buckets: int, out: npt.NDArray[np.uint16]) -> None:
    out[:buckets] = np.searchsorted(people >> 16, np.arange(buckets), side="right")
    out[buckets:] = people & 0xFFFF


def add_lists(stream: Stream, parts: Parts, weights: Sums, first_bucket: int, last_bucket: int, sums: Sums) -> None:
    for people, weight in zip(_each(stream, parts, sums.size), weights, strict=True):
        own = people[(people >> 16 >= first_bucket) & (people >> 16 < last_bucket)]
        sums[own] += weight


def add_planes(
    halves: npt.NDArray[np.uint16], start: Numbers, weights: npt.NDArray[np.float32], first_bucket: int, sums: Sums
) -> None:
    for at, weight in zip(start // 2 + first_bucket * 4096, weights, strict=True):
        sums += np.float64(weight) * _bits(halves[at : at + sums.size // 16].view(np.uint8))


def exact_equilibrium(reference: Numbers, het: Numbers, hom: Numbers, out: npt.NDArray[np.float64]) -> None:
    for i, (r, h, a) in enumerate(zip(reference.tolist(), het.tolist(), hom.tolist(), strict=True)):
        people, rare = r + h + a, 2 * min(r, a) + h
        hets = np.arange(rare % 2, rare + 1, 2)
        ones = (rare - hets) // 2
        logs = hets * np.log(2) - gammaln(hets + 1) - gammaln(ones + 1) - gammaln(people - hets - ones + 1)
        likely = np.exp(logs - logs.max())
        out[i] = min(1.0, likely[likely <= likely[hets == h] * (1 + 1e-8)].sum() / likely.sum())


def joint_counts(first: Words, second: Words, members: Words, out: Numbers) -> None:
    called = _bits(members) & ~_bits(first[2]) & ~_bits(second[2])
    a, b = (_bits(calls[0]) + 2 * _bits(calls[1]).astype(np.int64) for calls in (first, second))
    out[:] = np.bincount((3 * a + b)[called], minlength=9).reshape(3, 3)


def join_entries(entries: Entries, join_days: int, across_periods: bool, rows: Joined) -> int:
    person, start, end, period = (column[entries.end >= entries.start] for column in entries)
    if not person.size:
        return 0
    # A running maximum that restarts at each person: shift each person's days into a range of its own.
    offset = person.astype(np.int64) << 32
    reach = np.maximum.accumulate(offset + end) - offset
    opens = np.ones(person.size, np.bool_)
    opens[1:] = (person[1:] != person[:-1]) | (start[1:] > reach[:-1] + join_days)
    if not across_periods:
        opens[1:] |= (period[1:] != period[:-1]) & (start[1:] > reach[:-1])
    first = np.flatnonzero(opens)
    last = np.append(first[1:], person.size) - 1
    for room, column in zip(rows, (person[first], start[first], reach[last]), strict=True):
        room[: first.size] = column
    return first.size


def _bits(words: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    return np.unpackbits(words.view(np.uint8), bitorder="little").astype(bool)
