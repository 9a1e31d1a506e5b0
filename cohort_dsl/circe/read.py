"""Circe JSON text to its model, or every fault in it with its JSON Pointer."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cohort_dsl.circe.model import CohortExpression
from cohort_dsl.json_read import Json, Place, read_json
from schemas.errors import Problem, Problems, SyntaxProblem, Unsupported

_MOST_PROBLEMS = 20
_LONGEST_KEY = 40
_REFUSED = ("circe-criteria", "circe-version")
_WANTED = {
    "bool_type": "true or false",
    "float_type": "a number",
    "int_type": "a whole number",
    "model_type": "an object",
    "string_type": "text",
    "tuple_type": "a list",
}
"""What a value should have been, by the fault that the model found."""


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
    outer = Place(detail["loc"][:-1])
    match kind:
        case "extra_forbidden":
            return SyntaxProblem("json-unknown-key", f"{outer}: Circe has no key {key} here")
        case "missing":
            return SyntaxProblem("json-missing-key", f"{outer}: the key {key} is missing")
        case "literal_error":
            return SyntaxProblem("json-wrong-word", f"{place}: {detail['ctx']['expected']} is expected")
        case "greater_than_equal":
            return SyntaxProblem("circe-value", f"{place}: the number is at least {detail['ctx']['ge']}")
        case "less_than_equal":
            return SyntaxProblem("circe-value", f"{place}: the number is at most {detail['ctx']['le']}")
        case _:
            return SyntaxProblem("json-wrong-type", f"{place}: {_WANTED.get(kind, 'another type')} is expected")
