"""The layer around the whole application that counts requests, logs them, and refuses them while the server stops."""

import json
import logging
import time
from collections.abc import Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.operations.drain import COME_BACK_SECONDS, Drain
from api.operations.metrics import Metrics
from api.problem_page import as_asked_for
from api.problems import MEDIA_TYPE, problem_response
from api.shield import Guarded
from schemas.errors import DataProblem

_LOG: Final = logging.getLogger("kohort.requests")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ALWAYS: Final = frozenset({"/health", "/metrics"})
"""Answered while the server stops, for whoever watches it."""

_STREAM: Final = b"text/event-stream"

_MOST_BYTES: Final = 65_536
"""Of a problem that is read for its code."""


class Watch:
    """ASGI middleware. What it keeps of a request: method, route template, status, problem code, tier and time."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, drain: Drain, listener: str) -> None:
        self._app = app
        self._metrics = metrics
        self._drain = drain
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; only HTTP is watched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer, begun = _Answer(send), time.monotonic()
        try:
            if self._drain.is_stopping and scope["path"] not in _ALWAYS:
                await _stopping(scope, receive, answer)
            else:
                with self._drain.place() as leave:
                    answer.on_stream = leave
                    await self._app(scope, receive, answer)
        finally:
            self._note(scope, answer, time.monotonic() - begun)

    def _note(self, scope: Scope, answer: "_Answer", seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route, code = _route(scope), answer.code
        if answer.status is None:  # the caller left before anything was sent
            return
        self._metrics.answered(method=method, route=route, status=answer.status, seconds=seconds, code=code)
        fields: dict[str, object] = {
            "event": "request",
            "listener": self._listener,
            "method": method,
            "route": route,
            "status": answer.status,
            "seconds": round(seconds, 3),
        }
        if code is not None:
            fields["code"] = code
        if (tier := _tier(scope)) is not None:
            fields["tier"] = tier
        _LOG.info("request", extra=fields)


class _Answer:
    """Sends a response, and keeps its status and, of a problem, its code. `on_stream` is called when a stream of events
    begins: it ends when its reader leaves, and is not waited for when the server stops."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.on_stream: Callable[[], None] | None = None
        self._problem: bytearray | None = None
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        match message["type"]:
            case "http.response.start":
                self.status = int(message["status"])
                kind = dict(message["headers"]).get(b"content-type", b"")
                if kind.startswith(MEDIA_TYPE.encode()):
                    self._problem = bytearray()
                if kind.startswith(_STREAM) and self.on_stream is not None:
                    self.on_stream()
            case "http.response.body" if self._problem is not None and len(self._problem) < _MOST_BYTES:
                self._problem += message.get("body", b"")
            case _:
                pass
        await self._send(message)

    @property
    def code(self) -> str | None:
        """The problem's code, which is one of a short list of the program's own."""
        if self._problem is None:
            return None
        try:
            found: Any = json.loads(self._problem)["code"]
        except (ValueError, KeyError, TypeError):
            return None
        return found if isinstance(found, str) else None


def _route(scope: Scope) -> str:
    """The template of the route that was found: what was asked for may say something, the template does not."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "none"


def _tier(scope: Scope) -> str | None:
    principal = scope.get("kohort.principal")
    return None if principal is None else str(principal.tier.value)


async def _stopping(scope: Scope, receive: Receive, answer: _Answer) -> None:
    hint = "send it again in some seconds"
    problem = DataProblem("server-stopping", "the server is stopping and takes no new requests", hint=hint)
    response = problem_response(problem)
    response.headers["retry-after"] = str(COME_BACK_SECONDS)
    response.headers["connection"] = "close"
    await as_asked_for(Request(scope), response)(scope, receive, Guarded(answer, path=scope["path"]))
