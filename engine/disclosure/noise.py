"""Discrete Gaussian noise from OpenDP, drawn ahead of the questions so that sampling takes no part in their time."""

import math
import os
import threading
from collections import deque
from collections.abc import Iterable
from typing import Protocol

import opendp.prelude as dp
from opendp.measurements import make_gaussian

from schemas.errors import InternalError

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
        """`count` draws of scale `sigma`, from the pool where it holds enough."""
        if self._process != os.getpid():
            self._start()
        pool = self._pools[sigma]
        with self._lock:
            ready = tuple(pool.popleft() for _ in range(min(count, len(pool))))
            is_low = len(pool) < self._pool_size // 2
        if is_low:
            self._refill_aside(sigma)
        return ready + self._sample(sigma, count - len(ready))

    def _start(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._refilling: set[int] = set()
        self._pools: dict[int, deque[int]] = {sigma: deque() for sigma in self._samplers}
        for sigma in self._samplers:
            self._pools[sigma].extend(self._sample(sigma, self._pool_size))

    def _refill_aside(self, sigma: int) -> None:
        with self._lock:
            if sigma in self._refilling:
                return
            self._refilling.add(sigma)
        threading.Thread(target=self._refill, args=(sigma,), daemon=True, name=f"noise-{sigma}").start()

    def _refill(self, sigma: int) -> None:
        try:
            drawn = self._sample(sigma, self._pool_size)
            with self._lock:
                self._pools[sigma].extend(drawn)
        finally:
            with self._lock:
                self._refilling.discard(sigma)

    def _sample(self, sigma: int, count: int) -> tuple[int, ...]:
        return tuple(self._samplers[sigma]([0] * count)) if count else ()


def _sampler(sigma: int) -> dp.Measurement:
    """The measurement for integer vectors at this scale, with its privacy map checked."""
    dp.enable_features("contrib")
    # An integer domain makes OpenDP use the exact discrete Gaussian and account in zCDP.
    domain = dp.vector_domain(dp.atom_domain(T=int))
    measurement = make_gaussian(domain, dp.l2_distance(T=int), scale=float(sigma))
    if not math.isclose(measurement.map(1), 1 / (2 * sigma**2), rel_tol=1e-12):
        raise InternalError("noise-privacy-map", f"the noise library prices sigma {sigma} other than 1/(2 sigma²)")
    return measurement
