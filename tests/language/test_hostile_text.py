"""Any text gives a document or problems, and quickly."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort_dsl import complete, from_json, parse, render_problem
from cohort_dsl.words import DOMAINS, FIELD_WORDS, KEYWORDS
from schemas.errors import Problems

WORDS = sorted(KEYWORDS | {w for table in (DOMAINS, FIELD_WORDS) for phrase in table.meaning for w in phrase})
PIECES = [
    *WORDS,
    "(",
    ")",
    ",",
    "..",
    ">=",
    "=",
    '"text"',
    "12",
    "2015-01-01",
    "2nd",
    "0.1%",
    "rs1",
    "1:2-3",
    "#",
    "\n",
    "days",
]


@settings(max_examples=150, deadline=None)
@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join), st.integers(0, 300))
def test_any_text_is_read_or_refused(text: str, position: int) -> None:
    complete(text, position)
    for read in (parse, from_json):
        try:
            read(text)
        except Problems as caught:
            assert all(render_problem(text, problem) for problem in caught.problems)


FLOODS = {
    "million characters": "x" * 1_000_000,
    "quotes": '"' * 65_000,
    "lets": "let " * 16_000,
    "bad characters": "?" * 65_000,
    "brackets": 'cohort "x" index drug include "a" when ' + "(" * 60_000,
    "nots": 'cohort "x" index drug include "a" when ' + "not " * 15_000,
    "names": 'cohort "x" index drug ' + "let a = b " * 6_000,
    "digits": "9" * 65_000,
    "digits and signs": "1:" + "1" * 30_000 + "-" + "," * 30_000,
    "dots": "a." * 32_000,
    "backslashes": '"' + "\\" * 65_000,
}


@pytest.mark.parametrize("text", FLOODS.values(), ids=FLOODS)
def test_floods_are_refused_quickly(text: str) -> None:
    started = time.process_time()
    with pytest.raises(Problems):
        parse(text)
    assert time.process_time() - started < 1.5


def test_a_million_characters_cost_nothing() -> None:
    started = time.process_time()
    for read in (parse, from_json):
        with pytest.raises(Problems):
            read("[" * 1_000_000)
    assert complete("x" * 1_000_000, 500_000) == ()
    assert time.process_time() - started < 0.05
