"""One question, one name: documents with one canonical form have one fingerprint, and so do rewrites of them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from cohort_dsl import ast, canonical, canonical_hash, parse
from engine.catalog.database import Database
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.survey import Option, Question
from engine.catalog.vocabulary import Vocabulary
from engine.logical.analyze import analyze
from engine.logical.fingerprint import fingerprint
from engine.logical.most import is_most
from schemas.errors import Problems
from tests.lib.budgets import examples
from tests.lib.cohort_strategies import cohorts, criteria
from tests.lib.releases import write_release

VOCABULARIES = ("KCD7", "ATC", "LOINC", "UCUM", "RxNorm Extension", "where")


class EveryName(Mapping[str, ast.Cohort]):
    """A library in which every name is a cohort."""

    def __getitem__(self, name: str) -> ast.Cohort:
        return parse('cohort "base"\nindex drug in concept 3')

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


LIBRARY = EveryName()


@pytest.fixture(scope="module")
def dictionaries(tmp_path_factory) -> Dictionaries:
    tables = {
        "person": [{"person": 0, "birth_date": None, "year_of_birth": 1970}],
        "concept": [
            {"concept_id": i, "vocabulary_id": name, "concept_code": "a", "standard_concept": "S", "invalid_reason": None}
            for i, name in enumerate(VOCABULARIES, 1)
        ],
        "concept_ancestor": [{"ancestor_concept_id": 1, "descendant_concept_id": 2}],
        "concept_relationship": [{"concept_id_1": 1, "concept_id_2": 2, "relationship_id": "Maps to"}],
    }  # fmt: skip
    return Dictionaries(
        vocabulary=Vocabulary(Database(write_release(tmp_path_factory.mktemp("r"), tables), threads=1)),
        questions={name: _question(name) for name in ("smoking.status", "alcohol", "end", "2 words")},
        panels={"Cardiomyopathy": ("LDLR",), "panel": ("PCSK9",), 'a "b"': ()},
        scores=frozenset({"ldl_cholesterol", "pgs000018", "end", "percentile", "a.b", "2_words"}),
    )


def _question(name: str) -> Question:
    kind = "choice" if name == "2 words" else "number"
    options = (Option(answer="a", label="a", label_ko=None),)
    return Question(question_id=name, survey_id="s", kind=kind, label=name, label_ko=None, unit=None, options=options)


def named(cohort: ast.Cohort, dictionaries: Dictionaries) -> tuple[str, str, bool]:
    plan = analyze(cohort, dictionaries, LIBRARY).plan
    return fingerprint(plan), fingerprint(plan, ordered=True), is_most(plan)


native = cohorts().filter(lambda cohort: cohort.mode is not ast.Mode.CIRCE_EXACT)
"""OHDSI's reading is left out: there `not (not a)` is not `a`, because what is unknown counts as false."""

many = settings(
    max_examples=examples(30, nightly=1000),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@many
@given(cohort=native)
def test_a_document_and_its_canonical_form_have_one_name(dictionaries, cohort):
    """All documents of one canonical hash have one canonical form, so this is true of any two of them."""
    form = canonical(cohort)
    assert canonical_hash(form) == canonical_hash(cohort)
    try:
        expected = named(cohort, dictionaries)
    except Problems:
        assume(False)
    assert named(form, dictionaries) == expected


@st.composite
def rewrites(draw: st.DrawFn, criterion: ast.Criterion) -> ast.Criterion:
    """The criterion in other words, inside and out; unknown stays unknown in each of them."""
    match criterion:
        case ast.Group(kind=ast.GroupKind.ALL | ast.GroupKind.ANY as kind, parts=parts) if parts:
            parts = tuple(draw(rewrites(part)) for part in draw(st.permutations(parts)))
            criterion = ast.Group(kind=kind, parts=(*parts, parts[0]))
        case ast.Group(parts=parts):
            criterion = ast.Group(
                kind=criterion.kind, number=criterion.number, parts=tuple(draw(st.permutations(parts)))
            )
        case ast.Not(part=part):
            criterion = ast.Not(part=draw(rewrites(part)))
        case ast.Unknown(part=part):
            criterion = ast.Unknown(part=draw(rewrites(draw(st.sampled_from((part, ast.Not(part=part)))))))
        case _:
            pass
    return draw(st.sampled_from(WORDS))(criterion)


def _de_morgan(criterion: ast.Criterion) -> ast.Criterion:
    opposite = {ast.GroupKind.ALL: ast.GroupKind.ANY, ast.GroupKind.ANY: ast.GroupKind.ALL}
    match criterion:
        case ast.Group(kind=kind, parts=parts) if kind in opposite and parts:  # nobody may write `any of ()`
            return ast.Not(part=ast.Group(kind=opposite[kind], parts=tuple(ast.Not(part=part) for part in parts)))
        case _:
            return criterion


ALWAYS = ast.Group(kind=ast.GroupKind.ALL, parts=())
WORDS = (
    lambda criterion: criterion,
    lambda criterion: ast.Not(part=ast.Not(part=criterion)),
    lambda criterion: ast.Group(kind=ast.GroupKind.ANY, parts=(criterion, criterion)),
    lambda criterion: ast.Group(kind=ast.GroupKind.ALL, parts=(ALWAYS, criterion)),
    lambda criterion: ast.Group(kind=ast.GroupKind.ANY, parts=(criterion, ast.Not(part=ALWAYS))),
    lambda criterion: ast.Group(kind=ast.GroupKind.AT_LEAST, number=1, parts=(criterion,)),
    lambda criterion: ast.Group(kind=ast.GroupKind.AT_MOST, number=0, parts=(ast.Not(part=criterion),)),
    lambda criterion: ast.Group(kind=ast.GroupKind.EXACTLY, number=1, parts=(criterion,)),
    lambda criterion: ast.Group(kind=ast.GroupKind.NONE, parts=(ast.Not(part=criterion),)),
    _de_morgan,
)
"""Ways to say the same again."""


@many
@given(data=st.data(), criterion=criteria)
def test_a_question_in_other_words_has_the_same_name(dictionaries, data, criterion):
    plain, reworded = (_asked(each) for each in (criterion, data.draw(rewrites(criterion))))
    assert canonical_hash(plain) == canonical_hash(reworded)
    try:
        expected = named(plain, dictionaries)
    except Problems:
        assume(False)
    assert named(reworded, dictionaries) == expected


def _asked(criterion: ast.Criterion) -> ast.Cohort:
    rule = ast.Rule(kind=ast.RuleKind.INCLUDE, name="asked", criterion=criterion)
    return replace(
        parse('cohort "c"\nindex drug\nlet alpha = concept 1\nlet beta = alpha\nlet gamma = beta'), rules=(rule,)
    )
