"""Runs under way: one question of each at a time, in order, each answered at its own deadline.

**Nothing here follows from data.** A step begins when the one before is given, which is at a deadline that its text
alone decides; it is told as answered or refused at its own. One at a time, since questions share numbers, the count
above all, and whichever is charged first pays for them: of two at a time the price would tell which outlasted its
deadline. A step that has begun is counted to its end, whoever cancels: else asking again would tell by its price how
long it took. Only what waits is taken away.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread

from api.capacity import Busy
from api.incidents import record_incident
from api.operations.drain import Drain
from api.problems import DocumentProblems, document_of, incident_document
from api.rates import TooOften
from api.runs.answering import PATIENCE_SECONDS, Asking, Withdrawn, charged_by
from api.runs.store import Asked, RunStore, run_unknown
from engine import Principal
from schemas.errors import DataProblem, InternalError, Problem, Problems
from schemas.wire.problems import ProblemDocument
from schemas.wire.runs import Run, RunAnswer, RunPart, StepState

MOST_UNDER_WAY: Final = 4
"""Runs of one user under way."""

MOST_OF_ALL: Final = 200
"""Runs under way of everybody."""

_AGAIN_SECONDS: Final = 1.0

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@dataclass(slots=True)
class _UnderWay:
    """A run under way: whose it is, and what is set whenever it moves."""

    user: str
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def move(self) -> None:
        """Wake everybody who follows."""
        self.moved.set()
        self.moved = asyncio.Event()


class Runs:
    """The runs of one server. Use from one event loop; the file is used in threads of its own.

    A question of a run is under way as a request is: a server that is told to stop finishes it, and begins no other.
    """

    def __init__(self, store: RunStore, drain: Drain) -> None:
        self.store = store
        self._drain = drain
        self._threads = CapacityLimiter(4)
        self._under_way: dict[str, _UnderWay] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    @property
    def _is_closing(self) -> bool:
        """Whether nothing more is begun."""
        return self._is_closed or self._drain.is_stopping

    async def read(
        self, work: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Use the store in a thread."""
        return await to_thread.run_sync(lambda: work(*args, **kwargs), limiter=self._threads)

    def require_room(self, user: str) -> None:
        """Raise `Busy` when the user, or everybody together, has as many runs under way as there may be."""
        if self._is_closing or len(self._under_way) >= MOST_OF_ALL:
            raise Busy("server-busy", "too many questions are being answered", hint="ask again in a moment")
        if sum(each.user == user for each in self._under_way.values()) >= MOST_UNDER_WAY:
            raise Busy("runs-under-way", f"{MOST_UNDER_WAY} of your runs are under way", hint="wait, or cancel one")

    async def submit(self, asking: Asking, asked: Asked) -> Run:
        """Keep a run and begin with it; raises `Busy` and `DataProblem`."""
        self.require_room(asking.caller.user)
        id, overview = secrets.token_hex(16), asking.service.session.overview()
        under_way = self._under_way[id] = _UnderWay(asking.caller.user)  # before anybody else can come in between
        try:
            run = await self.read(self.store.hold, id, asking.caller, asked, overview)
        except BaseException:
            del self._under_way[id]
            raise
        task = asyncio.create_task(self._carry_out(id, asking, under_way))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return run

    async def cancel(self, caller: Principal, id: str) -> Run:
        """Cancel what is left of a run of the caller's."""
        found = await self.read(self.store.find, caller, id)
        if not found.own:
            raise run_unknown()
        await self.read(self.store.end, id, StepState.CANCELLED)
        self.moved(id)
        return await self.read(self.store.find, caller, id)

    def moved(self, id: str) -> None:
        """Wake who follows a run, if it is under way here."""
        if under_way := self._under_way.get(id):
            under_way.move()

    async def next_move(self, id: str, seconds: float) -> None:
        """Wait until a run moves, at most for some seconds; runs of another process are looked at after these."""
        under_way = self._under_way.get(id)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(under_way.moved.wait() if under_way else asyncio.sleep(seconds), seconds)

    async def close(self) -> None:
        """Begin nothing more, and let end what has begun; what waited is interrupted."""
        self._is_closed = True
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.store.close()

    async def _carry_out(self, id: str, asking: Asking, under_way: _UnderWay) -> None:
        """Ask the questions of a run."""
        try:
            for number, part in enumerate(asking.request.parts, start=1):
                if self._is_closing:
                    await self.read(self.store.end, id, StepState.INTERRUPTED)
                    return
                with self._drain.place():
                    await self._step(id, number, part, asking, under_way)
                under_way.move()
            await self.read(self.store.make_room, asking.caller.user)
        except Exception as error:  # of the file of runs: there is nobody to tell but the log
            record_incident(error)
            await self._give_up(id)
        except asyncio.CancelledError:  # the event loop ends without having closed this first
            self.store.end(id, StepState.INTERRUPTED)
            raise
        finally:
            self._under_way.pop(id, None)
            under_way.move()

    async def _give_up(self, id: str) -> None:
        """Say that a run was interrupted as soon as that can be written down; nobody is to wait for it for ever."""
        while not self._is_closing:  # what is left then is found by the next process
            try:
                await self.read(self.store.end, id, StepState.INTERRUPTED)
            except DataProblem:
                await asyncio.sleep(_AGAIN_SECONDS)
            else:
                return

    async def _step(self, id: str, number: int, part: RunPart, asking: Asking, under_way: _UnderWay) -> None:
        too_often = await self._wait_for_turn(id, number, asking)
        if self._is_closing or not await self.read(self.store.begin, id, number):
            return
        under_way.move()
        outcome = _told(too_often) if too_often else await self._outcome(id, number, part, asking)
        match outcome:
            case None:
                return
            case ProblemDocument():
                await self.read(self.store.refuse, id, number, outcome)
            case _:
                await self.read(self.store.answer, id, number, outcome, charged_by(outcome))

    async def _wait_for_turn(self, id: str, number: int, asking: Asking) -> TooOften | None:
        """Count one question of the caller's, when they may ask it; the first was counted with the request."""
        service, caller = asking.service, asking.caller
        rates, give_up = service.session.policy.of(caller.tier).questions, time.monotonic() + PATIENCE_SECONDS
        while number > 1:
            try:
                await service.rates.count(rates, "question", caller.tier.value, caller.user)
            except TooOften as refused:
                if time.monotonic() + min(refused.seconds, PATIENCE_SECONDS) > give_up:
                    return refused
                if not await self._still(StepState.QUEUED, id, number):
                    return None
            else:
                return None
        return None

    async def _outcome(self, id: str, number: int, part: RunPart, asking: Asking) -> RunAnswer | ProblemDocument | None:
        """The answer or why there is none; nothing where the step was cancelled while it had no place yet."""
        try:
            return await asking.answer(part, lambda: self._still(StepState.RUNNING, id, number))
        except Withdrawn:
            return None
        except Exception as error:
            return _told(error)

    async def _still(self, state: StepState, id: str, number: int) -> bool:
        """Whether a step is where it was, a moment later."""
        await self.next_move(id, _AGAIN_SECONDS)
        return not self._is_closing and await self.read(self.store.is_at, id, number, state)


def _told(error: Exception) -> ProblemDocument:
    """What the caller is told; of a fault of ours an incident's id."""
    try:
        if isinstance(error, (DocumentProblems, Problems, Problem)):
            return document_of(error)
    except InternalError as fault:
        error = fault
    return incident_document(record_incident(error))
