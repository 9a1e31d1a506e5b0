"""The transport of asynchronous programs."""

import asyncio
import random
from types import TracebackType
from typing import Any, Self, TypeVar, assert_never

import httpx2

from api.client.asking import Asked
from api.client.exchange import Done, Effect, Lost, Reply, Send, Steps, Wait, exchange, next_step
from api.client.problems import KohortProblem
from api.client.session import Session, reply_of

T = TypeVar("T")


class AwaitedSession(Session[httpx2.AsyncClient]):
    """Used with `async with`, it closes its connections at the end."""

    def _open(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url=self._connection.address, timeout=self._connection.seconds)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the connections."""
        await self._http.aclose()

    async def ask(self, asked: Asked[T]) -> T:
        """Any question of `kohort_client.questions`."""
        return await self._follow(exchange(asked, self._connection.retries, random.random))

    async def _follow(self, steps: Steps[T]) -> T:
        step = next_step(steps, None)
        while not isinstance(step, Done):
            step = next_step(steps, await self._outcome(step))
        return step.value

    async def _outcome(self, effect: Effect) -> object:
        match effect:
            case Send():
                return await self._send(effect.asked)
            case Wait():
                return await asyncio.sleep(effect.seconds)
            case Asked():
                try:
                    return await self.ask(effect)
                except KohortProblem as problem:
                    return problem
            case _:
                assert_never(effect)

    async def _send(self, asked: Asked[Any]) -> Reply | Lost:
        try:
            return reply_of(await self._http.send(self._request(asked)))
        except httpx2.RequestError as error:
            return self._lost(error)
