"""The outermost layer of the server: what may come in, what every response carries, and what a crash looks like.

`api.incoming` reads the body before anything else sees it, so no route can forget to.
"""

from typing import Final

from anyio import Event, create_task_group
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.incidents import record_incident
from api.incoming import IsSignedIn, read_body
from api.problem_page import as_asked_for
from api.problems import incident_response, problem_response
from schemas.errors import InternalError, Problem

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

FORM_PAGES: Final = frozenset(
    {"/precision", "/public", "/public/list", "/public/category", "/public/variants", "/verify", "/dashboards"}
)
"""Pages with a form that works without scripts, and so may be sent to this server; on all others none is sent."""


class Shield:
    """ASGI middleware around the whole application. A body must be here after `body_seconds`; `is_signed_in` says
    who may send a large one."""

    def __init__(self, app: ASGIApp, *, body_seconds: float, is_signed_in: IsSignedIn) -> None:
        self._app = app
        self._body_seconds = body_seconds
        self._is_signed_in = is_signed_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; only HTTP and the server's own start and stop are passed on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        if scope["type"] != "http":
            return
        response = Guarded(send, path=scope["path"])
        try:
            body = await read_body(scope, receive, seconds=self._body_seconds, is_signed_in=self._is_signed_in)
            await _while_connected(self._app, scope, _Caller(body, receive), response)
        except ClientDisconnect:
            return
        except Exception as error:
            if isinstance(error, Problem) and not isinstance(error, InternalError) and not response.started:
                await as_asked_for(Request(scope), problem_response(error))(scope, receive, response)
                return
            incident = record_incident(error)
            if response.started:  # ends the connection; the server would log the first exception's text
                raise InternalError("internal", f"incident {incident}") from None
            await as_asked_for(Request(scope), incident_response(incident))(scope, receive, response)


async def _while_connected(app: ASGIApp, scope: Scope, caller: "_Caller", response: "Guarded") -> None:
    """Run the application until it is done, or until its caller leaves before anything was sent.

    Who leaves gives up a place in line, but for a question with a deadline. Work in a thread is done to its end, as the
    caller would be charged for it: if leaving stopped it, the budget would tell later whether it had been done by then,
    and so how long it takes.
    """
    fault: Exception | None = None
    async with create_task_group() as group:

        async def leave() -> None:
            await caller.gone()
            if not response.started:
                group.cancel_scope.cancel()

        group.start_soon(leave)
        try:
            await app(scope, caller, response)
        except Exception as error:  # raised again outside of the group, which would wrap it
            fault = error
        group.cancel_scope.cancel()
    if fault is not None:
        raise fault


class _Caller:
    """Gives the body that was read once more, and then only says when the caller has left."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive
        self._has_left = Event()

    async def __call__(self) -> Message:
        if self._body is None:
            await self._has_left.wait()
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def gone(self) -> None:
        """Wait until the caller has left."""
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._has_left.set()


class Guarded:
    """Sends a response with the security headers on it, and knows whether it has begun."""

    def __init__(self, send: Send, *, path: str) -> None:
        self._send = send
        self._is_api = not path.startswith("/static")
        self._has_form = path in FORM_PAGES
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers.update(SECURITY_HEADERS)
            if self._has_form:
                policy = SECURITY_HEADERS["content-security-policy"]
                headers["content-security-policy"] = policy.replace("form-action 'none'", "form-action 'self'")
            if self._is_api:
                headers.setdefault("cache-control", "no-store")
        await self._send(message)
