"""When a question is charged and when it is answered: fixed times after it came, which its text alone decides."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from api.capacity import Busy

Answer = TypeVar("Answer")

SETTLING: Final = 0.2
"""The part of a deadline left for charging, storing and logging: how long that takes must not be seen either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What deadlines are kept by: the seconds since some moment, and a sleep of some seconds."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Of one question: it is answered a multiple of `seconds` after `started`, and charged the part `SETTLING` of them
    before that. Both at once where `seconds` are absent or none."""

    started: float
    seconds: float | None
    clock: Clock

    async def settling(self) -> None:
        """Wait until the question may be charged; when counting took too long for this multiple, for the next one."""
        if self.seconds:
            await self.clock.sleep(until_settling(self._elapsed(), self.seconds))

    async def answer(self, work: Callable[[], Awaitable[Answer]]) -> Answer:
        """Do the work, and give its answer or its problem at the next multiple: how long it took must not be seen.

        `Busy` is told at once: then no work was done.
        """
        try:
            answer = await work()
        except Busy:
            raise
        except Exception:
            await self._given()
            raise
        await self._given()
        return answer

    async def _given(self) -> None:
        if self.seconds:
            await self.clock.sleep(until_deadline(self._elapsed(), self.seconds))

    def _elapsed(self) -> float:
        return self.clock.now() - self.started


def until_deadline(elapsed: float, seconds: float) -> float:
    """How much longer an answer is held back after `elapsed` seconds: to the next multiple of its deadline.

    >>> until_deadline(0.25, 1.0), until_deadline(2.75, 1.0)
    (0.75, 0.25)
    """
    return seconds - elapsed % seconds


def until_settling(elapsed: float, seconds: float) -> float:
    """How much longer nothing is charged after `elapsed` seconds: to a fifth of the deadline before a multiple of it.

    >>> until_settling(1.0, 5.0), until_settling(4.5, 5.0)
    (3.0, 4.5)
    """
    return until_deadline(elapsed + SETTLING * seconds, seconds)
