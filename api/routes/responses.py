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
    409: "The privacy budget left is smaller than the price.",
    413: "The body is too large.",
    422: "The document has problems, listed with their places; or a field is not what it should be.",
    429: "The project has too many questions waiting.",
    500: "A fault of ours, with an incident id to report.",
    503: "Too many questions at once, or the data are not available.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The `responses` of a route."""
    schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    return {
        status: {"description": _MEANINGS[status], "content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses
    }


PUBLIC_PROBLEMS: Final = problems(405, 413, 500, 503)
LOOK_UP_PROBLEMS: Final = problems(400, 401, 403, 405, 413, 422, 429, 500, 503)
COHORT_PROBLEMS: Final = problems(400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)
