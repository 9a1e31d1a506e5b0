"""A text is read silently first, and once more for what was expected only when something is wrong with it."""

from pathlib import Path

import pytest

from cohort_dsl.lexer import lex
from cohort_dsl.parser import read_document
from cohort_dsl.stream import TokenStream

_ROOT = Path(__file__).parents[2]
TEXTS = sorted((*_ROOT.glob("examples/*.kohort"), *_ROOT.glob("benchmarks/scale/questions/*.kohort")))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_both_readings_of_a_text_are_the_same(path):
    tokens = lex(path.read_text()).tokens
    assert read_document(TokenStream(tokens, silent=True)) == read_document(TokenStream(tokens))


@pytest.mark.parametrize("end", range(8, 400, 7))
def test_both_readings_of_a_broken_text_end_at_the_same_places(end):
    tokens = lex((_ROOT / "examples" / "40-high-glucose-untreated.kohort").read_text()[:end]).tokens
    silent, telling = (read_document(TokenStream(tokens, silent=silent)) for silent in (True, False))
    assert silent[0] == telling[0]
    assert len(silent[1]) == len(telling[1])
