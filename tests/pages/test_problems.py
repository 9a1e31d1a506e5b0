"""Problems for people: every code they can meet is explained in Korean, and a browser gets a page and no document."""

import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.explanations import ANY_OTHER, explanation
from api.languages import Language
from api.pages import WEB
from cohort_dsl.lint import LINTS
from engine.logical.lints import MEANING_LINTS
from schemas.codes import ACCESS, CIRCE, CODES, FAMILIES, LIMITS, MEANING, READING, REQUEST
from tests.api.conftest import (  # noqa: F401 - fixtures
    ADULTS,
    internal_server,
    researcher,
    server,
    settings,
    sign_in,
    tokens,
)

KOREAN: dict[str, dict[str, str]] = json.loads((WEB / "static" / "problems.ko.json").read_text(encoding="utf-8"))
OF_THE_SERVICE = {
    "internal", "cube-none", "clock-behind", "ledger-unavailable", "runs-unavailable", "server-stopping", "metrics-off",
}  # fmt: skip
"""Faults of the service that a reader of a page is told of in words of their own."""

MET = set().union(READING, MEANING, LIMITS, REQUEST, CIRCE, ACCESS) | OF_THE_SERVICE
HANGUL = re.compile(r"[가-힣]")
BROWSER = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(autouse=True)
def no_cookie_of_an_earlier_test(server: TestClient) -> None:  # noqa: F811
    server.cookies.clear()


def test_every_problem_that_people_meet_is_explained_and_no_other() -> None:
    assert set(KOREAN["problems"]) == MET | {ANY_OTHER}
    assert not MET - set(CODES)


def test_a_code_has_one_meaning() -> None:
    assert len(CODES) == sum(len(family) for family in FAMILIES.values())


def test_every_lint_is_explained_and_no_other() -> None:
    assert set(KOREAN["lints"]) == {*LINTS, *MEANING_LINTS}


@pytest.mark.parametrize("family", ["problems", "lints"])
def test_an_explanation_is_whole_sentences_in_korean(family: str) -> None:
    for code, text in KOREAN[family].items():
        assert HANGUL.search(text), code
        assert text.endswith("."), code
        assert text == text.strip() and "  " not in text, code


def test_what_only_operators_can_put_right_is_explained_as_that() -> None:
    assert "운영자" in str(explanation("release-damaged", Language.KOREAN))
    assert explanation("release-damaged", Language.ENGLISH) is None


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_browser_gets_a_page_in_its_language(server: TestClient, language: str) -> None:  # noqa: F811
    reply = server.get("/nowhere", headers={**BROWSER, "accept-language": language})
    assert reply.status_code == 404
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.headers["content-language"] == language
    assert ("이 주소에는 아무것도 없습니다" in reply.text) == (language == "ko")
    assert ('<p lang="en"' in reply.text) == (language == "en")


@pytest.mark.parametrize("accepted", ["ko", "ko-KR,en;q=0.5", "en", ""])
def test_a_program_is_told_in_the_language_it_accepts(server: TestClient, accepted: str) -> None:  # noqa: F811
    replies = [
        server.get("/v1/nowhere", headers={"accept-language": accepted}),
        server.post("/v1/cohorts/count", json={}, headers={"accept-language": accepted}),
        server.post("/v1/cohorts/count", content=b"{", headers={"accept-language": accepted}),
    ]
    for reply, code in zip(replies, ("not-found", "token-refused", "media-type"), strict=True):
        problem = reply.json()
        assert problem["code"] == code
        assert reply.headers["content-type"] == "application/problem+json"
        assert (reply.headers.get("content-language") == "ko") == accepted.startswith("ko")
        for part in ("title", "detail"):
            assert bool(HANGUL.search(problem[part])) == accepted.startswith("ko"), problem
    assert replies[1].headers["www-authenticate"] == "Bearer"


def test_a_program_gets_the_document_and_so_does_a_browser_from_the_api(server: TestClient) -> None:  # noqa: F811
    for reply in (server.get("/nowhere"), server.get("/v1/nowhere", headers=BROWSER)):
        assert reply.status_code == 404
        assert reply.headers["content-type"] == "application/problem+json"


def test_a_program_is_told_what_is_wrong_with_a_document(researcher: TestClient) -> None:  # noqa: F811
    text = 'cohort "x"\nindex first conditoin\ninclude "y" when sxe is female\n'
    english, korean = (
        researcher.post("/v1/cohorts/count", json={"text": text}, headers={"accept-language": each}).json()
        for each in ("en", "ko")
    )
    assert korean["detail"].endswith("(외 1건)")
    assert korean["title"] == "문서를 읽을 수 없습니다"
    for one, other in zip(english["problems"], korean["problems"], strict=True):
        same = ("code", "span", "line", "column", "expected")
        assert [one[part] for part in same] == [other[part] for part in same]
        assert other["hint"].startswith("혹시 `")
        assert other["message"].startswith("올 수 있는 말: `")
        assert one["message"] not in other["excerpt"] and one["hint"] not in other["excerpt"]
        assert other["message"] in other["excerpt"] and other["hint"] in other["excerpt"]


def test_a_program_is_told_what_is_wrong_with_a_request(researcher: TestClient) -> None:  # noqa: F811
    body = {"text": ADULTS, "precision": "sharp", "librarian": []}
    reply = researcher.post("/v1/cohorts/count", json=body, headers={"accept-language": "ko"})
    assert reply.status_code == 422
    told = {item["message"]: item.get("hint") for item in reply.json()["problems"]}
    assert str(told["body: 알 수 없는 필드가 있습니다."]).startswith("쓸 수 있는 필드: text, ")
    assert str(told["body.precision: 정해진 값 중 하나여야 합니다."]).startswith(
        "다음 중 하나여야 합니다: 'coarse', 'standard'"
    )


def test_what_the_headers_of_a_problem_say_is_kept(server: TestClient) -> None:  # noqa: F811
    reply = server.request("DELETE", "/precision", headers=BROWSER)
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET")
    large = server.post("/verify", headers=BROWSER, content=b"x" * 300_000)
    assert (large.status_code, large.headers["connection"]) == (413, "close")
    assert "262,144" in large.text


def test_nothing_sent_comes_back_as_markup(server: TestClient) -> None:  # noqa: F811
    reply = server.get("/<script>alert(1)</script>?x=<script>", headers=BROWSER)
    assert "<script>alert" not in reply.text


def test_scripts_read_the_file_that_the_server_reads(server: TestClient) -> None:  # noqa: F811
    assert server.get("/static/problems.ko.json").json() == KOREAN
    languages = {language.value for language in Language} - {"en"}
    assert {path.name for path in Path(WEB / "static").glob("problems.*.json")} == {
        f"problems.{each}.json" for each in languages
    }
