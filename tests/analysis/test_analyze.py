"""From document to plan: what is resolved, what is reported, what is refused."""

import pytest

from cohort_dsl import parse
from engine.catalog.database import Database
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.survey import load_questions
from engine.catalog.vocabulary import Vocabulary
from engine.logical.analyze import analyze
from engine.logical.fingerprint import fingerprint
from engine.logical.nodes import Scan
from schemas.errors import Problems
from tests.lib.releases import write_release

CONCEPTS = [
    (1, "SNOMED", "10", "S", None),
    (2, "SNOMED", "20", "S", None),
    (3, "SNOMED", "30", "S", "D"),
    (11, "KCD7", "E11", None, None),
    (12, "KCD7", "E11.9", None, None),
    (13, "KCD7", "E12", None, None),
    (21, "ATC", "C10AA", "C", None),
    (22, "RxNorm", "83367", "S", None),
]
ANCESTORS = [(1, 2), (1, 3), (21, 22)]
MAPS_TO = [(11, 1), (12, 2), (13, 2)]


@pytest.fixture(scope="module")
def dictionaries(tmp_path_factory) -> Dictionaries:
    tables = {
        "person": [{"person": 0, "birth_date": None, "year_of_birth": 1970}],
        "concept": [
            {"concept_id": i, "vocabulary_id": v, "concept_code": c, "standard_concept": s, "invalid_reason": r}
            for i, v, c, s, r in CONCEPTS
        ],
        "concept_ancestor": [
            {"ancestor_concept_id": a, "descendant_concept_id": d} for a, d in [*ANCESTORS, *((c[0],) * 2 for c in CONCEPTS)]
        ],
        "concept_relationship": [
            {"concept_id_1": a, "concept_id_2": b, "relationship_id": "Maps to"} for a, b in MAPS_TO
        ],
        "survey_question": [
            {"question_id": "smoking.status", "survey_id": "s", "kind": "choice"},
            {"question_id": "sleep.hours", "survey_id": "s", "kind": "number"},
        ],
        "survey_option": [{"question_id": "smoking.status", "answer": a, "position": 1} for a in ("never", "current")],
    }  # fmt: skip
    database = Database(write_release(tmp_path_factory.mktemp("r"), tables), threads=1)
    return Dictionaries(Vocabulary(database), load_questions(database), frozenset({"PCSK9", "LDLR"}))


def scan_of(dictionaries: Dictionaries, concepts: str) -> tuple[int, ...] | None:
    plan = analyze(parse(f'cohort "c"\nindex condition in ({concepts})'), dictionaries, {}).plan
    (scan,) = plan.entry.events
    assert isinstance(scan, Scan)
    return scan.concepts


@pytest.mark.parametrize(
    ("concepts", "ids"),
    [
        ("concept 1", (1,)),
        ("concept 1 with descendants", (1, 2)),
        ("concept 3", (3,)),
        ("concept 1 with descendants excluding concept 2", (1,)),
        ('code KCD7:"E11"', (1,)),
        ('code KCD7:"E11" with descendants', (1, 2)),
        ('code ATC:"C10AA" with descendants', (21, 22)),
        ('code SNOMED:"20" with mapped', (2, 12, 13)),
        ("concept 1 excluding concept 1", ()),
    ],
)
def test_concept_sets_expand_as_ohdsi_expands_them(dictionaries, concepts, ids):
    """Invalid descendants drop, a listed invalid concept stays, source codes map, and a code covers what it begins."""
    assert scan_of(dictionaries, concepts) == ids


def test_a_source_test_takes_the_codes_own_concepts(dictionaries):
    text = 'cohort "c"\nindex condition where source in (code KCD7:"E11" with descendants)'
    assert "concepts=(11, 12)" in repr(analyze(parse(text), dictionaries, {}).plan)


@pytest.mark.parametrize(
    ("criterion", "kind", "name"),
    [
        ("any condition in (concept 999)", "concept", "999"),
        ('any condition in (code KCD7:"Z99")', "code", "KCD7:Z99"),
        ("carries variant in gene PCSK8", "gene", "PCSK8"),
    ],
)
def test_names_without_a_match_are_reported_with_their_place(dictionaries, criterion, kind, name):
    text = f'cohort "c"\nindex condition\ninclude "x" when {criterion}'
    (unmatched,) = analyze(parse(text), dictionaries, {}).unmatched
    assert (unmatched.kind, unmatched.name) == (kind, name)
    assert name.split(":")[-1] in text[unmatched.span.start : unmatched.span.end]


def test_a_variant_that_nobody_carries_is_not_reported(dictionaries):
    """Whether a variant was seen in people is data: only a protected count may tell."""
    text = 'cohort "c"\nindex condition\ninclude "x" when carries variant rs999999999'
    assert analyze(parse(text), dictionaries, {}).unmatched == ()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('index condition in (code KCD:"E11")', "vocabulary-unknown"),
        ('index condition\ninclude "x" when survey smoking.state is "current"', "question-unknown"),
        ('index condition\ninclude "x" when survey smoking.status is "smoker"', "answer-unknown"),
        ('index condition\ninclude "x" when survey smoking.status > 3', "answer-kind"),
        ('index condition\ninclude "x" when survey sleep.hours is "long"', "answer-kind"),
        ("index condition\ncount by survey sleep.hours", "dimension-kind"),
        ('index entry of cohort "elsewhere"', "cohort-unknown"),
        ("index condition\nend at 2nd condition", "censor-ordinal"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(dictionaries, body, code):
    with pytest.raises(Problems) as caught:
        analyze(parse(f'cohort "c"\n{body}'), dictionaries, {})
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.span is not None
    assert problem.span.end > problem.span.start


def test_every_fault_of_a_document_is_reported_at_once(dictionaries):
    text = 'cohort "c"\nindex condition in (code XX:"1")\ninclude "a" when survey q is "1"\ninclude "b" when survey r is "1"'
    with pytest.raises(Problems) as caught:
        analyze(parse(text), dictionaries, {})
    assert [p.code for p in caught.value.problems] == ["vocabulary-unknown", "question-unknown", "question-unknown"]


def test_cohorts_that_refer_to_each_other_in_a_circle_are_refused(dictionaries):
    library = {
        "a": parse('cohort "a"\nindex entry of cohort "b"'),
        "b": parse('cohort "b"\nindex entry of cohort "a"'),
    }
    with pytest.raises(Problems) as caught:
        analyze(library["a"], dictionaries, library)
    assert caught.value.problems[0].code == "cohort-cycle"
    assert "a -> b -> a" in caught.value.problems[0].message


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('include "x" when sex is male and birth year > 1950', 'include "y" when birth year > 1950 and sex is male'),
        ('include "x" when not (not (sex is male))', 'include "x" when sex is male'),
        ('include "x" when any condition in (concept 1 with descendants)', 'include "x" when any condition in (concept 1, concept 2)'),
        ('include "x" when sex is male\ninclude "y" when region is "Jeju"', 'include "y" when region is "Jeju"\ninclude "x" when sex is male'),
    ],
)  # fmt: skip
def test_documents_that_mean_the_same_have_one_fingerprint(dictionaries, one, other):
    def hash_of(rules: str) -> str:
        return fingerprint(analyze(parse(f'cohort "c"\nindex condition\n{rules}'), dictionaries, {}).plan)

    assert hash_of(one) == hash_of(other)
    assert hash_of(one) != hash_of('include "x" when sex is female')
