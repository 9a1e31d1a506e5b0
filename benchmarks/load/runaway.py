"""A question that no server should finish: how long until it is given up, and what of its memory stays."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks.load.researchers import Asked, Researcher, ask, connected
from benchmarks.load.server import Server, resident

_SETTLING = 5.0
_PAUSE = 0.5
_TURNS = 3

TEXT = """cohort "Every measurement with everything around it"
index measurement where age >= {age}
include "measured often" when at least 4 measurements within {days} days before index
include "measured again" when at least 4 measurements within {days} days after index
include "abnormal" when at least 2 distinct dates of measurements where abnormal within {days} days of index
include "rising" when any measurement rising by at least 1 within 2 years starting on or before index
include "ill" when at least 3 distinct concepts of conditions within {days} days of index
include "treated" when at least 3 distinct dates of drugs within {days} days of index
include "seen" when at least 3 distinct dates of visits within {days} days of index
keep all entries
end {days} days after start
join entries within 30 days
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runaway:
    """`limit` is after how many seconds the server gives a question up, `seconds` when each of those asked was, with
    its status and code. `fresh`, `before`, `peak` and `after` are the server's own memory in MiB: before any of them,
    after the first turn, at most, and after the last; `ordinary` the seconds of an ordinary question right after, with
    its status."""

    limit: float
    seconds: tuple[float, ...]
    statuses: tuple[int, ...]
    codes: tuple[str, ...]
    fresh: float
    before: float
    peak: float
    after: float
    ordinary: float
    ordinary_status: int

    def to_json(self) -> dict[str, object]:
        """As plain values."""
        return asdict(self)


async def run_away(server: Server, researchers: Sequence[Researcher], ordinary: str, *, limit: float) -> Runaway:
    """Every researcher asks such a question, all at once, and then another; then one of them an ordinary one.

    Memory is compared after the first turn and after the last: what the first of its kind opens, columns of the index,
    compiled kernels and threads, serves all that come after it and is no leftover.
    """
    began, found = time.monotonic(), list[Asked]()
    async with connected(server.address, len(researchers)) as client:
        await ask(client, researchers[0], ordinary)
        fresh = before = await _settled(server)
        for turn in range(_TURNS):
            texts = [TEXT.format(age=18 + at, days=365 + turn) for at in range(len(researchers))]
            found += await asyncio.gather(*map(ask, [client] * len(texts), researchers, texts))
            before = before if turn else await _settled(server)
        after_them = await ask(client, researchers[0], ordinary)
    peak = max((held for _, held in server.memory.between(began, time.monotonic())), default=before)
    return Runaway(
        limit=limit,
        seconds=tuple(one.seconds for one in found),
        statuses=tuple(one.status for one in found),
        codes=tuple(one.code for one in found),
        fresh=fresh,
        before=before,
        peak=peak,
        after=await _settled(server),
        ordinary=after_them.seconds,
        ordinary_status=after_them.status,
    )


async def _settled(server: Server) -> float:
    """The least memory held in the next seconds: what was given up lets go of it between two blocks of people."""
    least = float("inf")
    until = time.monotonic() + _SETTLING
    while time.monotonic() < until:
        await asyncio.sleep(_PAUSE)
        least = min(least, resident(server.memory.process))
    return least
