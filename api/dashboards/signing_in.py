"""Signing in to pages without scripts: the token, and the project it asks in, in cookies that only the dashboards get.

A browser sends them to no other path, to no page of another site and from none, and no script can read them. What is
sent by a form is taken from this site's own pages alone. Whether a token is good, and a project open to its holder, is
told where they are used, as everywhere.
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
PROJECT_COOKIE: Final = "kohort-dashboards-project"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
FORM_TARGETS: Final = frozenset(f"{PATH}/{name}" for name in ("sign-in", "sign-out", "project", "ask"))
"""Where forms are sent; everywhere else a body is JSON."""

_PIECE: Final = 3800
_PIECES: Final = (COOKIE, *(f"{COOKIE}-{number}" for number in (2, 3, 4)))
"""A browser keeps at most 4,096 characters in a cookie, and a passport with its visas is longer."""
LONGEST_TOKEN: Final = _PIECE * len(_PIECES)
_TOKEN: Final = re.compile(rf"[A-Za-z0-9._-]{{1,{LONGEST_TOKEN}}}")
_PROJECT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_MOST_FIELDS: Final = 8


def cookie_token(request: Request) -> str | None:
    """The token that a browser keeps for the dashboards; absent on every other path."""
    first, *rest = (_cookie(request, name) for name in _PIECES)
    return None if first is None else first + "".join(each or "" for each in rest)


def cookie_project(request: Request) -> str | None:
    """The project that a reader of the dashboards chose; absent where none was, and on every other path."""
    return _cookie(request, PROJECT_COOKIE)


def _cookie(request: Request, name: str) -> str | None:
    path = request.url.path
    return request.cookies.get(name) if path == PATH or path.startswith(f"{PATH}/") else None


async def form_fields(request: Request) -> Mapping[str, str]:
    """The fields of a form that was sent from a page of this site; raises `NotAllowed` and `SyntaxProblem`."""
    if not _is_own_page(request):
        raise NotAllowed("form-origin", "this form was not sent from a page of this server", hint="open the page anew")
    try:
        return dict(parse_qsl((await request.body()).decode(), max_num_fields=_MOST_FIELDS, strict_parsing=True))
    except ValueError:  # bytes that are no text, too many fields, and fields without a name
        raise SyntaxProblem("form-fields", "the form's fields cannot be read", hint="send it from the page") from None


def keep_token(request: Request, response: Response, token: str) -> bool:
    """Let the browser keep a token until it closes, and no project; false of a text that is none, or too long for
    cookies."""
    if not _TOKEN.fullmatch(token):
        return False
    drop_token(response)
    for number, name in enumerate(_PIECES):
        if piece := token[number * _PIECE : (number + 1) * _PIECE]:
            _keep(request, response, name, piece)
    return True


def keep_project(request: Request, response: Response, project: str) -> None:
    """Let the browser keep a project beside the token; an id that no cookie can hold is not kept."""
    if _PROJECT.fullmatch(project):
        _keep(request, response, PROJECT_COOKIE, project)


def drop_token(response: Response) -> None:
    """Let the browser forget it, and the project with it."""
    for name in _PIECES:
        response.delete_cookie(name, path=PATH, httponly=True, samesite="strict")
    drop_project(response)


def drop_project(response: Response) -> None:
    """Let the browser forget the project, so that the token asks in its holder's own."""
    response.delete_cookie(PROJECT_COOKIE, path=PATH, httponly=True, samesite="strict")


def _keep(request: Request, response: Response, name: str, value: str) -> None:
    """Sent over TLS only, whatever a proxy said of the connection; on this machine itself there is none."""
    is_near = is_loopback(request.url.hostname or "")
    response.set_cookie(name, value, path=PATH, httponly=True, samesite="strict", secure=not is_near)


def _is_own_page(request: Request) -> bool:
    """By what browsers say of where a request comes from, which a page of another site cannot change."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")
