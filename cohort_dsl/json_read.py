"""JSON text to plain values, without the surprises of the standard reader: repeated keys, NaN and endless numbers."""

import json
import re
from dataclasses import dataclass
from itertools import accumulate

from cohort_dsl.limits import MOST_JSON_CHARACTERS, check_length
from schemas.errors import Span, SyntaxProblem

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_LONGEST_NUMBER = 40
_DEEPEST = 160
"""Brackets in brackets: six for each level that criteria may have, with room for what is in them."""


_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|([][{}])', re.DOTALL)
"""A bracket, or a whole text so that brackets in it do not count."""
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1, "": 0}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a JSON document, written as a JSON Pointer (RFC 6901)."""

    steps: tuple[str | int, ...] = ()

    def child(self, step: str | int) -> "Place":
        """A key or a position in a list one step further in."""
        return Place((*self.steps, step))

    def __str__(self) -> str:
        return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in self.steps) or "/"


def read_json(text: str) -> Json:
    """The value a JSON text spells; raises one `SyntaxProblem`, or `Problems` when the text is too long."""
    check_length(text, MOST_JSON_CHARACTERS)
    _check_depth(text)
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=lambda digits: int(_short(digits)),
            parse_float=lambda digits: float(_short(digits)),
        )
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg.lower()}"
        raise SyntaxProblem("json-syntax", message, span=Span(error.pos, error.pos + 1)) from None
    return value


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the recursive reader meets it."""
    depths = accumulate(map(_STEPS.__getitem__, _BRACKET.findall(text)))
    if max(depths, default=0) > _DEEPEST:
        raise SyntaxProblem("json-syntax", f"not a document: more than {_DEEPEST} brackets in brackets")


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise SyntaxProblem("json-duplicate-key", f"the key `{repeated[:_LONGEST_NUMBER]}` stands twice in one object")
    return found


def _constant(word: str) -> Json:
    raise SyntaxProblem("json-number", f"{word} is not a number of JSON")


def _short(digits: str) -> str:
    if len(digits) > _LONGEST_NUMBER:
        raise SyntaxProblem("json-number", f"a number has at most {_LONGEST_NUMBER} characters")
    return digits
