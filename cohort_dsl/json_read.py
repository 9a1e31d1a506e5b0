"""JSON text to plain values, without the surprises of the standard reader: repeated keys, NaN and endless numbers."""

import json
from dataclasses import dataclass
from itertools import accumulate

from cohort_dsl.limits import MOST_JSON_CHARACTERS, check_length
from schemas.errors import Span, SyntaxProblem

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_LONGEST_NUMBER = 40
_DEEPEST = 160
"""Brackets in brackets: six for each level that criteria may have, with room for what is in them."""

_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in _STEPS)


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
        value: Json = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg.lower()}"
        raise SyntaxProblem("json-syntax", message, span=Span(error.pos, error.pos + 1)) from None
    return value


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the recursive reader meets it. Brackets inside of texts do not count, which end at the
    next quote that is not escaped."""
    unescaped = text.encode("utf-8", "surrogatepass").replace(rb"\\", b"").replace(rb"\"", b"")
    brackets = b"".join(unescaped.split(b'"')[::2]).translate(None, _NO_BRACKETS)
    if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > _DEEPEST:
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


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_int=lambda digits: int(_short(digits)),
    parse_float=lambda digits: float(_short(digits)),
)
"""Safe to use from several threads: it holds how to read, and nothing of what is read."""
