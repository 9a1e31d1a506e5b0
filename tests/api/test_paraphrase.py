"""A cohort in words over HTTP and on the command line, with the release's names."""

import pytest
from starlette.testclient import TestClient

from tests.api.conftest import SignIn

DOCUMENT = (
    'cohort "Smokers who start a statin"\nlet statins = code ATC:"C10AA" with descendants\n'
    "index first ever drug in statins where age >= 40\n"
    'include "smokes" when survey smoking.status is "current"\ncount by survey smoking.status\n'
)


@pytest.mark.parametrize(("language", "label"), [("en", "HMG CoA reductase inhibitors"), ("ko", "「statins」")])
def test_concepts_are_named_as_the_release_names_them(researcher: TestClient, language: str, label: str) -> None:
    answer = researcher.post("/v1/cohorts/paraphrase", json={"text": DOCUMENT, "language": language}).json()
    assert answer["title"] == "Smokers who start a statin"
    assert answer["language"] == language
    assert label in answer["text"]
    questions = researcher.get("/v1/survey/questions", params={"text": "smoking.status"}).json()["questions"]
    (question,) = (each for each in questions if each["question_id"] == "smoking.status")
    asked = question["label" if language == "en" else "label_ko"]
    given = next(option for option in question["options"] if option["answer"] == "current")
    assert asked in answer["text"]
    assert given["label" if language == "en" else "label_ko"] in answer["text"]
    assert [section["heading"] for section in answer["sections"]]


def test_the_same_document_as_json_reads_the_same(researcher: TestClient) -> None:
    tree = researcher.post("/v1/cohorts/format", json={"text": DOCUMENT}).json()
    from_text = researcher.post("/v1/cohorts/paraphrase", json={"text": DOCUMENT}).json()
    from_json = researcher.post("/v1/cohorts/paraphrase", json={"cohort": tree["cohort"]}).json()
    assert from_text == from_json
    assert from_text["query"] == tree["canonical_hash"]


def test_a_mistake_is_told_where_it_is(researcher: TestClient) -> None:
    reply = researcher.post("/v1/cohorts/paraphrase", json={"text": 'cohort "x" index drug in nowhere'})
    assert reply.status_code == 422
    assert reply.json()["code"] == "undefined-name"


def test_other_languages_are_refused(researcher: TestClient) -> None:
    assert researcher.post("/v1/cohorts/paraphrase", json={"text": DOCUMENT, "language": "fr"}).status_code == 422


def test_nothing_is_charged(sign_in: SignIn) -> None:
    caller = sign_in(project="paraphrased")
    before = caller.get("/v1/budget").json()["remaining_budget"]
    caller.post("/v1/cohorts/paraphrase", json={"text": DOCUMENT})
    assert caller.get("/v1/budget").json()["remaining_budget"] == before
