"""Weighted sums over the parts a person is in: what a polygenic score is made of."""

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import add_where_set, jit
from engine.kernels.parts import BUCKET_WORDS, IDS16, IDS32, Numbers, Parts, Stream

Sums = npt.NDArray[np.float64]

_LISTED = 500_000
"""Ids of lists that pass by one bucket after another: of fewer the sums, of more the lists are fetched from memory more
often."""
_TILE = 32_768
"""People whose float32 sums stay in the L2 cache while planes pass by."""
PLANE_GROUP = 8
"""Planes added between a load and a store of the sums; their number is a multiple of it."""
_BLOCK = 256
"""Planes summed in float32 before float64 takes over, so that rounding stays near 1e-6 of the largest weight."""


@jit
def add_lists(stream: Stream, parts: Parts, weights: Sums, first_bucket: int, last_bucket: int, sums: Sums) -> None:
    """`sums[person] += weights[i]` for the people of each list (`IDS32`, `IDS16`) in some buckets of 65,536."""
    begin, people = 0, 0
    for i in range(parts.start.size):
        if parts.encoding[i] == IDS32:
            start = parts.start[i] >> 2
            for person in stream.ids[start : start + parts.number[i]]:
                if first_bucket <= person >> 16 < last_bucket:
                    sums[person] += weights[i]
            continue
        people += parts.number[i]
        if people >= _LISTED:
            _add_halves(stream.halves, parts, weights, (begin, i + 1), (first_bucket, last_bucket), sums)
            begin, people = i + 1, 0
    _add_halves(stream.halves, parts, weights, (begin, parts.start.size), (first_bucket, last_bucket), sums)


@jit
def _add_halves(
    halves: npt.NDArray[np.uint16],
    parts: Parts,
    weights: Sums,
    which: tuple[int, int],
    among: tuple[int, int],
    sums: Sums,
) -> None:
    """Some parts, one bucket after another, so that lists and the bucket's sums both stay in the cache."""
    buckets = (sums.size + 65_535) // 65_536
    for b in range(among[0], among[1]):
        bucket = sums[b << 16 :]
        for i in range(which[0], which[1]):
            if parts.encoding[i] != IDS16:
                continue
            at, weight = parts.start[i] >> 1, weights[i]
            low, high = int(halves[at + b - 1]) if b else 0, int(halves[at + b])
            for person in halves[at + buckets + low : at + buckets + high]:
                bucket[person] += weight


@jit
def add_planes(
    halves: npt.NDArray[np.uint16], start: Numbers, weights: npt.NDArray[np.float32], first_bucket: int, sums: Sums
) -> None:
    """The same for planes, over the people of `sums`, who begin with `first_bucket`.

    `start` is in bytes; the number of planes is a multiple of 8 (pad with weight 0), that of sums one of 64.
    """
    tile = np.empty(_TILE, np.float32)
    skipped = first_bucket * BUCKET_WORDS * 4
    for first in range(0, sums.size, _TILE):
        people = min(_TILE, sums.size - first)
        for block in range(0, start.size, _BLOCK):
            tile[:people] = 0
            for group in range(block, min(block + _BLOCK, start.size), PLANE_GROUP):
                _add_group(tile, people, halves, (start[group:] >> 1) + skipped + (first >> 4), weights[group:])
            for i in range(people):
                sums[first + i] += tile[i]


@jit
def _add_group(
    tile: npt.NDArray[np.float32],
    people: int,
    halves: npt.NDArray[np.uint16],
    at: Numbers,
    weights: npt.NDArray[np.float32],
) -> None:
    n = people >> 4
    # Eight names each, because LLVM keeps in registers what it can see apart.
    a, b, c, d = halves[at[0] :][:n], halves[at[1] :][:n], halves[at[2] :][:n], halves[at[3] :][:n]
    e, f, g, h = halves[at[4] :][:n], halves[at[5] :][:n], halves[at[6] :][:n], halves[at[7] :][:n]
    own = (weights[0], weights[1], weights[2], weights[3], weights[4], weights[5], weights[6], weights[7])
    for i in range(n):
        add_where_set(tile, 16 * i, (a[i], b[i], c[i], d[i], e[i], f[i], g[i], h[i]), own)
