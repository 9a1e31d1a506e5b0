"""A researcher at one service: what both clients are made of, and what both send and are sent."""

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

import httpx2

from api.client.asking import Asked
from api.client.connection import Connection, Token
from api.client.exchange import Lost, Reply
from api.client.retrying import Retries

Http = TypeVar("Http", httpx2.Client, httpx2.AsyncClient)


class Session(ABC, Generic[Http]):
    """Where the service is, who asks, and the open connections."""

    def __init__(
        self,
        address: str,
        token: Token,
        *,
        project: str | None = None,
        reason: str | None = None,
        seconds: float = 120.0,
        retries: Retries | None = None,
    ) -> None:
        self._connection = Connection(
            address=address,
            token=token,
            project=project,
            reason=reason,
            seconds=seconds,
            retries=retries or Retries(),
        )
        self._http: Http = self._open()

    @abstractmethod
    def _open(self) -> Http:
        """What holds the connections."""

    def _request(self, asked: Asked[Any]) -> httpx2.Request:
        headers = dict(self._connection.headers())
        return self._http.build_request(asked.method, asked.target(), json=asked.body, headers=headers)

    def _lost(self, error: httpx2.RequestError) -> Lost:
        return Lost(f"{type(error).__name__} at {self._connection.address}")


def reply_of(response: httpx2.Response) -> Reply:
    """What came, all of it read."""
    return Reply(response.status_code, response.content, response.headers.get("retry-after"))
