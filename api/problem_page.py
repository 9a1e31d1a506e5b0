"""A problem as a page of the reader's language, where a browser asked for one; programs get the document."""

from typing import Final

from fastapi import Request, Response

from api.explanations import explanation
from api.pages import NAVIGATION, reader_of, render_page
from api.sayings import told_in
from schemas.wire import ProblemDocument

_KEPT: Final = ("allow", "connection", "retry-after", "www-authenticate")
"""Headers that say something of the problem."""


def as_asked_for(request: Request, response: Response) -> Response:
    """The response, whose body is a problem document, or a page that says the same."""
    if "text/html" not in request.headers.get("accept", "") or request.url.path.startswith("/v1/"):
        return response
    problem = ProblemDocument.model_validate_json(bytes(response.body))
    language = reader_of(request).language
    context = {
        "problem": problem,
        "explained": explanation(problem.code, language),
        "hint_told": told_in(problem.hint, language) if problem.hint else None,
        "seconds": response.headers.get("retry-after"),
        "navigation": getattr(request.app.state, "navigation", NAVIGATION),
    }
    page = render_page(request, "problem.html", ("problem",), context=context, status_code=response.status_code)
    page.headers.update({name: response.headers[name] for name in _KEPT if name in response.headers})
    return page
