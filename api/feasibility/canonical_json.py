"""JSON in the one form that is signed: RFC 8785 (JCS).

Keys are sorted by their UTF-16 code units, there is no white space, texts are escaped as little as JSON allows, and
numbers are written as ECMAScript writes them. Whoever has the values can make the same bytes again.
"""

import json
import math
from typing import Final

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_LARGEST_WHOLE: Final = 2**53


def canonical_json(value: Json) -> str:
    """The canonical text. Raises `ValueError` for what has none: NaN, infinity, whole numbers that are no double,
    lone surrogates.

    >>> canonical_json({"b": [1, 0.5, 1e-7, 1e21], "a": "é\\n"})
    '{"a":"é\\\\n","b":[1,0.5,1e-7,1e+21]}'
    """
    match value:
        case None | bool():
            return json.dumps(value)
        case int():
            return str(value) if abs(value) <= _LARGEST_WHOLE else _large(value)
        case float():
            return _number(value)
        case str():
            return _text(value)
        case list():
            return f"[{','.join(map(canonical_json, value))}]"
        case dict():
            keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
            return "{" + ",".join(f"{_text(key)}:{canonical_json(value[key])}" for key in keys) + "}"


def _text(value: str) -> str:
    value.encode()  # refuses lone surrogates
    return json.dumps(value, ensure_ascii=False)


def _large(value: int) -> str:
    """A whole number beyond 2^53, as it is read from the text of a double; any other could be taken for another one."""
    text = str(value)
    try:
        found = _number(float(value))
    except OverflowError:
        found = ""
    if found != text:
        raise ValueError("a whole number beyond 2^53 that is no double has no canonical form")
    return text


def _number(value: float) -> str:
    """ECMAScript's Number::toString: the shortest digits that read back, with an exponent below 1e-6 and from 1e21."""
    if not math.isfinite(value):
        raise ValueError("a number that is not finite has no canonical form")
    if value == 0:
        return "0"
    sign, digits, point = _digits(value)
    if len(digits) <= point <= 21:
        return f"{sign}{digits}{'0' * (point - len(digits))}"
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    exponent = f"{'+' if point > 0 else '-'}{abs(point - 1)}"
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{exponent}"


def _digits(value: float) -> tuple[str, str, int]:
    """Sign, shortest digits, and where the decimal point stands behind the first of them."""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = f"{whole}{'' if fraction == '0' else fraction}"
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    return ("-" if value < 0 else "", stripped.rstrip("0"), point)
