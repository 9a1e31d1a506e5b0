"""Signing in to pages without scripts: the token in a cookie that only the dashboards get.

A browser sends it to no other path, to no page of another site and from none, and no script can read it. What is sent
by a form is taken from this site's own pages alone. Whether a token is good is told where it is used, as everywhere.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request, Response

from api.identity.addresses import is_loopback
from schemas.errors import NotAllowed, SyntaxProblem

PATH: Final = "/dashboards"
COOKIE: Final = "kohort-dashboards"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
FORM_TARGETS: Final = frozenset({f"{PATH}/sign-in", f"{PATH}/sign-out", f"{PATH}/ask"})
"""Where forms are sent; everywhere else a body is JSON."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9._-]{1,3800}")
_MOST_FIELDS: Final = 8


def cookie_token(request: Request) -> str | None:
    """The token that a browser keeps for the dashboards; absent on every other path."""
    path = request.url.path
    return request.cookies.get(COOKIE) if path == PATH or path.startswith(f"{PATH}/") else None


async def form_fields(request: Request) -> Mapping[str, str]:
    """The fields of a form that was sent from a page of this site; raises `NotAllowed` and `SyntaxProblem`."""
    if not _is_own_page(request):
        raise NotAllowed("form-origin", "this form was not sent from a page of this server", hint="open the page anew")
    try:
        return dict(parse_qsl((await request.body()).decode(), max_num_fields=_MOST_FIELDS, strict_parsing=True))
    except ValueError:  # bytes that are no text, too many fields, and fields without a name
        raise SyntaxProblem("form-fields", "the form's fields cannot be read", hint="send it from the page") from None


def keep_token(request: Request, response: Response, token: str) -> bool:
    """Let the browser keep a token until it closes; false of a text that is none, or too long for a cookie.

    It is sent over TLS only, whatever a proxy said of the connection; on this machine itself there is none.
    """
    if not _TOKEN.fullmatch(token):
        return False
    is_near = is_loopback(request.url.hostname or "")
    response.set_cookie(COOKIE, token, path=PATH, httponly=True, samesite="strict", secure=not is_near)
    return True


def drop_token(response: Response) -> None:
    """Let the browser forget it."""
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")


def _is_own_page(request: Request) -> bool:
    """By what browsers say of where a request comes from, which a page of another site cannot change."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")
