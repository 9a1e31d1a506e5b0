"""Any text gives a document or problems, and quickly."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohort_dsl import complete, from_json, parse, render_problem
from cohort_dsl.words import DOMAINS, EVENT_WORDS, FIELD_WORDS, KEYWORDS
from schemas.errors import Problems
from tests.lib.budgets import examples
from tests.lib.collector import leave_alone

WORDS = sorted(
    KEYWORDS | {w for table in (DOMAINS, FIELD_WORDS, EVENT_WORDS) for phrase in table.meaning for w in phrase}
)
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
    *("at least 2", "alleles", "biallelic", "compound", "candidate", "cis", "trans", "score", "percentile", "panel"),
    *("variants", "hemizygous", "genotype", '"1-5-A-C"', '"A:p.R46L"'),
    *("a", "gaps", "supply", "exposure", "same", "visit", "period", "per", "like", "abnormal", "circe-exact"),
]


@settings(max_examples=examples(100, nightly=5000), deadline=None)
@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join), st.integers(0, 300))
def test_any_text_is_read_or_refused(text: str, position: int) -> None:
    complete(text, position)
    for read in (parse, from_json):
        try:
            read(text)
        except Problems as caught:
            assert all(render_problem(text, problem) for problem in caught.problems)


RULE = 'cohort "x" index drug include "a" when '
FLOODS = {
    "word": "x" * 1_000_000,
    "words": "x " * 500_000,
    "quotes": '"' * 1_000_000,
    "lets": "let " * 45_000,
    "bad characters": "?" * 1_000_000,
    "brackets": RULE + "(" * 190_000,
    "nots": RULE + "not " * 190_000,
    "names": 'cohort "x" index drug ' + "let a = b " * 49_000,
    "rules": 'cohort "x" index drug ' + 'include "a" when any drug ' * 35_000,
    "criteria": RULE + " and ".join(["any drug"] * 65_000),
    "events in events": RULE + "any drug having (" * 45_000,
    "steps": RULE + "any drug" + " then drug" * 90_000,
    "windows": RULE + "any drug before index" + " and starting before index" * 35_000,
    "variants": RULE + "carries variant in (" + "rs1, " * 190_000,
    "names of variants": RULE + 'carries variant in ("' + '", "'.join(["1:1-1-A-" + "C" * 240] * 3_900) + '")',
    "digits": "9" * 1_000_000,
    "digits and signs": "1:" + "1" * 500_000 + "-" + "," * 190_000,
    "ranges": "1.." * 99_000,
    "dots": "a." * 500_000,
    "hyphens": "a-" * 500_000,
    "backslashes": '"' + "\\" * 900_000,
}


@pytest.fixture(autouse=True)
def only_own_garbage() -> None:
    """What earlier tests left in memory is not looked through again and again while a text is read and timed."""
    leave_alone()


def takes_at_most(seconds: float, work: Callable[[], object]) -> bool:
    """Whether the work takes so little of the processor, at least once in three times: what else runs on the machine
    only ever adds to it, and the clock on the wall takes no part."""
    return any(cpu_seconds(work) < seconds for _ in range(3))


def cpu_seconds(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started


@pytest.mark.parametrize("text", FLOODS.values(), ids=FLOODS)
def test_floods_are_refused_quickly(text: str) -> None:
    def read() -> None:
        with pytest.raises(Problems):
            parse(text)

    assert takes_at_most(2.5, read)


def test_the_largest_document_is_read_quickly() -> None:
    items = (f'concept {number} "label {number}" with descendants' for number in range(19_900))
    text = f'cohort "x"\nlet a = {", ".join(items)}\nindex drug in a'
    assert 890_000 < len(text) < 1_000_000
    assert takes_at_most(3, lambda: parse(text))


def test_too_many_characters_cost_nothing() -> None:
    def read() -> None:
        for reading in (parse, from_json):
            with pytest.raises(Problems):
                reading("[" * 8_000_001)
        assert complete("x" * 1_000_001, 500_000) == ()

    assert takes_at_most(0.05, read)
