"""Groups, correlated criteria and demographic criteria: what they say in the language, and that they go back."""

from typing import Any

import pytest

from cohort_dsl import print_cohort
from cohort_dsl.circe import from_circe, to_circe
from tests.circe.definitions import correlated, definition, group, rules

B = correlated()
DEATH = correlated({"Death": {}})
MALE = {"Gender": [{"CONCEPT_ID": 8507}]}


def said(one: dict[str, Any]) -> str:
    """What follows `when` in the rule that a group becomes."""
    cohort = from_circe(definition(**rules(one))).cohort
    assert from_circe(to_circe(cohort)).cohort == cohort
    return " ".join(print_cohort(cohort).split()).split(" when ", 1)[1]


def window(start: int | str, end: int | str, **flags: bool) -> dict[str, Any]:
    """Days after the index, `-` and `+` for the ends of the observation period."""

    def endpoint(given: int | str) -> dict[str, int]:
        if isinstance(given, str):
            return {"Coeff": -1 if given == "-" else 1}
        return {"Days": abs(given), "Coeff": -1 if given < 0 else 1}

    return {"Start": endpoint(start), "End": endpoint(end)} | flags


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (window("-", "+"), None, ""),
        (window("-", -1), None, " before index"),
        (window(-365, 0), None, " within 365 days before index"),
        (window(1, "+"), None, " after index"),
        (window("+", "+"), None, " on or after observation end"),
        (window("-", "-"), None, " on or before observation start"),
        (window(-30, 30, UseIndexEnd=True), None, " within 30 days of index end"),
        (window(-30, 30, UseEventEnd=True), None, " ending within 30 days of index"),
        (window(-99_999, 0), None, " on or before index"),
        (window("-", 0), window(0, "+"), " starting on or before index and ending from index to observation end"),
        (window("-", 0), window(0, "+", UseEventEnd=False), " on index"),
        (window(0, "+"), window("-", 0, UseEventEnd=False, UseIndexEnd=True), " from index to index end"),
        (window("-", "+"), window("-", 30), " ending from observation start to 30 days after index"),
        (window("-", "+"), window(-99_999, 99_999), ""),
        (window("-", "+"), window(-99_999, 5), " ending from any time before to 5 days after index"),
        (
            window("-", 0, UseEventEnd=True),
            window(0, 30),
            " ending from observation start to index and ending within 30 days after index",
        ),
    ],
)
def test_windows(start: dict[str, Any], end: dict[str, Any] | None, words: str) -> None:
    one = correlated(StartWindow=start, EndWindow=end)
    assert said(group("ALL", one)) == f"any condition in b{words}"


def test_windows_without_observation_are_open() -> None:
    one = correlated(StartWindow=window("-", 0), EndWindow=window(0, "+"), IgnoreObservationPeriod=True)
    words = "any condition in b starting on or before index and ending on or after index ignoring observation"
    assert said(group("ALL", one)) == words


