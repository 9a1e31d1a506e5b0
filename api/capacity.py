"""How much is worked out at a time, and how much more may wait."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager

from schemas.errors import Problem


class Busy(Problem):
    """There is no place now; the same request may be sent again later."""


class Capacity:
    """Places for questions: `running` at a time, `waiting` more, at most `share` of both for one project.

    Who finds no place is told at once; how long the others take is not a reason to refuse, as that depends on data. A
    question that was counted leaves its place and waits to be charged: it is of the `waiting` then, so that who is
    refused does not follow from whether its counting has ended.

    A place that is given up goes to the project with the fewest running, of several to the one whose turn it is: turns
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

    def require_room(self, project: str) -> None:
        """Raise `Busy` when nobody more of the project is taken in."""
        if self.is_full:
            raise Busy("server-busy", "too many questions are being answered", hint="ask again in a moment")
        if self._present[project] >= self._share:
            raise Busy("project-busy", "the project has too many questions waiting", hint="wait for their answers")

    @asynccontextmanager
    async def place(self, project: str) -> AsyncIterator[Callable[[], None]]:
        """Wait for a place and hold it; calling what is given lets others have it before the block ends.

        Raises `Busy` when too many wait already.
        """
        self.require_room(project)
        self._present[project] += 1
        try:
            await self._wait_for_turn(project)
            with ExitStack() as held:
                held.callback(self._give_up, project)
                yield held.close
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
