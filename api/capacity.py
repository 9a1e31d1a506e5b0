"""How many questions are computed at a time, how many may wait, and how long an answer is held back."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from schemas.errors import Problem

Answer = TypeVar("Answer")


class Busy(Problem):
    """There is no place now; the same request may be sent again later."""


class Capacity:
    """Places for questions: `running` at a time, `waiting` more in line, at most `share` of both for one project.

    Who finds no place is told at once; how long the others take is not a reason to refuse, as that depends on data. Who
    stops waiting gives the place up. Use from one event loop.
    """

    def __init__(self, *, running: int, waiting: int, share: int) -> None:
        self._places = asyncio.Semaphore(running)
        self._most = running + waiting
        self._share = share
        self._present: Counter[str] = Counter()

    @property
    def is_full(self) -> bool:
        """Whether nobody more is taken in."""
        return self._present.total() >= self._most

    @asynccontextmanager
    async def place(self, project: str) -> AsyncIterator[None]:
        """Wait for a place and hold it; raises `Busy` when too many wait already."""
        if self.is_full:
            raise Busy("server-busy", "too many questions are being answered", hint="ask again in a moment")
        if self._present[project] >= self._share:
            raise Busy("project-busy", "the project has too many questions waiting", hint="wait for their answers")
        self._present[project] += 1
        try:
            async with self._places:
                yield
        finally:
            self._present[project] -= 1
            self._present += Counter()


async def at_deadline(started: float, seconds: float | None, work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do the work, and give its answer or its problem `seconds` after `started` (a `time.monotonic` value).

    When the work takes longer, at the next multiple: how long it took must not be seen. `Busy` is told at once: then
    no work was done.
    """
    try:
        answer = await work()
    except Busy:
        raise
    except Exception:
        await _wait(started, seconds)
        raise
    await _wait(started, seconds)
    return answer


async def _wait(started: float, seconds: float | None) -> None:
    if seconds:
        elapsed = time.monotonic() - started
        await asyncio.sleep(seconds - elapsed % seconds)
