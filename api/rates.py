"""How often somebody may ask. For load, and for noticing who tries too much; privacy is the budget's.

Counts are kept by `limits` as a sliding window of two counters a caller and rate, so that memory does not grow with how
much is asked. They are in this process, or in a store that processes share; while that one cannot be reached each
process counts for itself, so that a limit is never absent.
"""

import hashlib
import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from ipaddress import IPv6Address, ip_address
from typing import Final

from anyio import CapacityLimiter, to_thread
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from schemas.errors import DataProblem, Problem
from schemas.rates import Rate, Span

IN_PROCESS: Final = "memory://"
_LOG = logging.getLogger("kohort.rates")
_ITEMS: Final[dict[Span, type[RateLimitItem]]] = {
    Span.MINUTE: RateLimitItemPerMinute,
    Span.HOUR: RateLimitItemPerHour,
    Span.DAY: RateLimitItemPerDay,
}
_STORE_SECONDS: Final = 0.5
_LEFT_ALONE_SECONDS: Final = 10.0
_MOST_KNOWN: Final = 4096


class TooOften(Problem):
    """The caller asked as often as they may; `seconds` follow from the rate and the clock, and from nothing else."""

    def __init__(self, rate: Rate, seconds: int) -> None:
        super().__init__(
            "rate-limit",
            f"this may be asked {rate.times:,} times a {rate.span.value}, and was",
            hint="ask again after the seconds in `Retry-After`",
        )
        self.seconds = seconds


class Rates:
    """Counts what callers do, over `store` (a URI of `limits`) or in this process. Thread-safe.

    Raises `DataProblem` when there is no such kind of store.
    """

    def __init__(self, store: str = IN_PROCESS, *, clock: Callable[[], float] = time.time) -> None:
        self._local = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = None if store == IN_PROCESS else SlidingWindowCounterRateLimiter(_open(store))
        self._threads = CapacityLimiter(8)
        self._left_alone_until = 0.0
        self._clock = clock

    async def count(self, rates: Iterable[Rate], *who: str) -> None:
        """Count one request of `who` against each rate; raises `TooOften` at the first it has used up."""
        for rate in rates:
            if not await self._ask(lambda limiter, item: limiter.hit(item, *who), rate):
                raise self._refusal(rate)

    async def check(self, rates: Iterable[Rate], *who: str) -> None:
        """Raise `TooOften` when `who` has used up a rate; nothing is counted."""
        for rate in rates:
            if not await self._ask(lambda limiter, item: limiter.test(item, *who), rate):
                raise self._refusal(rate)

    async def _ask(self, ask: "_Ask", rate: Rate) -> bool:
        item = _ITEMS[rate.span](rate.times)
        if self._shared is None or time.monotonic() < self._left_alone_until:
            return ask(self._local, item)
        try:
            return await to_thread.run_sync(ask, self._shared, item, limiter=self._threads)
        except (StorageError, OSError):
            self._left_alone_until = time.monotonic() + _LEFT_ALONE_SECONDS
            _LOG.warning("the store of rates cannot be reached: each process counts for itself")
            return ask(self._local, item)

    def _refusal(self, rate: Rate) -> TooOften:
        """When the window that is being counted has ended, and one more request has its share of the next."""
        rest = rate.span.seconds - self._clock() % rate.span.seconds
        return TooOften(rate, math.ceil(rest + rate.span.seconds / rate.times))


_Ask = Callable[[SlidingWindowCounterRateLimiter, RateLimitItem], bool]


class KnownTokens:
    """Which tokens were accepted lately, as hashes, the newest few thousand: their holders are let in although others
    at their address are not. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def add(self, token: str) -> None:
        """Remember a token that was accepted."""
        digest = _digest(token)
        with self._lock:
            self._known[digest] = None
            self._known.move_to_end(digest)
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)

    def __contains__(self, token: str) -> bool:
        return _digest(token) in self._known


def address_key(host: str | None) -> str:
    """For whom requests from an address are counted: the address, or the network of 64 bits it has all of in IPv6."""
    try:
        address = ip_address((host or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _open(uri: str) -> Storage:
    in_network = uri.startswith(("redis", "valkey"))
    options = {"socket_timeout": _STORE_SECONDS, "socket_connect_timeout": _STORE_SECONDS} if in_network else {}
    try:
        opened = storage_from_string(uri, wrap_exceptions=True, **options)
        if not isinstance(opened, Storage):
            raise ConfigurationError("asynchronous")
        SlidingWindowCounterRateLimiter(opened)
    except (ConfigurationError, NotImplementedError, ValueError, TypeError):
        hint = "use one of the `limits` package, as `redis://HOST:6379`, with its client installed; or leave it out"
        raise DataProblem("rate-store", "KOHORT_RATE_STORE names no store that can be used", hint=hint) from None
    return opened
