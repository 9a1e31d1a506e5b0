"""The parts of a definition around its criteria."""

import json
from typing import Any

import pytest

from cohort_dsl import print_cohort
from cohort_dsl.ast import Mode
from cohort_dsl.circe import from_circe, to_circe
from tests.circe.definitions import concept_set, correlated, definition, group

ADDITIONAL = {"AdditionalCriteria": group("ALL", correlated())}
NO_CRITERIA = {"AdditionalCriteria": group("ALL")}


def said(**changes: Any) -> str:
    """The document from its index on, on one line."""
    cohort = from_circe(definition(**changes)).cohort
    assert from_circe(to_circe(cohort)).cohort == cohort
    text = print_cohort(cohort)
    return " ".join(text[text.index("index") :].split())


def primary(kind: str, *, prior: int = 0, post: int = 0) -> dict[str, Any]:
    """Any condition or death, with this limit."""
    return {
        "PrimaryCriteria": {
            "CriteriaList": [{"ConditionOccurrence": {}}, {"Death": {}}],
            "ObservationWindow": {"PriorDays": prior, "PostDays": post},
            "PrimaryCriteriaLimit": {"Type": kind},
        }
    }


def limits(qualified: str | None, expression: str | None) -> dict[str, Any]:
    """The two other limits."""
    return {"QualifiedLimit": {"Type": qualified}, "ExpressionLimit": {"Type": expression}}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (primary("All", prior=365, post=30), "index condition or death observed 365 days before and 30 days after"),
        (primary("All", prior=-5, post=-1), "index condition or death"),
        (primary("First") | limits("All", "First"), "index earliest of condition or death"),
        (primary("last") | limits("First", "Last"), "index latest of condition or death"),
        (primary("All") | limits("First", "first"), "index condition or death keep first entry"),
        (primary("All") | limits("First", "Last"), "index condition or death keep last entry"),
        (
            primary("All") | limits("First", "Last") | ADDITIONAL,
            "index condition or death qualify earliest when any condition in b",
        ),
        (
            primary("All") | limits("Last", "All") | ADDITIONAL,
            "index condition or death qualify latest when any condition in b",
        ),
        (
            primary("All") | limits("All", "Last") | ADDITIONAL,
            "index condition or death qualify when any condition in b keep last entry",
        ),
        (
            primary("First") | limits("Last", "Last") | ADDITIONAL,
            "index earliest of condition or death qualify when any condition in b",
        ),
        (primary("All") | limits(None, None) | ADDITIONAL, "index condition or death qualify when any condition in b"),
        (primary("All") | limits("Last", "First") | NO_CRITERIA, "index latest of condition or death"),
        (primary("First") | limits("Last", "First") | NO_CRITERIA, "index earliest of condition or death"),
    ],
)
def test_limits(changes: dict[str, Any], words: str) -> None:
    assert said(**changes) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"EndStrategy": {"DateOffset": {"DateField": "StartDate", "Offset": 365}}}, "end 365 days after start"),
        ({"EndStrategy": {"DateOffset": {"DateField": "EndDate", "Offset": -5}}}, "end 5 days before end"),
        ({"EndStrategy": {"CustomEra": {"DrugCodesetId": 2}}}, "end with exposure to c"),
        (
            {"EndStrategy": {"CustomEra": {"DrugCodesetId": 2, "GapDays": 30, "Offset": 7, "DaysSupplyOverride": 28}}},
            "end 7 days after exposure to c with gaps of at most 30 days and supply of 28 days",
        ),
        (
            {"CensoringCriteria": [{"Death": {}}, {"ConditionOccurrence": {"First": True}}]},
            "end at death or at first ever condition",
        ),
        ({"CollapseSettings": {"CollapseType": "ERA", "EraPad": 30}}, "join entries within 30 days"),
        ({"CensorWindow": {"StartDate": "2010-01-01", "EndDate": "2019-12-31"}}, "study period 2010-01-01..2019-12-31"),
        ({"CensorWindow": {"EndDate": "2019-12-31"}}, "study period ..2019-12-31"),
    ],
)
def test_ends(changes: dict[str, Any], words: str) -> None:
    assert said(**changes) == f"index condition in a {words}"


