"""A question that no server should finish: how long until it is given up, and what of its memory stays."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks.load.researchers import Asked, Researcher, ask, connected
from benchmarks.load.server import Server, resident

_SETTLING = 5.0
_PAUSE = 0.5

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
    its status and code. `before`, `peak` and `after` are the server's own memory in MiB; `ordinary` the seconds of an
    ordinary question right after, with its status."""

    limit: float
    seconds: tuple[float, ...]
    statuses: tuple[int, ...]
    codes: tuple[str, ...]
    before: float
    peak: float
    after: float
    ordinary: float
    ordinary_status: int

    def to_json(self) -> dict[str, object]:
        """As plain values."""
        return asdict(self)


async def run_away(server: Server, researchers: Sequence[Researcher], ordinary: str, *, limit: float) -> Runaway:
    """Every researcher asks one such question, all at once; then one of them an ordinary one."""
    before = resident(server.memory.process)
    began = time.monotonic()
    async with connected(server.address, len(researchers)) as client:
        texts = [TEXT.format(age=18 + at, days=365 + at) for at in range(len(researchers))]
        found = await asyncio.gather(*map(ask, [client] * len(texts), researchers, texts))
        after_them = await ask(client, researchers[0], ordinary)
    peak = max((held for _, held in server.memory.between(began, time.monotonic())), default=before)
    return Runaway(
        limit=limit,
        seconds=tuple(one.seconds for one in found),
        statuses=tuple(one.status for one in found),
        codes=tuple(map(_code, found)),
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


def _code(asked: Asked) -> str:
    return asked.code
