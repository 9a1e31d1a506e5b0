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
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

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
            if not await self._ask(SlidingWindowCounterRateLimiter.hit, rate, who):
                raise self._refusal(rate)

    async def check(self, rates: Iterable[Rate], *who: str) -> None:
        """Raise `TooOften` when `who` has used up a rate; nothing is counted."""
        for rate in rates:
            if not await self._ask(SlidingWindowCounterRateLimiter.test, rate, who):
                raise self._refusal(rate)

    async def _ask(self, ask: "_Ask", rate: Rate, who: tuple[str, ...]) -> bool:
        item, key = _ITEMS[rate.span](rate.times), _key(who)
        found = await self._ask_shared(ask, item, key)
        return ask(self._local, item, key) if found is None else found

    async def _ask_shared(self, ask: "_Ask", item: RateLimitItem, key: str) -> bool | None:
        """What the shared store says; absent where there is none, or it cannot be reached."""
        if self._shared is None or self._is_left_alone():
            return None
        return await to_thread.run_sync(self._ask_store, ask, self._shared, item, key, limiter=self._threads)

    def _ask_store(
        self, ask: "_Ask", shared: SlidingWindowCounterRateLimiter, item: RateLimitItem, key: str
    ) -> bool | None:
        if self._is_left_alone():  # since this request began to wait for its turn
            return None
        try:
            return ask(shared, item, key)
        except (StorageError, OSError, ValueError):  # the last of names that cannot be those of a host
            is_first, self._left_alone_until = not self._is_left_alone(), time.monotonic() + _LEFT_ALONE_SECONDS
            if is_first:
                _LOG.warning("the store of rates cannot be reached: each process counts for itself")
            return None

    def _is_left_alone(self) -> bool:
        return time.monotonic() < self._left_alone_until

    def _refusal(self, rate: Rate) -> TooOften:
        """When the window that is being counted has ended, and one more request has its share of the next."""
        rest = rate.span.seconds - self._clock() % rate.span.seconds
        return TooOften(rate, math.ceil(rest + rate.span.seconds / rate.times))


_Ask = Callable[[SlidingWindowCounterRateLimiter, RateLimitItem, str], bool]


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


def check_store(store: str) -> str:
    """Where counts are kept, in words; raises `DataProblem` when the store is of no known kind or does not answer."""
    if store == IN_PROCESS:
        return "counts are kept in each process"
    try:
        is_there = _open(store).check()
    except (StorageError, OSError, ValueError):
        is_there = False
    if not is_there:
        hint = "look at its address and password; until it answers each process counts for itself"
        raise DataProblem("rate-store", "the store in KOHORT_RATE_STORE does not answer", hint=hint)
    return "counts are kept in a store that processes share, and it answers"


def _key(who: tuple[str, ...]) -> str:
    """Under which name somebody is counted: a store that others may read holds no name and no address."""
    return _digest("\0".join(who)).hex()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _open(uri: str) -> Storage:
    try:
        opened = storage_from_string(uri, wrap_exceptions=True, **_options(uri))
        if not isinstance(opened, Storage):
            raise ConfigurationError("asynchronous")
        SlidingWindowCounterRateLimiter(opened)
    except (ConfigurationError, StorageError, NotImplementedError, ValueError, TypeError):
        hint = "use one of the `limits` package, as `redis://HOST:6379`, with its client installed; or leave it out"
        raise DataProblem("rate-store", "KOHORT_RATE_STORE names no store that can be used", hint=hint) from None
    return opened


def _options(uri: str) -> Mapping[str, Any]:
    """Of a store in the network: wait briefly, and once. The client's own way is to try again several times."""
    if not uri.startswith(("redis", "valkey")):
        return {}
    waits = {"socket_timeout": _STORE_SECONDS, "socket_connect_timeout": _STORE_SECONDS}
    if not uri.startswith(("redis://", "rediss://", "redis+unix://")):
        return waits
    from redis.backoff import NoBackoff  # takes a third of a second, which a server without such a store need not wait
    from redis.retry import Retry

    return {**waits, "retry": Retry(NoBackoff(), 0)}
