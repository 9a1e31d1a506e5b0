"""The phases of a load: usual work, one greedy project, too many at once, and what is left of it afterwards."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.load.report import Phase, phase
from benchmarks.load.researchers import Researcher, work
from benchmarks.load.server import Server
from benchmarks.load.tally import Tally, tell

THINKING = (4.0, 16.0)
"""Seconds between an answer and the next question."""
_AT_ONCE = (0.0, 0.05)
_GREEDY = 20
_GREEDY_PROJECT = "greedy"
_OVERLOAD = 8
"""How many times as many researchers overload brings, none of whom thinks."""


async def steady(server: Server, researchers: Sequence[Researcher], seconds: float, name: str = "steady") -> Phase:
    """Everybody as usual."""
    return await _observed(server, name, researchers, seconds, THINKING)


async def greedy(server: Server, researchers: Sequence[Researcher], token: str, seconds: float) -> tuple[Phase, Phase]:
    """Everybody as usual beside one project that asks twenty questions at once without a pause: the others, and it."""
    crowd = [replace(researchers[0], token=token, project=_GREEDY_PROJECT, seed=1_000 + at) for at in range(_GREEDY)]
    others, own = await asyncio.gather(
        _observed(server, "beside a greedy project", researchers, seconds, THINKING),
        _observed(server, "the greedy project", crowd, seconds, _AT_ONCE),
    )
    return others, own


async def overload(server: Server, researchers: Sequence[Researcher], seconds: float) -> Phase:
    """Many times as many as usual, none of whom thinks."""
    crowd = [replace(one, seed=one.seed + 10_000 * at) for at in range(_OVERLOAD) for one in researchers]
    return await _observed(server, "overload", crowd, seconds, _AT_ONCE)


async def _observed(
    server: Server, name: str, researchers: Sequence[Researcher], seconds: float, think: tuple[float, float]
) -> Phase:
    began, tally = time.monotonic(), Tally()
    telling = asyncio.create_task(tell(name, tally, server.memory))
    await work(server.address, researchers, seconds=seconds, think=think, note=tally.add)
    telling.cancel()
    return phase(name, tally, server.memory.between(began, time.monotonic()))
