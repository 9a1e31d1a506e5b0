"""The problems every route declares, so that clients and fuzzers know them from the OpenAPI document."""

from typing import Final

from api.problems import MEDIA_TYPE
from schemas.wire import ProblemDocument

_MEANINGS: Final = {
    400: "The body is not JSON with one clear meaning.",
    401: "No token, or one that is not acceptable.",
    403: "The caller's tier does not permit this.",
    404: "There is no such thing.",
    405: "Not with this method.",
    408: "The body did not arrive in time.",
    409: "The privacy budget left is smaller than the price.",
    413: "The body is too large.",
    414: "Path and query are too long.",
    415: "The body is not JSON, or compressed.",
    422: "The document has problems, listed with their places; or a field is not what it should be.",
    429: "The caller asked too often, or the project has too many questions waiting.",
    431: "The headers are too large.",
    500: "A fault of ours, with an incident id to report.",
    503: "Too many questions at once, or the data are not available.",
}


_HEADERS: Final = {
    401: {"WWW-Authenticate": ("How to sign in.", {"type": "string"})},
    405: {"Allow": ("The methods there are.", {"type": "string"})},
    429: {"Retry-After": ("Seconds after which to ask again.", {"type": "integer", "minimum": 1})},
    503: {"Retry-After": ("Seconds after which to ask again.", {"type": "integer", "minimum": 1})},
}


def problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The `responses` of a route."""
    return {status: _response(status) for status in statuses}


def _response(status: int) -> dict[str, object]:
    schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    described: dict[str, object] = {"description": _MEANINGS[status], "content": {MEDIA_TYPE: {"schema": schema}}}
    if status in _HEADERS:
        described["headers"] = {
            name: {"description": meaning, "required": True, "schema": schema}
            for name, (meaning, schema) in _HEADERS[status].items()
        }
    return described


PUBLIC_PROBLEMS: Final = problems(400, 405, 408, 413, 414, 415, 429, 431, 500, 503)
LOOK_UP_PROBLEMS: Final = problems(400, 401, 403, 405, 408, 413, 414, 415, 422, 429, 431, 500, 503)
COHORT_PROBLEMS: Final = problems(400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503)
