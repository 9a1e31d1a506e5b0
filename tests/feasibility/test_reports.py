"""Reports over HTTP: what they hold, what they cost, who gets one, and how they are printed."""

import json
import re
from typing import Any

import pypdfium2
import pytest
from starlette.testclient import TestClient

from schemas.policy import AccessTier
from tests.api.conftest import SignIn
from tests.feasibility.conftest import DOCUMENT


def test_it_holds_what_the_questions_themselves_are_answered(sign_in: SignIn) -> None:
    caller = sign_in(project="same")
    report = caller.post("/v1/feasibility", json={"text": DOCUMENT}).json()["report"]
    count = caller.post("/v1/cohorts/count", json={"text": DOCUMENT}).json()
    attrition = caller.post("/v1/cohorts/attrition", json={"text": DOCUMENT}).json()
    breakdown = caller.post("/v1/cohorts/breakdown", json={"text": DOCUMENT}).json()
    assert [count["charged"], attrition["charged"], breakdown["charged"]] == [0, 0, 0]
    assert report["count"] == count["count"]
    assert report["query"] == count["query"]
    assert report["attrition"] == {"population": attrition["population"], "steps": attrition["steps"]}
    (table,) = report["breakdowns"]
    assert table == {name: breakdown[name] for name in table}
    formatted = caller.post("/v1/cohorts/format", json={"text": DOCUMENT}).json()
    assert (report["document"], report["document_hash"]) == (formatted["text"], formatted["canonical_hash"])
    paraphrase = caller.post("/v1/cohorts/paraphrase", json={"text": DOCUMENT}).json()
    assert report["paraphrase"] == paraphrase["sections"]


def test_asked_again_it_is_the_same_and_free(sign_in: SignIn) -> None:
    caller = sign_in(project="again")
    first = caller.post("/v1/feasibility", json={"text": DOCUMENT}).json()["report"]
    second = caller.post("/v1/feasibility", json={"text": DOCUMENT}).json()["report"]
    assert first["charged"] > 0
    assert second["charged"] == 0
    assert {**first, "charged": 0} == second


def test_both_languages_have_the_same_numbers(sign_in: SignIn) -> None:
    caller = sign_in(project="languages")
    english, korean = (
        caller.post("/v1/feasibility", json={"text": DOCUMENT, "language": language}).json()["report"]
        for language in ("en", "ko")
    )
    assert korean["charged"] == 0
    for part in ("count", "attrition", "breakdowns", "query", "document"):
        assert english[part] == korean[part]
    assert "실제 인원" in korean["meaning"][0]
    assert korean["paraphrase"][0]["heading"] == "연구 대상과 기준일"


def test_tables_may_be_named_or_are_sex_and_age(sign_in: SignIn) -> None:
    caller = sign_in(AccessTier.CONTROLLED, project="tables")
    plain = DOCUMENT.replace("count by sex, age(10)\n", "")
    usual = caller.post("/v1/feasibility", json={"text": plain}).json()["report"]
    assert [table["dimensions"] for table in usual["breakdowns"]] == [["sex"], ["age(10)"]]
    asked = {"text": plain, "breakdowns": [["region"], ["sex", "age(20)"]]}
    named = caller.post("/v1/feasibility", json=asked).json()["report"]
    assert [table["dimensions"] for table in named["breakdowns"]] == [["region"], ["sex", "age(20)"]]
    none = caller.post("/v1/feasibility", json={"text": plain, "breakdowns": []}).json()["report"]
    assert none["breakdowns"] == []


def test_what_the_tier_may_not_see_is_left_out_and_said(sign_in: SignIn) -> None:
    rules = "".join(f'include "r{age}" when age at index >= {age}\n' for age in range(21, 33))
    text = DOCUMENT.replace("count by", f"{rules}count by")
    reply = sign_in(AccessTier.CONTROLLED, project="long").post("/v1/feasibility", json={"text": text})
    report = reply.json()["report"]
    assert report["attrition"] is None
    assert [each["part"] for each in report["left_out"]] == ["attrition"]
    assert "15" in report["left_out"][0]["why"]


