"""Problems as `application/problem+json` (RFC 9457), for every fault there is; nothing sent is echoed but its place."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final, assert_never

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.capacity import Busy
from api.identity.refusal import TokenRefused
from api.problem_page import as_asked_for
from api.rates import TooOften
from cohort_dsl.source import place_of, render_problem
from schemas.errors import (
    AnalysisProblem,
    DataProblem,
    InternalError,
    NotAllowed,
    OverBudget,
    Problem,
    Problems,
    SyntaxProblem,
    TooExpensive,
    Unsupported,
    problems_of,
)
from schemas.wire import ProblemDocument, ProblemItem, TextSpan

_MOST_LISTED: Final = 100
MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER: Final = "2"

_UNDECLARED: Final = "extra_forbidden"
_RULES: Final = {
    _UNDECLARED: "there is a field that is not known here",
    "missing": "this is missing",
    **dict.fromkeys(("model_attributes_type", "model_type", "dict_type"), "this is no object"),
    "list_type": "this is no list",
    "string_type": "this is no text",
    "string_pattern_mismatch": "the text has another form than it should",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "this is no whole number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "this is neither true nor false"),
    **dict.fromkeys(("greater_than", "greater_than_equal"), "the number is too small"),
    **dict.fromkeys(("less_than", "less_than_equal"), "the number is too large"),
    **dict.fromkeys(("enum", "literal_error", "union_tag_invalid"), "this is none of the values that may stand here"),
    "union_tag_not_found": "this does not say of which kind it is",
    **dict.fromkeys(("date_type", "date_from_datetime_parsing"), "this is no date like 2024-12-31"),
    "date_from_datetime_inexact": "a day is written without a time",
}
"""What pydantic calls a fault, in words; of others its name says enough."""
_BOUNDS: Final = {
    "expected": "one of", "expected_tags": "one of", "ge": "at least", "le": "at most", "min_length": "at least",
    "max_length": "at most",
}  # fmt: skip

_UNREAD: Final = frozenset({"body-length", "body-too-large", "body-too-slow", "headers-too-large", "target-too-long"})
"""Refusals given before the body was read to its end: the connection ends with them, so nobody sends it for ever, and
nothing in it is taken for another request."""

_BY_CODE: Final = {
    "body-length": 400,
    "body-too-large": 413,
    "cube-none": 404,
    "cube-family-unknown": 404,
    "cube-category-unknown": 404,
    "cube-variants-closed": 404,
    "body-too-slow": 408,
    "headers-too-large": 431,
    "media-type": 415,
    "target-too-long": 414,
    "export-unknown": 404,
    "metrics-off": 404,
    "export-decided": 409,
    "form-fields": 400,
    "json-encoding": 400,
    "json-malformed": 400,
    "json-depth": 400,
    "json-duplicate-key": 400,
    "json-number": 400,
    "json-values": 400,
    "dashboard-question-unknown": 404,
    "project-busy": 429,
    "run-unknown": 404,
    "run-answer-none": 404,
    "runs-under-way": 429,
}

_FAMILIES: Final[tuple[tuple[type[Problem], int, str], ...]] = (
    (SyntaxProblem, 422, "The document cannot be read"),
    (AnalysisProblem, 422, "The document says something that cannot be meant"),
    (Unsupported, 422, "This cannot be computed"),
    (Busy, 503, "Busy"),
    (TooOften, 429, "Asked too often"),
    (TokenRefused, 401, "A valid access token is needed"),
    (NotAllowed, 403, "Not allowed"),
    (OverBudget, 409, "The privacy budget is used up"),
    (TooExpensive, 422, "The request is larger than the limits"),
    (DataProblem, 503, "The data are not available"),
    (InternalError, 500, "Our fault"),
)


class DocumentProblems(Exception):
    """The problems of a document, together with its text, so that places can be shown."""

    def __init__(self, error: Problem | Problems, text: str | None) -> None:
        super().__init__(str(error))
        self.problems = problems_of(error)
        self.text = text


@contextmanager
def about(text: str | None) -> Iterator[None]:
    """Tell the problems of a document which text they are about; others pass as they are."""
    try:
        yield
    except (Problems, SyntaxProblem, AnalysisProblem, Unsupported, TooExpensive) as error:
        raise DocumentProblems(error, text) from None
    except NotAllowed as refusal:
        if refusal.span is None:
            raise  # of the caller, the day or the tier, and of no part of the document
        raise DocumentProblems(refusal, text) from None


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every fault that a route, or the router itself, meets with a problem document."""
    app.add_exception_handler(Problem, _answer)
    app.add_exception_handler(Problems, _answer)
    app.add_exception_handler(DocumentProblems, _answer)
    app.add_exception_handler(RequestValidationError, _answer)
    app.add_exception_handler(HTTPException, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    return as_asked_for(request, _as_document(request, error))


def _as_document(request: Request, error: Exception) -> Response:
    match error:
        case InternalError():
            raise error
        case Problem():
            return problem_response(error)
        case Problems() | DocumentProblems():
            return _respond(document_of(error))
        case RequestValidationError():
            return _validation_response(error.errors(), _body_fields(request))
        case HTTPException(status_code=405) if request.method not in _methods(request):
            return _router_response(405, {"allow": ", ".join(sorted(_methods(request)))})
        case HTTPException(status_code=status, headers=headers):
            return _router_response(status, dict(headers or {}))
        case _:
            raise error


def add_problem_schema(document: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI document with the schema that the problem responses refer to."""
    schema = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.update(schema.pop("$defs", {}))
    schemas[ProblemDocument.__name__] = schema
    return document


def problem_response(problem: Problem) -> Response:
    """One problem without a place in a text."""
    headers = {"retry-after": str(problem.seconds)} if isinstance(problem, TooOften) else None
    return _respond(_problem_document(problem), headers)


def document_of(error: Problem | Problems | DocumentProblems) -> ProblemDocument:
    """What a caller would be answered with; raises the error itself where it is a fault of ours."""
    match error:
        case DocumentProblems(problems=problems, text=text):
            return _document_document(problems, text)
        case Problems(problems=problems):
            return _document_document(problems, None)
        case InternalError():
            raise error
        case Problem():
            return _problem_document(error)
        case _:
            assert_never(error)


def _problem_document(problem: Problem) -> ProblemDocument:
    status, title = _status(problem)
    return ProblemDocument(
        type=_type(problem.code),
        title=title,
        status=status,
        detail=problem.message,
        code=problem.code,
        hint=problem.hint,
        expected=list(problem.expected) or None,
    )


def incident_response(incident: str) -> Response:
    """A fault of ours: the caller gets an id to report and nothing else."""
    return _respond(incident_document(incident))


def incident_document(incident: str) -> ProblemDocument:
    """The same as a model."""
    return ProblemDocument(
        type=_type("internal"),
        title="Our fault",
        status=500,
        detail="the server met a fault of its own; please report the incident's id",
        code="internal",
        incident=incident,
    )


def _document_document(problems: Sequence[Problem], text: str | None) -> ProblemDocument:
    if any(isinstance(problem, InternalError) for problem in problems):
        raise problems[0]
    first = problems[0]
    status, title = _status(first)
    many = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return ProblemDocument(
        type=_type(first.code),
        title=title,
        status=status,
        detail=first.message + many,
        code=first.code,
        hint=first.hint,
        problems=problem_items(problems[:_MOST_LISTED], text),
    )


def problem_items(problems: Sequence[Problem], text: str | None) -> list[ProblemItem]:
    """Each problem with its place in the text, where it has one."""
    return [_item(problem, text) for problem in problems]


def _item(problem: Problem, text: str | None) -> ProblemItem:
    span = problem.span if text is not None else None
    place = place_of(text, span.start) if text is not None and span is not None else None
    return ProblemItem(
        code=problem.code,
        message=problem.message,
        span=TextSpan(start=span.start, end=span.end) if span else None,
        line=place.line if place else None,
        column=place.column if place else None,
        expected=list(problem.expected),
        hint=problem.hint,
        excerpt=render_problem(text, problem) if text is not None and span is not None else None,
    )


def _validation_response(errors: Sequence[dict[str, object]], fields: Sequence[str]) -> Response:
    """What pydantic found, by field and rule; its own text could hold the value, so it is not used."""
    items = [
        ProblemItem(code="request-field", message=f"{_field(error)}: {_rule(error)}", hint=_allowed(error, fields))
        for error in errors[:20]
    ]
    return _respond(
        ProblemDocument(
            type=_type("request-field"),
            title="The request does not have the form it should",
            status=422,
            detail=items[0].message if items else "a field is not what it should be",
            code="request-field",
            problems=items,
        )
    )


def _body_fields(request: Request) -> tuple[str, ...]:
    """The fields of the body that the route takes, in order; none where it takes no such body."""
    body = getattr(request.scope.get("route"), "body_field", None)
    model = body.field_info.annotation if body is not None else None
    return tuple(getattr(model, "model_fields", ()))


def _field(error: dict[str, object]) -> str:
    """Where, as far as the names are ours: the name of an undeclared field or a key of a mapping is the caller's."""
    place = _place(error)
    known = place[:-1] if error.get("type") == _UNDECLARED else place
    return ".".join(known[:2]) or "request"


def _place(error: dict[str, object]) -> list[str]:
    location = error.get("loc")
    return [part for part in location if isinstance(part, str)] if isinstance(location, tuple) else []


def _rule(error: dict[str, object]) -> str:
    kind = str(error.get("type", "invalid"))
    return _RULES.get(kind, kind.replace("_", " "))


def _allowed(error: dict[str, object], fields: Sequence[str]) -> str | None:
    if error.get("type") == _UNDECLARED and fields and len(_place(error)) == len(("body", "its name")):
        return f"the fields are {', '.join(fields)}"
    context = error.get("ctx")
    if not isinstance(context, dict):
        return None
    return next((f"{words} {context[key]}" for key, words in _BOUNDS.items() if context.get(key) is not None), None)


def _methods(request: Request) -> set[str]:
    """The methods of all routes at the request's path; the router names those of the first one only.

    As in OpenAPI, a path of its own comes before one with a parameter that it would fit.
    """
    waiting: list[Any] = list(request.app.routes)
    path, found, own = request.scope["path"], set[str](), set[str]()
    while waiting:
        route = waiting.pop()
        if included := getattr(route, "original_router", None):
            waiting.extend(included.routes)
        pattern, methods = getattr(route, "path_regex", None), set(getattr(route, "methods", None) or ())
        if pattern is not None and pattern.match(path):
            found |= methods
            own |= methods if route.path == path else set()
    return own or found


def _router_response(status: int, headers: dict[str, str]) -> Response:
    phrase = HTTPStatus(status).phrase
    code = {404: "not-found", 405: "method-not-allowed"}.get(status, "request-refused")
    document = ProblemDocument(type=_type(code), title=phrase, status=status, detail=phrase.lower(), code=code)
    return _respond(document, headers)


def _status(problem: Problem) -> tuple[int, str]:
    status, title = next(
        ((status, title) for family, status, title in _FAMILIES if isinstance(problem, family)), (500, "Our fault")
    )
    return _BY_CODE.get(problem.code, status), title


def _type(code: str) -> str:
    return f"urn:kohort:problem:{code}"


def _respond(document: ProblemDocument, headers: dict[str, str] | None = None) -> Response:
    headers = dict(headers or {})
    if document.status == 401:
        headers["www-authenticate"] = "Bearer"
    if document.code in _UNREAD:
        headers["connection"] = "close"
    if document.status in (429, 503):
        headers.setdefault("retry-after", RETRY_AFTER)
    return JSONResponse(
        document.model_dump(exclude_none=True), status_code=document.status, media_type=MEDIA_TYPE, headers=headers
    )
