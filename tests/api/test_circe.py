"""OHDSI's cohort definitions over HTTP: in, out, and wherever a document may be sent."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cohort_dsl import parse
from cohort_dsl.circe import to_circe
from schemas.wire import ExportedDefinition, ImportedDefinition, ProblemDocument, ValidationAnswer
from tests.circe.definitions import corpus, correlated, definition, group, rules

CIRCE: dict[str, Any] = json.loads(definition(Title="Some condition", **rules(group("ALL", correlated()))))
ENVELOPES = {
    "object": {"id": 7, "name": "Of WebAPI", "expressionType": "SIMPLE_EXPRESSION", "expression": CIRCE},
    "text": {"id": 7, "name": "Of WebAPI", "expression": json.dumps(CIRCE)},
}
EXACT = 'cohort "Some condition"\nmode circe-exact\n'


def imported(client: TestClient, **body: Any) -> ImportedDefinition:
    reply = client.post("/v1/cohorts/import", json=body)
    assert reply.status_code == 200, reply.text
    return ImportedDefinition.model_validate(reply.json())


def problem(client: TestClient, path: str, **body: Any) -> ProblemDocument:
    reply = client.post(f"/v1/cohorts/{path}", json=body)
    assert reply.status_code == 422
    return ProblemDocument.model_validate(reply.json())


def test_a_definition_becomes_text_and_json_of_one_meaning(researcher: TestClient) -> None:
    answer = imported(researcher, definition=CIRCE)
    assert answer.text.startswith('cohort "Some condition"\nmode circe-exact\n')
    again = researcher.post("/v1/cohorts/format", json={"cohort": answer.cohort}).json()
    assert (again["text"], again["canonical_hash"]) == (answer.text, answer.canonical_hash)


def test_the_mode_and_the_name_may_be_chosen(researcher: TestClient) -> None:
    answer = imported(researcher, definition=CIRCE, mode="corrected", name="Mine")
    assert answer.text.startswith('cohort "Mine"\n')
    assert "mode" not in answer.text.splitlines()[1]
    assert researcher.post("/v1/cohorts/import", json={"definition": CIRCE, "mode": "fast"}).status_code == 422


@pytest.mark.parametrize("envelope", ENVELOPES.values(), ids=ENVELOPES.keys())
def test_the_envelope_of_webapi_is_opened_and_names_the_cohort(researcher: TestClient, envelope: Any) -> None:
    answer = imported(researcher, definition=envelope)
    assert answer.text == imported(researcher, definition=CIRCE, name="Of WebAPI").text


def test_notes_and_lints_have_their_place(researcher: TestClient) -> None:
    described = {"name": "r", "description": "why", "expression": group("ALL", correlated())}
    answer = imported(researcher, definition=CIRCE | {"InclusionRules": [described]})
    assert [note.place for note in answer.notes] == ["/InclusionRules/0/description"]
    unused = [lint for lint in answer.lints if lint.code == "unused-concept-set"]
    assert [answer.text.splitlines()[lint.line - 1].split()[1] for lint in unused if lint.line] == ["c", "d"]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"Foo": 1}, "json-unknown-key", "/: "),
        ({"InclusionRules": [{"name": "x"}]}, "json-missing-key", "/InclusionRules/0: "),
        ({"PrimaryCriteria": []}, "json-wrong-type", "/PrimaryCriteria: "),
    ],
)
def test_a_bad_definition_is_refused_with_the_json_pointer_wherever_it_is_sent(
    researcher: TestClient, change: dict[str, Any], code: str, pointer: str
) -> None:
    bad = CIRCE | change
    for found in (
        problem(researcher, "import", definition=bad),
        problem(researcher, "import", definition=ENVELOPES["object"] | {"expression": bad}),
        problem(researcher, "count", cohort=bad),
        problem(researcher, "validate", text=json.dumps(bad)),
    ):
        assert found.problems is not None
        assert [(item.code, item.message[: len(pointer)]) for item in found.problems] == [(code, pointer)]


def test_what_is_no_definition_is_refused(researcher: TestClient) -> None:
    for other in ({}, {"items": []}, {"kohort": 1, "cohort": {}}, {"expression": {"items": []}}, {"expression": "[]"}):
        assert problem(researcher, "import", definition=other).code in ("circe-not-a-cohort", "json-missing-key")


def test_a_definition_is_a_document_wherever_one_may_be_sent(researcher: TestClient) -> None:
    text = imported(researcher, definition=CIRCE).text
    query = researcher.post("/v1/cohorts/validate", json={"text": text}).json()["query"]
    for body in ({"cohort": CIRCE}, {"text": json.dumps(CIRCE, indent=1)}, {"cohort": ENVELOPES["text"]}):
        for path in ("validate", "explain", "count", "attrition"):
            reply = researcher.post(f"/v1/cohorts/{path}", json=body)
            assert (reply.status_code, reply.json()["query"]) == (200, query)
    wrapped = 'cohort "x"\nindex first cohort "c"\n'
    for library in ({"c": text}, {"c": json.dumps(CIRCE)}):
        reply = researcher.post("/v1/cohorts/count", json={"text": wrapped, "library": library})
        assert reply.status_code == 200


def test_validation_of_a_definition_gives_its_notes(researcher: TestClient) -> None:
    described = {"name": "r", "description": "why", "expression": group("ALL", correlated())}
    reply = researcher.post("/v1/cohorts/validate", json={"cohort": CIRCE | {"InclusionRules": [described]}})
    assert [note.place for note in ValidationAnswer.model_validate(reply.json()).notes] == [
        "/InclusionRules/0/description"
    ]
    assert researcher.post("/v1/cohorts/validate", json={"text": EXACT + "index death\n"}).json()["notes"] == []


def test_export_gives_what_ohdsi_reads_and_what_comes_back_means_the_same(researcher: TestClient) -> None:
    text = imported(researcher, definition=CIRCE).text
    reply = researcher.post("/v1/cohorts/export", json={"text": text})
    made = ExportedDefinition.model_validate(reply.json()).definition
    assert made == json.loads(to_circe(parse(text)))
    assert imported(researcher, definition=made).text == text


def test_what_circe_cannot_say_is_refused_where_it_stands(researcher: TestClient) -> None:
    text = 'cohort "x"\nindex death\ninclude "c" when carries variant rs671\n'
    found = problem(researcher, "export", text=text)
    assert (found.code, found.problems and found.problems[0].line) == ("circe-cannot-say", 3)


def test_criteria_nested_many_times_can_be_posted(researcher: TestClient) -> None:
    criteria: dict[str, Any] = {"ConditionOccurrence": {"CodesetId": 1}}
    for _ in range(15):
        criteria = {"ConditionOccurrence": {"CodesetId": 1, "CorrelatedCriteria": group("ALL", correlated(criteria))}}
    answer = imported(researcher, definition=CIRCE | {"InclusionRules": [], "CensoringCriteria": [criteria]})
    assert answer.text.count("having (") == 15


def test_the_largest_definition_of_the_corpus_can_be_posted(researcher: TestClient, shared: Path) -> None:
    largest = max(corpus(shared).values(), key=len)
    body = json.dumps({"definition": json.loads(largest)}, indent=2)
    assert len(body) > 500_000
    reply = researcher.post("/v1/cohorts/import", content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 200
