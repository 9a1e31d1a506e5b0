"""How many questions are computed at a time, how many may wait, and how long an answer is held back."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from schemas.errors import Problem

Answer = TypeVar("Answer")


class Busy(Problem):
    """There is no place now; the same request may be sent again later."""


class Capacity:
    """Places for questions: `running` at a time, `waiting` more in line, at most `share` of both for one project.

    Who finds no place is told at once; how long the others take is not a reason to refuse, as that depends on data. A
    place that is given up goes to the project with the fewest running, of several to the one whose turn it is: turns
    go round, so that a question waits for one of each other project, however many those have sent. One project never
    holds all places, where there are several. Who stops waiting gives the place up. Use from one event loop.
    """

    def __init__(self, *, running: int, waiting: int, share: int) -> None:
        self._free = running
        self._most_running = max(1, running - 1)
        self._most = running + waiting
        self._share = share
        self._present: Counter[str] = Counter()
        self._running: Counter[str] = Counter()
        self._line: dict[str, deque[asyncio.Future[None]]] = {}
        """Who waits, by project; the project whose turn is next comes first."""

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
            await self._wait_for_turn(project)
            try:
                yield
            finally:
                self._give_up(project)
        finally:
            self._present[project] -= 1
            self._present += Counter()

    async def _wait_for_turn(self, project: str) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._line.setdefault(project, deque()).append(turn)
        self._fill()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._leave_line(project, turn)
            else:
                self._give_up(project)
            raise

    def _give_up(self, project: str) -> None:
        self._free += 1
        self._running[project] -= 1
        self._running += Counter()
        self._fill()

    def _fill(self) -> None:
        """Give the free places to those who wait for one."""
        while self._free and (project := self._next()) is not None:
            turn = self._line[project][0]
            self._leave_line(project, turn)
            if turn.cancelled():
                continue
            if project in self._line:
                self._line[project] = self._line.pop(project)
            self._free -= 1
            self._running[project] += 1
            turn.set_result(None)

    def _next(self) -> str | None:
        """Whose turn it is, absent when nobody may have a place."""
        eligible = [project for project in self._line if self._running[project] < self._most_running]
        return min(eligible, key=lambda project: self._running[project], default=None)

    def _leave_line(self, project: str, turn: "asyncio.Future[None]") -> None:
        waiting = self._line.get(project)
        if waiting and turn in waiting:
            waiting.remove(turn)
        if not waiting:
            self._line.pop(project, None)


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


def until_deadline(elapsed: float, seconds: float) -> float:
    """How much longer an answer is held back after `elapsed` seconds: to the next multiple of its deadline.

    >>> until_deadline(0.25, 1.0), until_deadline(2.75, 1.0)
    (0.75, 0.25)
    """
    return seconds - elapsed % seconds


async def _wait(started: float, seconds: float | None) -> None:
    if seconds:
        await asyncio.sleep(until_deadline(time.monotonic() - started, seconds))
