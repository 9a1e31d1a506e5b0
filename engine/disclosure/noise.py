"""Discrete Gaussian noise from OpenDP, drawn ahead of the questions so that sampling takes no part in their time."""

import logging
import math
import os
import threading
from collections import deque
from collections.abc import Iterable
from typing import Protocol

# Not `opendp.prelude`: it imports Polars and scikit-learn's interfaces, which every command would wait for.
from opendp.domains import atom_domain, vector_domain
from opendp.measurements import make_gaussian
from opendp.metrics import l2_distance
from opendp.mod import Measurement, enable_features

from schemas.errors import InternalError

_LOG = logging.getLogger(__name__)

POOL_SIZE = 4096
"""Draws kept ready for each sigma; a full pool takes about 50 ms to draw."""


class NoiseSource(Protocol):
    """Where noise comes from."""

    def draw(self, sigma: int, count: int) -> tuple[int, ...]:
        """`count` independent integers from the discrete Gaussian of scale `sigma`; none is ever given twice."""
        ...


class DiscreteGaussian:
    """The noise of every protected answer: OpenDP's exact sampler, whose randomness cannot be seeded.

    For each sigma the library's own privacy map must say that one count costs rho = 1/(2 sigma²); construction
    raises `InternalError` when it does not. Safe between threads. After a fork the child throws the pool away:
    two processes that share noise would cancel it.
    """

    def __init__(self, sigmas: Iterable[int], *, pool_size: int = POOL_SIZE) -> None:
        self._samplers = {sigma: _sampler(sigma) for sigma in sigmas}
        self._pool_size = pool_size
        self._start()

    def draw(self, sigma: int, count: int) -> tuple[int, ...]:
        """`count` draws of scale `sigma`, always from the pool."""
        if self._process != os.getpid():
            self._start()
        while (taken := self._take(sigma, count)) is None:
            _LOG.warning("noise of sigma %d ran out, and an answer waits for new draws", sigma)
            # A whole pool: the time it takes hardly follows from the few draws that this answer gets of it.
            self._add(sigma)
        return taken

    def _take(self, sigma: int, count: int) -> tuple[int, ...] | None:
        """The oldest draws of the pool, each given once; absent, and none of them gone, when there are not enough."""
        pool = self._pools[sigma]
        with self._lock:
            taken = tuple(pool.popleft() for _ in range(count)) if count <= len(pool) else None
            is_low = len(pool) < self._pool_size // 2
        if is_low and taken is not None:
            self._refill_aside(sigma)
        return taken

    def _start(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._refilling: set[int] = set()
        self._pools: dict[int, deque[int]] = {sigma: deque() for sigma in self._samplers}
        for sigma in self._samplers:
            self._add(sigma)

    def _refill_aside(self, sigma: int) -> None:
        with self._lock:
            if sigma in self._refilling:
                return
            self._refilling.add(sigma)
        threading.Thread(target=self._refill, args=(sigma,), daemon=True, name=f"noise-{sigma}").start()

    def _refill(self, sigma: int) -> None:
        try:
            self._add(sigma)
        finally:
            with self._lock:
                self._refilling.discard(sigma)

    def _add(self, sigma: int) -> None:
        drawn = self._sample(sigma, self._pool_size)
        with self._lock:
            self._pools[sigma].extend(drawn)

    def _sample(self, sigma: int, count: int) -> tuple[int, ...]:
        return tuple(self._samplers[sigma]([0] * count))


class FreshGaussian:
    """The same noise drawn when it is asked for: for tables made ahead of any question, whose time nobody sees."""

    def draw(self, sigma: int, count: int) -> tuple[int, ...]:
        """`count` draws of scale `sigma`; raises `InternalError` as the above."""
        return tuple(_sampler(sigma)([0] * count))


def _sampler(sigma: int) -> Measurement:
    """The measurement for integer vectors at this scale, with its privacy map checked."""
    enable_features("contrib")
    # An integer domain makes OpenDP use the exact discrete Gaussian and account in zCDP.
    domain = vector_domain(atom_domain(T=int))
    measurement = make_gaussian(domain, l2_distance(T=int), scale=float(sigma))
    if not math.isclose(measurement.map(1), 1 / (2 * sigma**2), rel_tol=1e-12):
        raise InternalError("noise-privacy-map", f"the noise library prices sigma {sigma} other than 1/(2 sigma²)")
    return measurement
