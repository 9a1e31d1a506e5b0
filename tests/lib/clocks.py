"""A clock that stands still until a test moves it."""

import asyncio

from api.deadlines import Clock


class StandingClock:
    """Time for `api.deadlines`: begins at 0 and goes on when told. Use from one event loop."""

    def __init__(self) -> None:
        self.time = 0.0
        self._sleeping: list[tuple[float, asyncio.Future[None]]] = []

    def clock(self) -> Clock:
        """What a service keeps its deadlines by."""
        return Clock(now=lambda: self.time, sleep=self._sleep)

    @property
    def wakes_at(self) -> list[float]:
        """When those who sleep will wake, in order; to the millisecond."""
        return sorted(round(until, 3) for until, woken in self._sleeping if not woken.done())

    def move(self, time: float) -> None:
        """Make it so late, and wake who slept until then."""
        self.time = time
        for until, woken in self._sleeping:
            if until <= time + 1e-9 and not woken.done():
                woken.set_result(None)

    async def _sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        self._sleeping.append((self.time + seconds, woken))
        await woken
