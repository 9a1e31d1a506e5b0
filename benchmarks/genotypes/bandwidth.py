"""How close counting comes to reading memory at all: bit planes of common variants against a plain read."""

import mmap
from collections.abc import Callable

import numpy as np

from benchmarks.genotypes.bench import Bench
from benchmarks.genotypes.machine import stream_reading
from benchmarks.genotypes.questions import DENSE, STREAM
from benchmarks.genotypes.record import Row, rows_of, same
from benchmarks.genotypes.timing import interleaved
from engine.genotypes.layout import Role
from engine.genotypes.parallel import over_variants
from engine.kernels.parts import PLANE, Numbers, Parts, Stream, count_parts, take

_TURNS = 9
_MOST = 8_000
"""Planes: 770 MB of 770,000 people, many times a cache."""


def bandwidth(bench: Bench) -> list[Row]:
    """The same planes mapped from the index, and copied to memory of large pages; `items` is bytes."""
    size, read = stream_reading(bench.threads)
    rows = rows_of(STREAM, "uint64", {"sum": read}, threads=bench.threads, items=size)
    stream, parts = bench.index.parts(Role.HET, bench.every)
    planes = take(parts, np.flatnonzero(parts.encoding == PLANE)[:_MOST])
    length = bench.cohort.words.nbytes
    copied, placed = _copied(stream, planes, length)
    same("planes copied", _count(bench, stream, planes), _count(bench, copied, placed))
    ways: dict[str, Callable[[], object]] = {
        "kohort": lambda: _count(bench, stream, planes),
        "kohort, in large pages": lambda: _count(bench, copied, placed),
    }
    times = interleaved(ways, turns=_TURNS)
    return rows + rows_of(DENSE, "planes & cohort", times, threads=bench.threads, items=planes.start.size * length)


def _count(bench: Bench, stream: Stream, planes: Parts) -> Numbers:
    found = np.empty(planes.start.size, np.int64)
    work = np.full(found.size, bench.cohort.words.nbytes)
    members = bench.cohort.words
    over_variants(planes, work, lambda piece, at: count_parts(stream, piece, members, found[at]))
    return found


def _copied(stream: Stream, planes: Parts, length: int) -> tuple[Stream, Parts]:
    memory = mmap.mmap(-1, planes.start.size * length)
    memory.madvise(mmap.MADV_HUGEPAGE)
    data = np.frombuffer(memory, np.uint8)
    for to, start in enumerate(planes.start):
        data[to * length : (to + 1) * length] = stream.halves[start // 2 : (start + length) // 2].view(np.uint8)
    starts = np.arange(planes.start.size, dtype=np.int64) * length
    data.flags.writeable = False
    return Stream(data.view(np.uint16), data.view(np.uint32), data.view(np.uint64)), planes._replace(start=starts)
