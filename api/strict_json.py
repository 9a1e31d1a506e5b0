"""JSON as the API takes it: no duplicate keys, no numbers outside IEEE 754, bounded nesting, valid Unicode."""

import json
import math
from typing import Final, NoReturn

from schemas.errors import SyntaxProblem

DEEPEST: Final = 170
"""Brackets in brackets: those a JSON document may have (160), and some for the body around it."""

MOST_VALUES: Final = 100_000
"""How many values a body may hold, at every depth: the largest definitions in use have a few thousand, and each value
costs more to read than its bytes tell."""


def check_json(body: bytes) -> None:
    """Raise one `SyntaxProblem` when the body is not JSON that has one clear meaning; nothing of it is echoed."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise _too_deep() from None
    except UnicodeError:
        raise SyntaxProblem("json-encoding", "the body is not valid Unicode text in UTF-8") from None
    except ValueError:
        raise SyntaxProblem("json-malformed", "the body is not valid JSON") from None
    _check_size(value)


def _too_deep() -> SyntaxProblem:
    return SyntaxProblem("json-depth", f"the body nests deeper than {DEEPEST} brackets")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise SyntaxProblem("json-duplicate-key", "an object in the body names a field twice")
    return found


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise SyntaxProblem("json-number", "a number in the body is too large")
    return value


def _refuse_constant(_: str) -> NoReturn:
    raise SyntaxProblem("json-number", "NaN and Infinity are not numbers of JSON")


def _check_size(value: object) -> None:
    """Count values, and in how many brackets each bracket stands, itself counted; walked without recursion."""
    waiting, found = [(value, 1)], 1
    while waiting:
        current, depth = waiting.pop()
        if isinstance(current, (dict, list)):
            if depth > DEEPEST:
                raise _too_deep()
            found += len(current)
            if found > MOST_VALUES:
                raise SyntaxProblem("json-values", f"the body holds more than {MOST_VALUES:,} values")
            children = current.values() if isinstance(current, dict) else current
            waiting.extend((child, depth + 1) for child in children)
