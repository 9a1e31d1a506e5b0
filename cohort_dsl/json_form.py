"""The JSON spelling, `{"kohort": 1, "cohort": {…}}`, made from the types of the syntax tree.

A node is an object with the node's fields; fields that have their default are left out. Where several nodes
could stand, the key `is` says which: `{"is": "occurrence", …}`. Dates are ISO text, enums their word.
Reading is strict: what is not exactly this shape is refused with the place of the fault.
"""

import datetime
import json
import math
import types
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Union, get_args, get_origin, get_type_hints

from cohort_dsl import ast
from cohort_dsl.ast import Cohort
from cohort_dsl.json_read import Json, Place, read_json
from cohort_dsl.source import did_you_mean, listed
from schemas.errors import SyntaxProblem

VERSION = 1
"""Raised whenever a reader of the previous version would misread a document."""

_LARGEST_WHOLE = 1e15


def to_document(cohort: Cohort) -> dict[str, Json]:
    """The document as plain values."""
    return {"kohort": VERSION, "cohort": encode(Cohort, cohort)}


def to_json(cohort: Cohort) -> str:
    """The document as indented JSON text."""
    return json.dumps(to_document(cohort), ensure_ascii=False, indent=2, allow_nan=False)


def parse_json(text: str) -> Cohort:
    """The document a JSON text spells; raises one `SyntaxProblem`. Names and values are not checked."""
    document = read_json(text)
    place = Place()
    if not isinstance(document, dict):
        raise _wrong(place, "an object", document)
    if document.get("kohort") != VERSION or isinstance(document.get("kohort"), bool):
        message = f"{place.child('kohort')}: this reader knows version {VERSION} of the language"
        raise SyntaxProblem("json-version", message, expected=(f'"kohort": {VERSION}',))
    _refuse_unknown(document, ("kohort", "cohort"), place)
    if "cohort" not in document:
        raise SyntaxProblem("json-missing-key", f"{place}: the key `cohort` is missing", expected=("cohort",))
    decoded = decode(Cohort, document["cohort"], place.child("cohort"))
    assert isinstance(decoded, Cohort)
    return decoded


