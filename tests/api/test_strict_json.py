"""Strict JSON agrees with the standard reader on everything it accepts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.strict_json import DEEPEST, check_json
from schemas.errors import SyntaxProblem

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
def test_what_has_one_meaning_is_accepted(value: object) -> None:
    check_json(json.dumps(value).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_accepted_or_refused(body: bytes) -> None:
    try:
        check_json(body)
    except SyntaxProblem as problem:
        assert problem.code.startswith("json-")


@pytest.mark.parametrize("depth", [DEEPEST, DEEPEST + 1])
def test_depth_has_a_sharp_limit(depth: int) -> None:
    body = ("[" * depth + "]" * depth).encode()
    if depth <= DEEPEST:
        check_json(body)
    else:
        with pytest.raises(SyntaxProblem, match="json-depth"):
            check_json(body)
