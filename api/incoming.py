"""What may come in: how long, how slow and of which kind a request may be, checked before any route sees it."""

from collections.abc import Awaitable, Callable
from typing import Final

from anyio import fail_after, to_thread
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope

from api.dashboards.signing_in import FORM_TARGETS, FORM_TYPE
from api.strict_json import check_json
from schemas.errors import SyntaxProblem, TooExpensive
from schemas.wire import MOST_ANONYMOUS_BYTES, MOST_BYTES, MOST_REPORT_BYTES

MOST_HEADER_BYTES: Final = 32_768
MOST_TARGET_BYTES: Final = 8_192

FORMS: Final = {"/verify": "multipart/form-data", **dict.fromkeys(FORM_TARGETS, FORM_TYPE)}
"""Pages that are sent a form by browsers that run no scripts; anything else is sent JSON."""

_MOST_ANONYMOUS: Final = dict.fromkeys(("/verify", "/v1/feasibility/verify"), MOST_REPORT_BYTES)
"""How long a body without a token may be where a report is checked."""

IsSignedIn = Callable[[Request], Awaitable[bool]]
"""Whether a request carries an acceptable token."""


async def read_body(scope: Scope, receive: Receive, *, seconds: float, is_signed_in: IsSignedIn) -> bytes:
    """The whole body, as long and of the kind it may be; JSON has one clear meaning.

    Raises `TooExpensive` and `SyntaxProblem` for what may not come in, and `ClientDisconnect` when the caller left.
    """
    _check_head(scope)
    try:
        with fail_after(seconds):
            body = await _read_all(scope, receive, is_signed_in)
    except TimeoutError:
        raise TooExpensive("body-too-slow", f"the body was not here after {seconds:g} seconds") from None
    if body:
        await _check_kind(scope, body)
    return body


def _check_head(scope: Scope) -> None:
    target = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    if target > MOST_TARGET_BYTES:
        raise TooExpensive("target-too-long", f"path and query have at most {MOST_TARGET_BYTES:,} bytes")
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADER_BYTES:
        raise TooExpensive("headers-too-large", f"headers have at most {MOST_HEADER_BYTES:,} bytes")
    if {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}:
        hint = "leave `Content-Length` out"
        raise SyntaxProblem("body-length", "the length of the body is said twice", hint=hint)


async def _read_all(scope: Scope, receive: Receive, is_signed_in: IsSignedIn) -> bytes:
    """Refused as soon as it is, or says it will be, larger than the caller may send.

    The token is looked at only for a body that needs one.
    """
    declared = Headers(scope=scope).get("content-length", "0")
    size = int(declared) if declared.isascii() and declared.isdecimal() and len(declared) < 20 else 0
    most = _MOST_ANONYMOUS.get(scope["path"], MOST_ANONYMOUS_BYTES)
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
            raise ClientDisconnect
        body += message.get("body", b"")
        size = max(size, len(body))
        is_whole = not message.get("more_body", False)


def _too_large(most: int) -> TooExpensive:
    hint = None if most == MOST_BYTES else f"callers with a token may send {MOST_BYTES:,}"
    return TooExpensive("body-too-large", f"a request body has at most {most:,} bytes", hint=hint)


async def _check_kind(scope: Scope, body: bytes) -> None:
    headers = Headers(scope=scope)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise SyntaxProblem(
            "media-type", "a body is sent as it is, not compressed", hint="leave `Content-Encoding` out"
        )
    if kind == FORMS.get(scope["path"]):
        return
    if kind != "application/json":
        raise SyntaxProblem("media-type", "a body is JSON", hint="send `Content-Type: application/json`")
    if len(body) > MOST_ANONYMOUS_BYTES:
        await to_thread.run_sync(check_json, body)
    else:
        check_json(body)