@pytest.mark.parametrize(
    "changes",
    [
        {"CensorWindow": {}},
        {"CensoringCriteria": None},
        {"EndStrategy": None},
        {"EndStrategy": {"DateOffset": {"Offset": 99999}}},
    ],
)
def test_no_end(changes: dict[str, Any]) -> None:
    assert said(**changes) == "index condition in a"


def test_rules_have_names_of_their_own() -> None:
    expression = group("ALL", correlated())
    given = [{"name": "x", "expression": expression}] * 2 + [
        {"name": " ", "expression": expression},
        {"expression": expression},
    ]
    names = [rule.name for rule in from_circe(definition(InclusionRules=given)).cohort.rules]
    assert names == ["x", "x 2", "rule 3", "rule 4"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Type 2 Diabetes (broad)", "type_2_diabetes_broad"),
        ("Sjögren's", "sjogren_s"),
        ("first", "set_first"),
        ("4-AP", "set_4_ap"),
        ("당뇨", "set_7"),
        ("", "set_7"),
        (None, "set_7"),
        (
            "a very long name of a concept set which goes on and on without saying much",
            "a_very_long_name_of_a_concept_set_which_goes_on",
        ),
    ],
)
def test_concept_sets_have_readable_names(name: str | None, words: str) -> None:
    text = definition({"ConditionOccurrence": {"CodesetId": 7}}, ConceptSets=[concept_set(7, name, 1)])
    assert from_circe(text).cohort.lets[0].name == words


def test_concept_sets() -> None:
    whole = {
        "concept": {"CONCEPT_ID": 201826, "CONCEPT_NAME": "T2DM", "VOCABULARY_ID": "SNOMED"},
        "includeDescendants": True,
        "includeMapped": True,
    }
    out = {"concept": {"CONCEPT_ID": 5}, "isExcluded": True}
    sets = [concept_set(0, "x", whole, out), concept_set(1, "X", 1), concept_set(2, "y"), concept_set(3, "z", out)]
    text = print_cohort(from_circe(definition(ConceptSets=sets)).cohort)
    assert [line for line in text.splitlines() if line.startswith("let")] == [
        'let x = concept 201826 "T2DM" with descendants and mapped excluding concept 5',
        "let x_2 = concept 1",
        "let y = none",
        "let z = none",
    ]


def test_a_repeated_concept_set_is_one() -> None:
    sets = [concept_set(0, "x", 1)] * 2
    assert len(from_circe(definition(ConceptSets=sets)).cohort.lets) == 1


def test_names_and_modes() -> None:
    text = definition(Title="From the title")
    assert from_circe(text).cohort.name == "From the title"
    assert from_circe(text, name="Given").cohort.name == "Given"
    assert from_circe(definition()).cohort.name == "Circe cohort"
    assert from_circe(text).cohort.mode is Mode.CIRCE_EXACT
    assert from_circe(text, mode=Mode.CORRECTED).cohort.mode is Mode.CORRECTED


def test_what_is_exported_has_every_key_that_atlas_expects() -> None:
    written = json.loads(to_circe(from_circe(definition(**ADDITIONAL)).cohort))
    assert set(written) == {
        *("cdmVersionRange", "Title", "PrimaryCriteria", "AdditionalCriteria", "ConceptSets", "QualifiedLimit"),
        *("ExpressionLimit", "InclusionRules", "CensoringCriteria", "CollapseSettings", "CensorWindow"),
    }
    assert written["cdmVersionRange"] == ">=5.0.0"
    assert written["CollapseSettings"] == {"CollapseType": "ERA", "EraPad": 0}
    (one,) = written["AdditionalCriteria"]["CriteriaList"]
    assert set(one) == {"Criteria", "StartWindow", "Occurrence", "RestrictVisit", "IgnoreObservationPeriod"}
    (item,) = written["ConceptSets"][0]["expression"]["items"]
    assert set(item) == {"concept", "isExcluded", "includeDescendants", "includeMapped"}
