"""Every part of a document knows where it stands: what editors of text and tree at once rely on."""

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from api.documents import read_any
from api.examples import read_examples
from api.language_words import language_words
from api.settings import EXAMPLES
from api.trees import tree_answer
from cohort_dsl import ast, canonical_hash, parse, print_cohort
from cohort_dsl.lexer import TokenKind, lex
from cohort_dsl.places import places_of
from tests.lib.cohort_strategies import cohorts

PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
relaxed = settings(deadline=None, max_examples=60, phases=PHASES, suppress_health_check=list(HealthCheck))
TEXTS = [example.text for example in read_examples(EXAMPLES)]


@relaxed
@given(cohorts())
def test_text_to_tree_to_text_is_the_identity(cohort: ast.Cohort) -> None:
    there_and_back(print_cohort(cohort))


@pytest.mark.parametrize("text", TEXTS)
def test_examples_survive_the_tree(text: str) -> None:
    there_and_back(print_cohort(parse(text)))


def there_and_back(text: str) -> None:
    there = tree_answer(read_any(text))
    back = tree_answer(read_any(json.dumps(there.cohort)))
    assert (back.text, back.cohort, back.places) == (text, there.cohort, there.places)
    assert back.canonical_hash == canonical_hash(parse(text))


@relaxed
@given(cohorts())
def test_rules_stand_where_they_are_said_to(cohort: ast.Cohort) -> None:
    """A rule cut out at its place and put into a document of its own is the same rule."""
    text = print_cohort(cohort)
    places = {pointer: text[span.start : span.end] for pointer, span in places_of(parse(text))}
    lets = "\n".join(places[f"/lets/{number}"] for number in range(len(cohort.lets)))
    for number, rule in enumerate(cohort.rules):
        lone = f'cohort "x"\n{lets}\nindex everyone\ninclude "y" when {places[f"/rules/{number}/criterion"]}\n'
        assert parse(lone).rules[0].criterion == rule.criterion


@relaxed
@given(cohorts())
def test_everything_a_card_may_show_as_text_has_a_place(cohort: ast.Cohort) -> None:
    text = print_cohort(cohort)
    places = dict(places_of(parse(text)))
    wanted = [f"/index/events/{n}" for n in range(len(cohort.index.events))] if not is_everyone(cohort) else ["/index"]
    wanted += [f"/exit/censors/{n}" for n in range(len(cohort.exit.censors))]
    wanted += [f"/count_by/{n}" for n in range(len(cohort.count_by))]
    wanted += ["/qualify/criterion"] if cohort.qualify else []
    wanted += ["/incidence"] if cohort.incidence else []
    wanted += ["/exit/exposure"] if cohort.exit.exposure else []
    wanted += ["/study_period"] if cohort.study_period else []
    assert [place for place in wanted if place not in places] == []


def is_everyone(cohort: ast.Cohort) -> bool:
    return isinstance(cohort.index.events, ast.Everyone)


NAMED_AFTER = frozenset(("survey", "score", "gene", "to", "panel", ",", "(", "by"))


@relaxed
@given(cohorts())
def test_the_editor_knows_every_word_of_the_language(cohort: ast.Cohort) -> None:
    """A word is coloured, or names something: a concept set, a vocabulary, a question, a gene, a variant."""
    text = print_cohort(cohort)
    known = {word for words in language_words().values() for word in words} | {let.name for let in cohort.lets}
    tokens = [(token.kind, text[token.span.start : token.span.end]) for token in lex(text).tokens]
    for (_, before), (kind, word), (_, after) in zip(tokens, tokens[1:], tokens[2:], strict=False):
        is_name = before in NAMED_AFTER or after == ":" or word.startswith("rs")
        assert kind is not TokenKind.WORD or word in known or is_name, word


def test_no_word_has_two_kinds() -> None:
    words = [word for kind in language_words().values() for word in kind]
    assert len(words) == len(set(words))