@pytest.mark.parametrize(
    ("kind", "count", "more", "words"),
    [
        (0, 0, {}, "no condition in b"),
        (1, 0, {}, "no condition in b"),
        (2, 1, {}, "any condition in b"),
        (0, 2, {}, "exactly 2 conditions in b"),
        (1, 2, {}, "at most 2 conditions in b"),
        (2, 2, {}, "at least 2 conditions in b"),
        (2, 0, {}, "all of ()"),
        (2, 2, {"IsDistinct": True}, "at least 2 distinct concepts of condition in b"),
        (2, 1, {"IsDistinct": True}, "any condition in b"),
        (2, 2, {"IsDistinct": True, "CountColumn": "START_DATE"}, "at least 2 distinct dates of condition in b"),
        (1, 2, {"IsDistinct": True, "CountColumn": "VISIT_ID"}, "at most 2 distinct visits of condition in b"),
        (0, 0, {"IsDistinct": True, "CountColumn": "VISIT_ID"}, "exactly 0 distinct visits of condition in b"),
        (2, 2, {"CountColumn": "START_DATE"}, "at least 2 conditions in b"),
    ],
)
def test_counts(kind: int, count: int, more: dict[str, Any], words: str) -> None:
    assert said(group("ALL", correlated(Occurrence={"Type": kind, "Count": count} | more))) == words


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (correlated({"Measurement": {}}, RestrictVisit=True), "any measurement at the same visit"),
        (correlated({"Death": {}}, RestrictVisit=True), "not (all of ())"),
        (correlated({"Death": {}}, RestrictVisit=True, Occurrence={"Type": 1, "Count": 2}), "all of ()"),
        (correlated(StartWindow=window(5, 3)), "not (all of ())"),
        (correlated(StartWindow=window(5, 3), Occurrence={"Type": 0, "Count": 0}), "all of ()"),
    ],
)
def test_what_can_never_happen(one: dict[str, Any], words: str) -> None:
    assert said(group("ALL", one)) == words


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (group("ALL"), "all of ()"),
        (group("AT_MOST", Count=0), "all of ()"),
        (group("ALL", B, DEATH), "any condition in b and any death"),
        (group("any", B, DEATH), "any condition in b or any death"),
        (group("ANY", B), "any condition in b"),
        (
            group("AT_LEAST", B, DEATH, people=[MALE], Count=2),
            "at least 2 of (any condition in b, any death, sex is male)",
        ),
        (group("AT_LEAST", B, DEATH, Count=1), "any condition in b or any death"),
        (group("AT_LEAST", B, DEATH, Count=2), "any condition in b and any death"),
        (group("AT_LEAST", B, DEATH, Count=3), "not (all of ())"),
        (group("AT_LEAST", B, Count=0), "all of ()"),
        (
            group("AT_MOST", B, DEATH, people=[MALE], Count=1),
            "at most 1 of (any condition in b, any death, sex is male)",
        ),
        (group("AT_MOST", B, DEATH, Count=0), "none of (any condition in b, any death)"),
        (group("AT_MOST", B, Count=0), "no condition in b"),
        (group("AT_MOST", people=[MALE], Count=0), "not (sex is male)"),
        (group("AT_MOST", B, Count=1), "all of ()"),
        (
            group("ALL", B, groups=[group("ALL", DEATH, people=[MALE])]),
            "any condition in b and any death and sex is male",
        ),
        (
            group("ANY", B, groups=[group("ALL", DEATH, people=[MALE])]),
            "any condition in b or (any death and sex is male)",
        ),
        (group("ALL", B, groups=[group("ANY")]), "any condition in b"),
        (group("ANY", B, groups=[group("ANY")]), "all of ()"),
    ],
)
def test_groups(one: dict[str, Any], words: str) -> None:
    assert said(one) == words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "all of ()"),
        ({"Age": {"Value": 18, "Op": "gte"}, **MALE}, "age at index >= 18 and sex is male"),
        ({"Age": {"Value": 18, "Extent": 60, "Op": "!bt"}}, "not (age at index in 18..60)"),
        ({"Gender": [{"CONCEPT_ID": 8532}]}, "sex is female"),
        ({"Gender": [{"CONCEPT_ID": 8507}, {"CONCEPT_ID": 8532}]}, "gender in (concept 8507, concept 8532)"),
        ({"Gender": [{"CONCEPT_ID": 0}]}, "gender in (concept 0)"),
        ({"GenderCS": {"CodesetId": 1, "IsExclusion": True}}, "not (gender in b)"),
        ({"Race": [{"CONCEPT_ID": 3, "CONCEPT_NAME": "X"}]}, 'race in (concept 3 "X")'),
        ({"RaceCS": {"CodesetId": 1}}, "race in b"),
        ({"RaceCS": {}}, "race is not missing"),
        ({"Ethnicity": [{"CONCEPT_ID": 3}]}, "ethnicity in (concept 3)"),
        ({"EthnicityCS": {"IsExclusion": True}}, "ethnicity is missing"),
        ({"OccurrenceStartDate": {"Value": "2015-01-01", "Op": "gte"}}, "index date >= 2015-01-01"),
        ({"OccurrenceEndDate": {"Value": "2015-01-01", "Op": "lt"}}, "index end date < 2015-01-01"),
    ],
)
def test_demographics(given: dict[str, Any], words: str) -> None:
    assert said(group("ALL", people=[given])) == words


def test_nested_criteria_are_about_the_event() -> None:
    inner = group("ALL", correlated(StartWindow=window(0, 7)))
    drug = correlated({"DrugExposure": {"CorrelatedCriteria": inner}}, StartWindow=window("-", -1))
    nested = group("ANY", drug, people=[{"Age": {"Value": 5, "Op": "gt"}}])
    cohort = from_circe(definition({"ConditionOccurrence": {"CodesetId": 0, "CorrelatedCriteria": nested}})).cohort
    words = "having (any drug having (any condition in b within 7 days after it) before it or its age > 5)"
    assert words in print_cohort(cohort)
    assert from_circe(to_circe(cohort)).cohort == cohort


def test_nested_criteria_that_say_nothing() -> None:
    """An empty group is passed over; one that is always true still keeps to events in an observation period."""
    empty = definition({"ConditionOccurrence": {"CorrelatedCriteria": group("ANY")}})
    assert "having" not in print_cohort(from_circe(empty).cohort)
    always = definition({"ConditionOccurrence": {"CorrelatedCriteria": group("AT_LEAST", B, Count=0)}})
    cohort = from_circe(always).cohort
    assert "having (all of ())" in print_cohort(cohort)
    assert from_circe(to_circe(cohort)).cohort == cohort
