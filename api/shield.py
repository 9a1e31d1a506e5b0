"""The outermost layer of the server: what may come in, what every response carries, and what a crash looks like.

A body is counted and read as strict JSON before anything else sees it, so no route can forget to.
"""

import logging
import secrets
import traceback
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import incident_response, problem_response
from api.service import is_signed_in
from api.strict_json import check_json
from schemas.errors import InternalError, Problem, TooExpensive
from schemas.wire import MOST_ANONYMOUS_BYTES, MOST_BYTES

_LOG = logging.getLogger("kohort.incident")

SECURITY_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Shield:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; only HTTP and the server's own start and stop are passed on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        response = _Guarded(send, is_api=not scope["path"].startswith("/static"))
        try:
            body = await _read_body(scope, receive)
            if body and _is_json(scope):
                check_json(body)
            await self._app(scope, _Replay(body, receive), response)
        except Exception as error:
            if isinstance(error, Problem) and not isinstance(error, InternalError) and not response.started:
                await problem_response(error)(scope, receive, response)
                return
            incident = secrets.token_hex(8)
            _LOG.error("incident %s: %s", incident, _frames(error))
            if response.started:
                raise
            await incident_response(incident)(scope, receive, response)


class _Replay:
    """Gives the body that was read once more, then what the connection says next."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class _Guarded:
    """Sends a response with the security headers on it, and knows whether it has begun."""

    def __init__(self, send: Send, *, is_api: bool) -> None:
        self._send = send
        self._is_api = is_api
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers.update(SECURITY_HEADERS)
            if self._is_api:
                headers["cache-control"] = "no-store"
        await self._send(message)


async def _read_body(scope: Scope, receive: Receive) -> bytes:
    """The whole body; refused as soon as it is, or says it will be, larger than the caller may send.

    The token is looked at only for a body that needs one.
    """
    declared = Headers(scope=scope).get("content-length", "0")
    size = int(declared) if declared.isdecimal() else 0
    most = MOST_ANONYMOUS_BYTES
    body, is_whole = bytearray(), False
    while True:
        if size > most and await is_signed_in(Request(scope)):
            most = MOST_BYTES
        if size > most:
            raise _too_large(most)
        if is_whole:
            return bytes(body)
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        size = max(size, len(body))
        is_whole = not message.get("more_body", False)


def _too_large(most: int) -> TooExpensive:
    hint = None if most == MOST_BYTES else f"callers with a token may send {MOST_BYTES:,}"
    return TooExpensive("body-too-large", f"a request body has at most {most:,} bytes", hint=hint)


def _is_json(scope: Scope) -> bool:
    kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
    return kind.endswith(("/json", "+json"))


def _frames(error: Exception) -> str:
    """Where it happened, without the exception's text: that may hold a value nobody should read in a log."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    where = " < ".join(
        f"{frame.name} ({frame.filename.rsplit('/', 1)[-1]}:{frame.lineno})" for frame in reversed(frames)
    )
    return f"{type(error).__name__} in {where}"
