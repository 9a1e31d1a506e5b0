"""Pages for people: every one extends `base.html`, in the reader's language and theme, with its words from files.

The words of a page are the union of `api/web/words/<file>.<language>.json`; scripts read the same ones from the page.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from api.languages import Language, language_of

WEB: Final = Path(__file__).resolve().parent / "web"

LANGUAGE_COOKIE: Final = "kohort-language"
THEME_COOKIE: Final = "kohort-theme"
_A_YEAR: Final = 365 * 24 * 3600

NAVIGATION: Final[tuple[tuple[str, str], ...]] = (
    ("workbench", "/"),
    ("questions", "/questions"),
    ("boards", "/dashboards"),
    ("dashboard", "/public"),
    ("precision", "/precision"),
    ("verify", "/verify"),
)
"""Pages every reader may open, in the order of the header: what `base.*.json` calls them (`nav_…`), and where."""

_TEMPLATES = Jinja2Templates(WEB / "templates")

Theme = Literal["light", "dark"]


class ReleaseShown(Protocol):
    """What the footer says of the release in service."""

    @property
    def release_id(self) -> str: ...
    @property
    def persons(self) -> int: ...
    @property
    def policy_version(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How a page is to be written for who asked; without a theme it follows the reader's system."""

    language: Language
    theme: Theme | None = None
    chose_language: bool = False


def reader_of(request: Request) -> Reader:
    """From `?lang=`, else the cookie of an earlier choice, else what the browser accepts. Raises nothing."""
    asked = request.query_params.get("lang")
    known = {language.value for language in Language}
    chosen = asked if asked in known else request.cookies.get(LANGUAGE_COOKIE)
    return Reader(
        language=language_of(chosen, request.headers.get("accept-language")),
        theme=_theme(request.cookies.get(THEME_COOKIE)),
        chose_language=asked in known,
    )


def _theme(text: str | None) -> Theme | None:
    match text:
        case "light" | "dark":
            return text
        case _:
            return None


@cache
def words_of(files: tuple[str, ...], language: Language) -> Mapping[str, str]:
    """The words of some files, and of the frame of every page."""
    found: dict[str, str] = {}
    for name in ("base", *files):
        found |= json.loads((WEB / "words" / f"{name}.{language.value}.json").read_text(encoding="utf-8"))
    return found


def render_page(
    request: Request,
    template: str,
    words: Sequence[str],
    *,
    release: ReleaseShown | None = None,
    context: Mapping[str, object] | None = None,
    script_words: Sequence[str] | None = None,
    status_code: int = 200,
) -> HTMLResponse:
    """A page from `template`, which may have `{language}` in its name, with the words of the files named; scripts get
    those of `script_words`, or all.

    Templates get `words`, `language`, `languages`, `theme`, `navigation`, `here` (this page's path) and `release`.
    """
    reader = reader_of(request)
    response = _TEMPLATES.TemplateResponse(
        request,
        template.format(language=reader.language.value),
        {
            "words": words_of(tuple(words), reader.language),
            "script_words": words_of(tuple(words if script_words is None else script_words), reader.language),
            "language": reader.language,
            "languages": tuple(Language),
            "theme": reader.theme,
            "navigation": NAVIGATION,
            "here": request.url.path,
            "release": release,
            **(context or {}),
        },
        status_code=status_code,
        headers={"content-language": reader.language.value, "vary": "accept-language, cookie"},
    )
    if reader.chose_language:
        response.set_cookie(LANGUAGE_COOKIE, reader.language.value, max_age=_A_YEAR, samesite="lax", httponly=True)
    return response