def test_who_asks_no_questions_gets_no_report(sign_in: SignIn, server: TestClient) -> None:
    assert sign_in(AccessTier.PUBLIC).post("/v1/feasibility", json={"text": DOCUMENT}).status_code == 403
    assert server.post("/v1/feasibility", json={"text": DOCUMENT}).status_code == 401
    assert sign_in(AccessTier.INTERNAL).post("/v1/feasibility", json={"text": DOCUMENT}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"text": "cohort"},
        {"text": DOCUMENT, "breakdowns": [["sex"]] * 7},
        {"text": DOCUMENT, "breakdowns": [["nonsense"]]},
        {"text": DOCUMENT, "language": "fr"},
        {},
    ],
)
def test_bad_requests_are_told_in_words_and_cost_nothing(sign_in: SignIn, body: dict[str, Any]) -> None:
    caller = sign_in(project="bad")
    reply = caller.post("/v1/feasibility", json=body)
    assert reply.status_code == 422
    assert reply.json()["detail"]
    assert all(each["spent"] == 0 for each in caller.get("/v1/budget").json()["remaining_budget"][:1])


@pytest.mark.parametrize("language", ["en", "ko"])
def test_html_and_pdf_say_the_same_numbers(sign_in: SignIn, language: str) -> None:
    caller = sign_in(project="printed")
    signed = caller.post("/v1/feasibility", json={"text": DOCUMENT, "language": language}).json()
    html = caller.post("/v1/feasibility/html", json=signed)
    pdf = caller.post("/v1/feasibility/pdf", json=signed)
    assert html.headers["content-type"].startswith("text/html")
    assert "attachment" in html.headers["content-disposition"]
    read = pypdfium2.PdfDocument(pdf.content)
    printed = "".join(page.get_textpage().get_text_bounded() for page in read)
    squeezed = re.sub(r"\s", "", printed)
    for text in (html.text, squeezed):
        for value in (signed["report"]["count"], *(step["left"] for step in signed["report"]["attrition"]["steps"])):
            words = f"{value['value']:,} ± {value['margin']:,}" if "value" in value else f"{value['less_than']:,}"
            assert words in text or words.replace(" ", "") in text
        assert signed["signature"]["value"] in text
        assert signed["report"]["document_hash"] in text
    heading = signed["report"]["paraphrase"][0]["heading"]
    assert heading in html.text
    assert heading.replace(" ", "") in squeezed
    assert "<script" not in html.text
    assert read.count_attachments() == 1
    attached = read.get_attachment(0).get_data()
    assert caller.post("/v1/feasibility/verify", json={"text": bytes(attached).decode()}).json()["genuine"]


def test_the_same_report_is_printed_to_the_same_bytes(sign_in: SignIn, signed: dict[str, Any]) -> None:
    caller = sign_in(project="feasible")
    first, second = (caller.post("/v1/feasibility/pdf", json=signed).content for _ in range(2))
    assert first == second


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_nothing_is_printed_that_was_not_signed(sign_in: SignIn, signed: dict[str, Any], form: str) -> None:
    signed["report"]["count"] = {"value": 999_990, "margin": 1}
    reply = sign_in(project="feasible").post(f"/v1/feasibility/{form}", json=signed)
    assert reply.status_code == 422
    assert reply.json()["code"] == "report-unverified"


def test_markup_in_a_document_stays_text(sign_in: SignIn) -> None:
    caller = sign_in(project="markup")
    text = DOCUMENT.replace("Adults with a diagnosis", "<script>alert(1)</script>").replace('"women"', '"<img src=x>"')
    signed = caller.post("/v1/feasibility", json={"text": text}).json()
    html = caller.post("/v1/feasibility/html", json=signed).text
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def test_anybody_may_check_and_have_the_keys(server: TestClient, signed: dict[str, Any]) -> None:
    found = server.post("/v1/feasibility/verify", json={"text": json.dumps(signed)}).json()
    assert found["genuine"]
    assert [check["name"] for check in found["checks"]] == ["form", "key", "signature", "period", "document"]
    assert found["title"] == "Adults with a diagnosis"
    (key,) = server.get("/v1/feasibility/keys").json()["keys"]
    assert key["key_id"] == signed["signature"]["key_id"]
    assert key["last"] is None
    assert "report" in server.get("/verify").text
