"""The transport of programs that wait for each answer."""

import random
import time
from types import TracebackType
from typing import Any, Self, TypeVar, assert_never

import httpx2

from api.client.asking import Asked
from api.client.exchange import Done, Effect, Lost, Reply, Send, Steps, Wait, exchange, next_step
from api.client.problems import KohortProblem
from api.client.session import Session, reply_of

T = TypeVar("T")


class WaitingSession(Session[httpx2.Client]):
    """Used with `with`, it closes its connections at the end."""

    def _open(self) -> httpx2.Client:
        return httpx2.Client(base_url=self._connection.address, timeout=self._connection.seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def ask(self, asked: Asked[T]) -> T:
        """Any question of `kohort_client.questions`."""
        return self._follow(exchange(asked, self._connection.retries, random.random))

    def _follow(self, steps: Steps[T]) -> T:
        step = next_step(steps, None)
        while not isinstance(step, Done):
            step = next_step(steps, self._outcome(step))
        return step.value

    def _outcome(self, effect: Effect) -> object:
        match effect:
            case Send():
                return self._send(effect.asked)
            case Wait():
                return time.sleep(effect.seconds)
            case Asked():
                try:
                    return self.ask(effect)
                except KohortProblem as problem:
                    return problem
            case _:
                assert_never(effect)

    def _send(self, asked: Asked[Any]) -> Reply | Lost:
        try:
            return reply_of(self._http.send(self._request(asked)))
        except httpx2.RequestError as error:
            return self._lost(error)
