"""Pictures over HTTP: of answers as they came, and of nothing else."""

from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from api import pictures_style
from tests.api.conftest import ADULTS
from tests.client.answers import ATTRITION, BY_SEX


@pytest.mark.parametrize(
    ("path", "asked", "kind"),
    [
        ("attrition", {"text": ADULTS}, "attrition"),
        ("breakdown", {"text": ADULTS, "by": ["sex", "age(10)"]}, "pyramid"),
        ("breakdown", {"text": ADULTS, "by": ["index year"]}, "trend"),
        ("genotypes", {"text": ADULTS, "variants": ["rs671"]}, "genotypes"),
        ("overlap", {"cohorts": [{"text": ADULTS}, {"text": ADULTS.replace("20", "40")}]}, "overlap"),
    ],
)
def test_an_answer_can_be_sent_back_as_it_came(researcher: TestClient, path: str, asked: dict, kind: str) -> None:
    answer = researcher.post(f"/v1/cohorts/{path}", json=asked).json()
    reply = researcher.post(f"/v1/pictures/{kind}", json={"answer": answer, "language": "ko", "width": 360})
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "image/svg+xml"
    assert ElementTree.fromstring(reply.text).get("width") == "360"


def test_two_breakdowns_are_compared(researcher: TestClient) -> None:
    answer = BY_SEX.model_dump(mode="json")
    body = {"answer": {"names": ["a", "b"], "answers": [answer, answer]}}
    assert researcher.post("/v1/pictures/comparison", json=body).status_code == 200


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("pyramid", {"answer": BY_SEX.model_dump(mode="json")}, "picture-unsuited"),
        ("attrition", {"answer": {"left": 3}}, "request-field"),
        ("attrition", {"answer": ATTRITION.model_dump(mode="json"), "width": 100_000}, "request-field"),
        ("attrition", {"answer": ATTRITION.model_dump(mode="json"), "language": "fr"}, "request-field"),
        ("pie", {"answer": ATTRITION.model_dump(mode="json")}, "request-field"),
    ],
)
def test_what_cannot_be_drawn_is_refused(researcher: TestClient, kind: str, body: dict, code: str) -> None:
    reply = researcher.post(f"/v1/pictures/{kind}", json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, code)


def test_the_style_sheet_of_pages_is_that_of_pictures() -> None:
    assert pictures_style.FILE.read_text(encoding="utf-8") == pictures_style.sheet(), (
        "run `python -m api.pictures_style`"
    )
