"""From document to plan: what is resolved, what is reported, what is refused."""

import pytest

from cohort_dsl import parse
from cohort_dsl.ast import Dimension, DimensionKind
from engine.catalog.database import Database
from engine.catalog.dictionaries import Dictionaries
from engine.catalog.survey import load_questions
from engine.catalog.vocabulary import Vocabulary
from engine.logical.analyze import analyze, check_dimension
from engine.logical.fingerprint import fingerprint
from engine.logical.nodes import Carrier, Scan
from schemas.errors import AnalysisProblem, Problems
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
    return Dictionaries(
        vocabulary=Vocabulary(database),
        questions=load_questions(database),
        genes=frozenset({"PCSK9", "LDLR", "C9orf72"}),
        panels={"Familial hypercholesterolaemia": ("LDLR", "APOB", "PCSK9"), "Short": ("LDLR",)},
        scores=frozenset({"ldl_cholesterol", "of_rare_variants"}),
        unranked=frozenset({"of_rare_variants"}),
    )


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
        ("carries at least 2 variants in gene (LDLR, PCSK8) where lof", "gene", "PCSK8"),
        ("carries biallelic variants in gene PCSK8", "gene", "PCSK8"),
        ("no call at variant in gene PCSK8", "gene", "PCSK8"),
    ],
)
def test_names_without_a_match_are_reported_with_their_place(dictionaries, criterion, kind, name):
    text = f'cohort "c"\nindex condition\ninclude "x" when {criterion}'
    (unmatched,) = analyze(parse(text), dictionaries, {}).unmatched
    assert (unmatched.kind, unmatched.name) == (kind, name)
    assert name.split(":")[-1] in text[unmatched.span.start : unmatched.span.end]


@pytest.mark.parametrize(
    "criterion",
    [
        "carries variant rs999999999",
        'carries variant in (rs999999999, "1-5-A-C")',
        "carries variant rs999999999 in trans with variant rs999999998",
        "carries variant in region 1:5-6",
        "carries variant in gene c9ORF72",
    ],
)
def test_a_variant_that_nobody_carries_is_not_reported(dictionaries, criterion):
    """Whether a variant was seen in people is data: only a protected count may tell. A gene's letter case is free."""
    text = f'cohort "c"\nindex condition\ninclude "x" when {criterion}\ncount by genotype of variant rs999999999'
    assert analyze(parse(text), dictionaries, {}).unmatched == ()


def test_panels_become_their_genes(dictionaries):
    def genes_of(variants: str) -> tuple[str, ...]:
        text = f'cohort "c"\nindex condition\ninclude "x" when carries variant in {variants}'
        (rule,) = analyze(parse(text), dictionaries, {}).plan.rules
        assert isinstance(rule.condition, Carrier)
        assert rule.condition.variants.panels == ()
        return rule.condition.variants.genes

    assert genes_of('panel "Familial hypercholesterolaemia"') == ("APOB", "LDLR", "PCSK9")
    assert genes_of('panel "Short" or gene C9orf72') == ("C9orf72", "LDLR")


