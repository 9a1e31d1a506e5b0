"""What is wrong with a definition is said once for each fault, with its place and a stable code."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli import app
from cohort_dsl import parse
from cohort_dsl.ast import Mode
from cohort_dsl.circe import from_circe
from schemas.codes import CODES
from schemas.errors import Problems
from tests.circe.definitions import SETS, concept_set, definition, group

EVENTS = "PrimaryCriteria/CriteriaList"
CONDITION = f"{EVENTS}/0/ConditionOccurrence"
RULE = "InclusionRules/0/expression"
TWO = {"InclusionRules": [{"name": "x", "expression": group("ALL")}]}


def put(path: str, value: Any, **changes: Any) -> str:
    """A definition with one value changed."""
    whole = json.loads(definition(**changes))
    *outer, last = path.split("/")
    inner = whole
    for key in outer:
        inner = inner[int(key) if isinstance(inner, list) else key]
    inner[int(last) if isinstance(inner, list) else last] = value
    return json.dumps(whole)


def without(path: str) -> str:
    """A definition with one key less."""
    whole = json.loads(definition())
    *outer, last = path.split("/")
    inner = whole
    for key in outer:
        inner = inner[int(key) if isinstance(inner, list) else key]
    del inner[last]
    return json.dumps(whole)


AGE = f"{CONDITION}/Age"
DATE = f"{CONDITION}/OccurrenceStartDate"
FAULTS = [
    (put("Foo", 1), "json-unknown-key", "/: "),
    (put(f"{CONDITION}/EraLength", None), "json-unknown-key", f"/{CONDITION}: "),
    (put(f"{CONDITION}/codesetId", 1), "json-unknown-key", f"/{CONDITION}: "),
    (put("ConceptSets/0/expression/items/0/concept/Foo", 1), "json-unknown-key", "/ConceptSets/0/expression/items/0/concept: "),
    (put(f"{CONDITION}/CodesetId", "1"), "json-wrong-type", f"/{CONDITION}/CodesetId: "),
    (put(f"{CONDITION}/CodesetId", 1.0), "json-wrong-type", f"/{CONDITION}/CodesetId: "),
    (put(f"{CONDITION}/CodesetId", True), "json-wrong-type", f"/{CONDITION}/CodesetId: "),
    (put(f"{CONDITION}/First", 1), "json-wrong-type", f"/{CONDITION}/First: "),
    (put(f"{CONDITION}/Gender", {}), "json-wrong-type", f"/{CONDITION}/Gender: "),
    (put(f"{CONDITION}/Gender", [8507]), "json-wrong-type", f"/{CONDITION}/Gender/0: "),
    (put(f"{CONDITION}/StopReason", {"Text": 5, "Op": "contains"}), "json-wrong-type", f"/{CONDITION}/StopReason/Text: "),
    (put(AGE, {"Value": "5", "Op": "gt"}), "json-wrong-type", f"/{AGE}/Value: "),
    (put(AGE, {"Value": True, "Op": "gt"}), "json-wrong-type", f"/{AGE}/Value: "),
    (put(AGE, {"Op": "gt"}), "json-missing-key", f"/{AGE}: "),
    (put(AGE, {"Value": 5, "Op": "above"}), "json-wrong-word", f"/{AGE}/Op: "),
    (put(AGE, {"Value": 5, "Op": "bt"}), "circe-value", f"/{AGE}: "),
    (put(AGE, {"Value": 1e300, "Op": "gt"}), "circe-value", f"/{AGE}/Value: "),
    (put(DATE, {"Value": "2015-02-30", "Op": "gt"}), "circe-value", f"/{DATE}/Value: "),
    (put(DATE, {"Value": "yesterday", "Op": "gt"}), "circe-value", f"/{DATE}/Value: "),
    (put(DATE, {"Value": 20150101, "Op": "gt"}), "json-wrong-type", f"/{DATE}/Value: "),
    (put(CONDITION, []), "json-wrong-type", f"/{CONDITION}: "),
    (put(CONDITION, None), "json-wrong-type", f"/{EVENTS}/0: "),
    (put(f"{EVENTS}/0", {}), "circe-criteria", f"/{EVENTS}/0: "),
    (put(f"{EVENTS}/0", {"Death": {}, "Specimen": {}}), "circe-criteria", f"/{EVENTS}/0: "),
    (put(f"{EVENTS}/0", {"Procedure": {}}), "circe-criteria", f"/{EVENTS}/0: "),
    (put(f"{EVENTS}/0", {"Episode": {}}), "circe-criteria", f"/{EVENTS}/0: "),
    (put(f"{EVENTS}/0", {"CustomEra": {"CriteriaList": []}}), "circe-criteria", f"/{EVENTS}/0: "),
    (put(f"{EVENTS}/0", "Death"), "json-wrong-type", f"/{EVENTS}/0: "),
    (put(EVENTS, []), "circe-value", f"/{EVENTS}: "),
    (without("PrimaryCriteria"), "json-missing-key", "/: "),
    (without("PrimaryCriteria/ObservationWindow"), "json-missing-key", "/PrimaryCriteria: "),
    (put("PrimaryCriteria/PrimaryCriteriaLimit/Type", "Some"), "json-wrong-word", "/PrimaryCriteria/PrimaryCriteriaLimit/Type: "),
    (put("PrimaryCriteria/ObservationWindow/PriorDays", 99999), "circe-value", "/PrimaryCriteria/ObservationWindow/PriorDays: "),
    (put(f"{CONDITION}/CodesetId", 9), "circe-concept-set", f"/{CONDITION}/CodesetId: "),
    (put(f"{CONDITION}/ConditionSourceConcept", 9), "circe-concept-set", f"/{CONDITION}/ConditionSourceConcept: "),
    (put(f"{CONDITION}/GenderCS", {"CodesetId": 9}), "circe-concept-set", f"/{CONDITION}/GenderCS/CodesetId: "),
    (put("EndStrategy", {"CustomEra": {"DrugCodesetId": 9}}), "circe-concept-set", "/EndStrategy/CustomEra/DrugCodesetId: "),
    (put("ConceptSets", [*SETS, concept_set(0, "other", 7)]), "circe-concept-set", "/ConceptSets: "),
    (without("ConceptSets/0/expression"), "json-missing-key", "/ConceptSets/0: "),
    (put("cdmVersionRange", ">=7.0.0"), "circe-version", "/cdmVersionRange: "),
    (put("cdmVersionRange", "soon"), "circe-version", "/cdmVersionRange: "),
    (put("EndStrategy", {}), "circe-value", "/EndStrategy: "),
    (put("EndStrategy", {"DateOffset": {"DateField": "Start"}}), "json-wrong-word", "/EndStrategy/DateOffset/DateField: "),
    (put("CollapseSettings", {"EraPad": -1}), "circe-value", "/CollapseSettings/EraPad: "),
    (put("CollapseSettings", {"CollapseType": "NONE"}), "json-wrong-word", "/CollapseSettings/CollapseType: "),
    (put("InclusionRules", None), "json-wrong-type", "/InclusionRules: "),
    (put(RULE, {"Type": "SOME"}, **TWO), "json-wrong-word", f"/{RULE}/Type: "),
    (put(RULE, {"Type": "AT_LEAST", "Groups": [{"Type": "ALL"}]}, **TWO), "json-missing-key", f"/{RULE}: "),
    (put(f"{RULE}/CriteriaList", [{"Criteria": {"Death": {}}}], **TWO), "json-missing-key", f"/{RULE}/CriteriaList/0: "),
    ('{"a": 1, "a": 2}', "json-duplicate-key", ""),
    ('{"a": NaN}', "json-number", ""),
    ("{", "json-syntax", ""),
    ("[" * 5_000, "json-syntax", ""),
    ("[]", "circe-not-a-cohort", ""),
    ('{"id": 1, "name": "x", "expression": {}}', "circe-not-a-cohort", ""),
    ('{"items": []}', "circe-not-a-cohort", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "place"), FAULTS)
def test_fault(text: str, code: str, place: str) -> None:
    with pytest.raises(Problems) as caught:
        from_circe(text)
    problem = caught.value.problems[0]
    assert problem.code == code
    assert problem.code in CODES
    assert problem.message.startswith(place)


def test_every_fault_is_named() -> None:
    text = put(CONDITION, {"CodesetId": 9, "Foo": 1, "Age": {"Value": "x", "Op": "gt"}})
    with pytest.raises(Problems) as caught:
        from_circe(text)
    codes = sorted(problem.code for problem in caught.value.problems)
    assert codes[:3] == ["circe-concept-set", "json-unknown-key", "json-wrong-type"]


def test_a_column_the_cdm_lacks() -> None:
    text = definition({"Specimen": {"SpecimenSourceConcept": 1}})
    assert len(from_circe(text).notes) == 1
    with pytest.raises(Problems) as caught:
        from_circe(text, mode=Mode.CORRECTED)
    (problem,) = caught.value.problems
    assert problem.code == "circe-no-column"
    assert problem.message.startswith(f"/{EVENTS}/0/Specimen/SpecimenSourceConcept: ")


def test_the_command_line(tmp_path: Path) -> None:
    run = CliRunner()
    path = tmp_path / "definition.json"
    path.write_text(definition({"DrugExposure": {"OccurrenceEndDate": {"Value": "2015-01-01", "Op": "gt"}}}))
    imported = run.invoke(app, ["circe", "import", str(path), "--name", "Mine"])
    assert imported.exit_code == 0
    assert "note: /PrimaryCriteria/CriteriaList/0/DrugExposure/OccurrenceEndDate: " in imported.stderr
    cohort = parse(imported.stdout)
    assert (cohort.name, cohort.mode) == ("Mine", Mode.CIRCE_EXACT)
    corrected = run.invoke(app, ["circe", "import", str(path), "--mode", "corrected", "--json"])
    assert "end date > 2015-01-01" in json.loads(corrected.stdout)["text"]
    document = tmp_path / "mine.kohort"
    document.write_text(imported.stdout)
    exported = run.invoke(app, ["circe", "export", str(document)])
    assert from_circe(exported.stdout).cohort == cohort


def test_the_command_line_shows_what_circe_cannot_say(tmp_path: Path) -> None:
    document = tmp_path / "x.kohort"
    document.write_text('cohort "x"\nindex condition\ninclude "y" when carries variant rs671\n')
    shown = CliRunner().invoke(app, ["circe", "export", str(document)])
    assert shown.exit_code == 2
    assert "circe-cannot-say: rule `y`: Circe cannot say a condition on genotypes" in shown.stderr
    assert "^^^^" in shown.stderr
