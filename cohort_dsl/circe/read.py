"""Circe JSON text to its model, or every fault in it with its JSON Pointer."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cohort_dsl.circe.model import CohortExpression
from cohort_dsl.json_read import Json, Place, read_json
from schemas.errors import Problem, Problems, SyntaxProblem, Unsupported

_MOST_PROBLEMS = 20
_LONGEST_KEY = 40
_SHAPES = {"extra_forbidden": "json-unknown-key", "missing": "json-missing-key", "literal_error": "json-wrong-word"}
_REFUSED = ("circe-criteria", "circe-version")
_VALUES = ("greater_than_equal", "less_than_equal", "finite_number", "too_short")


def read_circe(text: str) -> CohortExpression:
    """The definition a JSON text holds; `Problems` has one problem for each thing that is wrong with it."""
    try:
        document = read_json(text)
    except Problem as problem:
        raise Problems([problem]) from None
    _check_envelope(document)
    try:
        return CohortExpression.model_validate(document, context=_set_ids(document))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise Problems(map(_problem, details[:_MOST_PROBLEMS])) from None


def _check_envelope(document: Json) -> None:
    """Name the two things most often taken for a definition."""
    if not isinstance(document, dict):
        raise Problems([SyntaxProblem("circe-not-a-cohort", "a cohort definition is a JSON object")])
    if "PrimaryCriteria" in document:
        return
    if "expression" in document:
        hint = "pass the value of its key `expression`"
        raise Problems([SyntaxProblem("circe-not-a-cohort", "this is WebAPI's envelope of a definition", hint=hint)])
    if "items" in document:
        message = "this is a concept set and not a cohort definition"
        raise Problems([SyntaxProblem("circe-not-a-cohort", message)])


def _set_ids(document: Json) -> frozenset[int]:
    sets = document.get("ConceptSets") if isinstance(document, dict) else None
    ids = [item.get("id") for item in sets if isinstance(item, dict)] if isinstance(sets, list) else []
    return frozenset(number for number in ids if isinstance(number, int))


def _problem(detail: ErrorDetails) -> Problem:
    place = Place(detail["loc"])
    kind = detail["type"]
    if "-" in kind:
        family = Unsupported if kind in _REFUSED else SyntaxProblem
        return family(kind, f"{place}: {detail['msg']}")
    key = f"`{str(detail['loc'][-1])[:_LONGEST_KEY]}`" if detail["loc"] else "the document"
    match kind:
        case "extra_forbidden":
            message = f"{Place(detail['loc'][:-1])}: Circe has no key {key} here"
        case "missing":
            message = f"{Place(detail['loc'][:-1])}: the key {key} is missing"
        case _:
            message = f"{place}: {detail['msg'][0].lower()}{detail['msg'][1:]}"
    code = "circe-value" if kind in _VALUES else _SHAPES.get(kind, "json-wrong-type")
    return SyntaxProblem(code, message)
