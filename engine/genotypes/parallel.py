"""Kernels over many variants on all cores: kernels let go of the interpreter's lock, so threads are enough."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.kernels.parts import Parts, take

_CORES = len(os.sched_getaffinity(0))
_WORTH_SHARING = 4 << 20
"""Bytes of work below which handing it to other threads costs more than it saves (about 0.2 ms of work)."""
_PIECES = 4
"""Pieces for each thread, so that all end at about the same time."""

_pool = ThreadPoolExecutor(_CORES, thread_name_prefix="genotypes")


def over_variants(parts: Parts, work: npt.NDArray[np.int64], run: Callable[[Parts, slice], None]) -> None:
    """Run a kernel over the parts in pieces of about equal work (bytes, one number a part), on all cores.

    `run` gets the parts of a piece and where they lie among all.
    """
    total = int(work.sum())
    if total < _WORTH_SHARING or _CORES == 1:
        run(parts, slice(0, work.size))
        return
    shares = np.linspace(0, total, _PIECES * _CORES + 1)[1:-1]
    bounds = [0, *np.searchsorted(np.cumsum(work), shares).tolist(), work.size]
    pieces = [slice(low, high) for low, high in pairwise(bounds) if low < high]

    def run_piece(piece: slice) -> None:
        run(take(parts, piece), piece)

    list(_pool.map(run_piece, pieces))


def over_buckets(buckets: int, run: Callable[[int, int], None]) -> None:
    """Run a kernel over stretches of buckets of people, on all cores; `run` gets the first and one past the last."""
    bounds = np.linspace(0, buckets, min(_CORES * 2, buckets) + 1).astype(int).tolist()
    list(_pool.map(run, bounds[:-1], bounds[1:]))
