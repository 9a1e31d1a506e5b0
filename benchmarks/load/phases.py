"""The phases of a load: usual work, one greedy project, too many at once, and what is left of it afterwards."""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from dataclasses import replace

from benchmarks.load.report import Phase, phase
from benchmarks.load.researchers import Asked, Researcher, work
from benchmarks.load.server import Server

THINKING = (4.0, 16.0)
"""Seconds between an answer and the next question."""
_AT_ONCE = (0.0, 0.05)
_GREEDY = 20
_GREEDY_PROJECT = "greedy"
_OVERLOAD = 8
"""How many times as many researchers overload brings, none of whom thinks."""


async def steady(server: Server, researchers: Sequence[Researcher], seconds: float, name: str = "steady") -> Phase:
    """Everybody as usual."""
    return await _observed(server, name, work(server.address, researchers, seconds=seconds, think=THINKING))


async def greedy(server: Server, researchers: Sequence[Researcher], token: str, seconds: float) -> tuple[Phase, Phase]:
    """Everybody as usual beside one project that asks twenty questions at once without a pause: the others, and it."""
    crowd = [replace(researchers[0], token=token, project=_GREEDY_PROJECT, seed=1_000 + at) for at in range(_GREEDY)]
    began = time.monotonic()
    others, own = await asyncio.gather(
        work(server.address, researchers, seconds=seconds, think=THINKING),
        work(server.address, crowd, seconds=seconds, think=_AT_ONCE),
    )
    memory = server.memory.between(began, time.monotonic())
    return phase("beside a greedy project", others, memory), phase("the greedy project", own, memory)


async def overload(server: Server, researchers: Sequence[Researcher], seconds: float) -> Phase:
    """Many times as many as usual, none of whom thinks."""
    crowd = [replace(one, seed=one.seed + 10_000 * at) for at in range(_OVERLOAD) for one in researchers]
    return await _observed(server, "overload", work(server.address, crowd, seconds=seconds, think=_AT_ONCE))


async def _observed(server: Server, name: str, working: Awaitable[list[Asked]]) -> Phase:
    began = time.monotonic()
    found = await working
    return phase(name, found, server.memory.between(began, time.monotonic()))