@pytest.mark.parametrize(
    ("criterion", "code", "hint"),
    [
        ('carries variant in panel "Familial hypercholesterolemia"', "panel-unknown", "Familial hypercholesterolaemia"),
        ('carries biallelic variants in gene LDLR or panel "Nothing like it"', "panel-unknown", "no panel"),
        ("score ldl_cholestrol > 1", "score-unknown", "ldl_cholesterol"),
        ("score of_rare_variants percentile >= 95", "score-unranked", "score of_rare_variants >= 1.2"),
    ],
)
def test_genotype_names_that_mean_nothing_here_are_refused_with_advice(dictionaries, criterion, code, hint):
    text = f'cohort "c"\nindex condition\ninclude "x" when {criterion}'
    with pytest.raises(Problems) as caught:
        analyze(parse(text), dictionaries, {})
    (problem,) = caught.value.problems
    assert problem.code == code
    assert hint in problem.hint
    assert text[problem.span.start : problem.span.end] in criterion


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
        ('include "x" when carries at least 1 variant in gene (PCSK9, ldlr)', 'include "x" when carries variant in gene (LDLR, PCSK9)'),
        ('include "x" when carries variant in panel "Short"', 'include "x" when carries variant in gene LDLR'),
        ('include "x" when carries variant rs1 in cis with variant rs2', 'include "x" when carries variant rs2 in cis with variant rs1'),
        ('include "x" when sex is male\ninclude "y" when region is "Jeju"', 'include "y" when region is "Jeju"\ninclude "x" when sex is male'),
    ],
)  # fmt: skip
def test_documents_that_mean_the_same_have_one_fingerprint(dictionaries, one, other):
    def hash_of(rules: str) -> str:
        return fingerprint(analyze(parse(f'cohort "c"\nindex condition\n{rules}'), dictionaries, {}).plan)

    assert hash_of(one) == hash_of(other)
    assert hash_of(one) != hash_of('include "x" when sex is female')


def test_every_part_of_a_genotype_criterion_is_in_the_fingerprint(dictionaries):
    criteria = (
        "carries variant rs1",
        "carries homozygous variant rs1",
        "carries hemizygous variant rs1",
        "no call at variant rs1",
        "carries variant in (rs1, rs2)",
        "carries at least 2 variants in (rs1, rs2)",
        "carries at least 3 variants in (rs1, rs2)",
        "carries at least 2 alleles of variants in (rs1, rs2)",
        "carries biallelic variants in (rs1, rs2)",
        "carries compound heterozygous variants in (rs1, rs2)",
        "carries candidate compound heterozygous variants in (rs1, rs2)",
        "carries variant rs1 in cis with variant rs2",
        "carries variant rs1 in trans with variant rs2",
        "carries variant in gene LDLR",
        "carries variant in gene LDLR in region 1:5-6",
        "carries variant in gene LDLR where lof",
        "score ldl_cholesterol > 1",
        "score ldl_cholesterol >= 1",
        "score ldl_cholesterol percentile > 1",
    )
    made = {
        fingerprint(analyze(parse(f'cohort "c"\nindex condition\ninclude "x" when {part}'), dictionaries, {}).plan)
        for part in criteria
    }
    assert len(made) == len(criteria)


@pytest.mark.parametrize(
    "criterion",
    [
        "carries variant rs1",
        "no call at variant rs1",
        "carries at least 2 variants in gene LDLR",
        "carries biallelic variants in gene LDLR",
        "carries variant rs1 in trans with variant rs2",
        "sex is female or not score ldl_cholesterol > 1",
    ],
)
def test_a_genotype_is_not_asked_of_an_event(dictionaries, criterion):
    with pytest.raises(Problems) as caught:
        analyze(parse(f'cohort "c"\nindex condition having ({criterion})'), dictionaries, {})
    assert caught.value.problems[0].code == "having-genotype"


def test_a_breakdown_by_genotype_names_its_variant(dictionaries):
    with pytest.raises(AnalysisProblem) as caught:
        check_dimension(Dimension(kind=DimensionKind.GENOTYPE), dictionaries)
    assert caught.value.code == "dimension-form"


@pytest.mark.parametrize(
    ("of_a_group", "part_by_part"),
    [
        (
            "not (place of service is missing or duration > 3)",
            "not (place of service is missing) and not (duration > 3)",
        ),
        (
            "not (place of service is missing and duration > 3)",
            "not (place of service is missing) or not (duration > 3)",
        ),
        ("not (not (place of service is missing))", "place of service is missing"),
    ],
)
def test_in_exact_mode_not_is_said_of_each_part(dictionaries, of_a_group, part_by_part):
    plans = [
        analyze(parse(f'cohort "c"\nmode circe-exact\nindex visit in concept 1 where {where}'), dictionaries, {}).plan
        for where in (of_a_group, part_by_part)
    ]
    assert plans[0] == plans[1]