def encode(declared: object, value: object) -> Json:
    """A value of the syntax tree as JSON; `declared` is the type of the field it stands in."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return int(value) if value.is_integer() and abs(value) < _LARGEST_WHOLE else value
        case datetime.date():
            return value.isoformat()
        case Enum():
            return str(value.value)
        case tuple():
            item = _item_type(declared)
            return [encode(item, part) for part in value]
        case _:
            return _encode_node(declared, value)


def _encode_node(declared: object, value: object) -> Json:
    node = type(value)
    encoded: dict[str, Json] = {"is": _tag(node)} if _is_tagged(declared) else {}
    hints = _hints(node)
    for name, default in _defaults(node).items():
        part = getattr(value, name)
        if default is MISSING or part != default:
            encoded[name] = encode(hints[name], part)
    return encoded


def decode(declared: object, given: Json, place: Place) -> object:
    """The value of the syntax tree that `given` spells where a `declared` stands."""
    choices = _choices(declared)
    if isinstance(given, dict):
        return _decode_node(declared, given, place)
    if isinstance(given, list):
        item = _item_type(declared)
        if item is None:
            raise _wrong(place, _shown(choices), given)
        return tuple(decode(item, part, place.child(number)) for number, part in enumerate(given))
    for choice in choices:
        found = _decode_plain(choice, given, place)
        if found is not MISSING:
            return found
    raise _wrong(place, _shown(choices), given)


def _decode_plain(choice: object, given: Json, place: Place) -> object:
    """The value, or `MISSING` when this choice does not fit."""
    match given:
        case None if choice is types.NoneType:
            return None
        case bool():
            return given if choice is bool else MISSING
        case int() | float() if choice is float:
            return _finite(float(given), place)
        case int() if choice is int:
            return given
        case str() if choice is str:
            return given
        case str() if choice is datetime.date:
            return _decode_date(given, place)
        case str() if isinstance(choice, type) and issubclass(choice, Enum):
            return _decode_enum(choice, given, place)
        case _:
            return MISSING


def _finite(number: float, place: Place) -> float:
    if not math.isfinite(number):
        raise SyntaxProblem("json-number", f"{place}: this number is too large")
    return number


def _decode_date(given: str, place: Place) -> datetime.date:
    try:
        if len(given) == len("YYYY-MM-DD"):
            return datetime.date.fromisoformat(given)
    except ValueError:
        pass
    raise SyntaxProblem("json-wrong-type", f"{place}: expected a date", expected=("YYYY-MM-DD",))


def _decode_enum(choice: type[Enum], given: str, place: Place) -> Enum:
    words = [str(member.value) for member in choice]
    if given not in words:
        message = f"{place}: expected {listed(words)}"
        raise SyntaxProblem("json-wrong-word", message, expected=words, hint=did_you_mean(given, words))
    return choice(given)


def _decode_node(declared: object, given: dict[str, Json], place: Place) -> object:
    node = _node_of(declared, given, place)
    hints, defaults = _hints(node), _defaults(node)
    _refuse_unknown(given, (*defaults, *(("is",) if _is_tagged(declared) else ())), place)
    missing = [name for name, default in defaults.items() if default is MISSING and name not in given]
    if missing:
        message = f"{place}: the key {listed(missing)} is missing"
        raise SyntaxProblem("json-missing-key", message, expected=missing)
    parts = {name: decode(hints[name], given[name], place.child(name)) for name in defaults if name in given}
    made: object = node(**parts)
    return made


def _node_of(declared: object, given: dict[str, Json], place: Place) -> type:
    """Which node an object stands for."""
    nodes = {_tag(choice): choice for choice in _choices(declared) if isinstance(choice, type) and is_dataclass(choice)}
    if not nodes:
        raise _wrong(place, _shown(_choices(declared)), given)
    if not _is_tagged(declared):
        return next(iter(nodes.values()))
    tag = given.get("is")
    if not isinstance(tag, str) or tag not in nodes:
        hint = did_you_mean(tag, nodes) if isinstance(tag, str) else None
        message = f"{place.child('is')}: expected {listed(nodes)}"
        raise SyntaxProblem("json-wrong-word", message, expected=nodes, hint=hint)
    return nodes[tag]


def _refuse_unknown(given: dict[str, Json], known: tuple[str, ...], place: Place) -> None:
    for key in given:
        if key not in known:
            message = f"{place}: unknown key `{key[:40]}`"
            raise SyntaxProblem("json-unknown-key", message, expected=known, hint=did_you_mean(key, known))


def _wrong(place: Place, wanted: str, given: Json) -> SyntaxProblem:
    match given:
        case dict():
            found = "an object"
        case list():
            found = "a list"
        case int() | float() if not isinstance(given, bool):
            found = "a number"
        case _:
            found = _shown((type(given),))
    return SyntaxProblem("json-wrong-type", f"{place}: expected {wanted}, found {found}", expected=(wanted,))


def _shown(choices: tuple[object, ...]) -> str:
    names = {str: "text", int: "a whole number", float: "a number", bool: "true or false", datetime.date: "a date",
             types.NoneType: "null"}  # fmt: skip
    words = []
    for choice in choices:
        if get_origin(choice) is tuple:
            words.append("a list")
        elif isinstance(choice, type) and issubclass(choice, Enum):
            words.append("a word")
        else:
            words.append(names.get(choice, "an object") if isinstance(choice, type) else "an object")
    return " or ".join(dict.fromkeys(words))


@cache
def _hints(node: type) -> dict[str, object]:
    return get_type_hints(node, localns=vars(ast))  # nodes of one file may name those of another


@cache
def _defaults(node: type) -> dict[str, object]:
    """The fields of a node that are part of its JSON, with their defaults."""
    return {spec.name: spec.default for spec in fields(node) if spec.name != "span"}


@cache
def _choices(declared: object) -> tuple[object, ...]:
    """The types a declared type allows."""
    return get_args(declared) if get_origin(declared) in (Union, types.UnionType) else (declared,)


def _item_type(declared: object) -> object | None:
    """The type of a list's items, absent when no list is allowed."""
    return next((get_args(choice)[0] for choice in _choices(declared) if get_origin(choice) is tuple), None)


@cache
def _is_tagged(declared: object) -> bool:
    """Whether an object must say which node it is: when anything else but null could stand there."""
    choices = [choice for choice in _choices(declared) if choice is not types.NoneType]
    return len(choices) > 1 and any(is_dataclass(choice) for choice in choices)


@cache
def _tag(node: type) -> str:
    """`EventQuery` is `event query`."""
    name = node.__name__
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
