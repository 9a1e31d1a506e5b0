"""A problem in the reader's language, as a page where a browser asked for one; programs get the document."""

from typing import Final

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from api.explanations import explanation
from api.languages import Language, language_of
from api.pages import NAVIGATION, reader_of, render_page
from api.sayings import told_in
from schemas.wire import ProblemDocument, ProblemItem

_KEPT: Final = ("allow", "connection", "retry-after", "www-authenticate")
"""Headers that say something of the problem."""


def as_asked_for(request: Request, response: Response) -> Response:
    """The response, whose body is a problem document, in the language asked for, or a page that says the same."""
    if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/"):
        return _page(request, response)
    language = language_of(None, request.headers.get("accept-language"))
    return response if language is Language.ENGLISH else _told(response, language)


def _page(request: Request, response: Response) -> Response:
    problem = ProblemDocument.model_validate_json(bytes(response.body))
    language = reader_of(request).language
    context = {
        "problem": problem,
        "explained": explanation(problem.code, language),
        "detail_told": told_in(problem.detail, language),
        "hint_told": told_in(problem.hint, language) if problem.hint else None,
        "seconds": response.headers.get("retry-after"),
        "navigation": getattr(request.app.state, "navigation", NAVIGATION),
    }
    page = render_page(request, "problem.html", ("problem",), context=context, status_code=response.status_code)
    page.headers.update({name: response.headers[name] for name in _KEPT if name in response.headers})
    return page


def _told(response: Response, language: Language) -> Response:
    """The document with its sentences in the language; codes, places and what is expected are the same in all."""
    problem = ProblemDocument.model_validate_json(bytes(response.body))
    told = problem.model_copy(
        update={
            "title": told_in(problem.title, language) or problem.title,
            "detail": told_in(problem.detail, language) or problem.detail,
            "hint": _told_hint(problem.hint, language),
            "problems": problem.problems and [_told_item(item, language) for item in problem.problems],
        }
    )
    return JSONResponse(
        told.model_dump(exclude_none=True),
        status_code=response.status_code,
        media_type=response.media_type,
        headers={
            **{name: response.headers[name] for name in _KEPT if name in response.headers},
            "content-language": language.value,
            "vary": "accept-language",
        },
    )


def _told_item(item: ProblemItem, language: Language) -> ProblemItem:
    message = told_in(item.message, language) or item.message
    hint = _told_hint(item.hint, language)
    excerpt = item.excerpt and item.excerpt.replace(item.message, message, 1)
    if excerpt and item.hint and hint:
        excerpt = hint.join(excerpt.rsplit(item.hint, 1))
    return item.model_copy(update={"message": message, "hint": hint, "excerpt": excerpt})


def _told_hint(hint: str | None, language: Language) -> str | None:
    return hint and (told_in(hint, language) or hint)
