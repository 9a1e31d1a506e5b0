"""Checking a report by the form alone, as a browser does that runs no scripts."""

import json
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.feasibility.form import read_form
from schemas.errors import SyntaxProblem
from schemas.wire import MOST_ANONYMOUS_BYTES, MOST_REPORT_BYTES

KOREAN = {"accept-language": "ko", "accept": "text/html"}


def submit(server: TestClient, *, file: bytes = b"", text: str = "", **headers: str) -> Any:
    fields = {"file": ("report.json", file, "application/json"), "text": (None, text.encode())}
    return server.post("/verify", files=fields, headers={"accept-language": "en", **headers})


def verdict(page: str) -> str:
    found = re.search(r'<section id="verdict".*?</section>', page, re.S)
    assert found
    return found[0]


@pytest.mark.parametrize("by", ["file", "text"])
def test_a_genuine_report_is_told_so_with_what_it_says(server: TestClient, signed: dict[str, Any], by: str) -> None:
    text = json.dumps(signed, ensure_ascii=False)
    reply = submit(server, file=text.encode()) if by == "file" else submit(server, text=text)
    assert reply.status_code == 200
    found = verdict(reply.text)
    assert 'data-genuine="true"' in found
    assert found.count('data-passed="true"') == 5
    count = signed["report"]["count"]
    assert f"{count['value']:,} ± {count['margin']}" in found
    assert signed["report"]["project"] in found


def test_the_page_says_the_same_as_the_route(server: TestClient, signed: dict[str, Any]) -> None:
    text = json.dumps(signed).replace('"Adults', '"Adulte', 1)
    told = server.post("/v1/feasibility/verify", json={"text": text}).json()
    found = verdict(submit(server, text=text).text)
    assert 'data-genuine="false"' in found
    assert re.findall(r'data-passed="(\w+)"', found) == [str(check["passed"]).lower() for check in told["checks"]]
    assert "<dl>" not in found


def test_a_report_may_be_sent_with_other_breaks_of_lines(server: TestClient, signed: dict[str, Any]) -> None:
    """As browsers send what is typed."""
    text = json.dumps(signed, indent=1).replace("\n", "\r\n")
    assert 'data-genuine="true"' in submit(server, text=text).text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose a file or paste the text"),
        ({"text": " \r\n"}, "Choose a file or paste the text"),
        ({"file": b"\xff\xfe"}, "cannot be read as text"),
    ],
)
def test_what_cannot_be_checked_is_told_beside_the_field(server: TestClient, sent: dict[str, Any], said: str) -> None:
    reply = submit(server, **sent)
    assert reply.status_code == 422
    assert re.search(rf'<p id="wrong"[^>]*>[^<]*{said}', reply.text)
    assert 'aria-invalid="true"' in reply.text
    assert "hidden" in verdict(reply.text)


def test_it_answers_in_korean(server: TestClient, signed: dict[str, Any]) -> None:
    assert "진본입니다" in submit(server, text=json.dumps(signed), **KOREAN).text
    assert "먼저 파일을 고르거나" in submit(server, **KOREAN).text


def test_markup_in_a_report_stays_text(server: TestClient) -> None:
    reply = submit(server, text='{"report": "<script>alert(1)</script>"}')
    assert "<script>alert" not in reply.text
    assert 'data-passed="false"' in reply.text


def test_a_report_longer_than_other_bodies_is_checked(server: TestClient) -> None:
    text = "x" * (MOST_ANONYMOUS_BYTES + 1)
    assert 'data-genuine="false"' in submit(server, text=text).text
    assert server.post("/v1/feasibility/verify", json={"text": text}).json()["genuine"] is False
    assert server.post("/v1/cohorts/validate", json={"text": text}).status_code == 413


def test_a_longer_one_is_refused_in_words(server: TestClient) -> None:
    reply = submit(server, text="x" * MOST_REPORT_BYTES, **KOREAN)
    assert reply.status_code == 413
    assert "한도보다 큽니다" in reply.text


def test_only_this_page_takes_a_form(server: TestClient) -> None:
    for path in ("/v1/feasibility/verify", "/v1/cohorts/count", "/precision"):
        assert server.post(path, files={"text": (None, b"x")}).status_code == 415
    assert server.post("/verify", json={"text": "x"}).status_code == 415
    assert "form-action 'self'" in server.get("/verify").headers["content-security-policy"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"--a--"),
        ("multipart/form-data; boundary=a", b""),
        ("multipart/form-data; boundary=a", b"--b\r\n\r\n--b--"),
        ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="text"\r\n\r\nx'),
        ("multipart/form-data; boundary=a", b'--a\r\nContent-Disposition: form-data; name="text"\r\n--a--\r\n'),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition: form-data\r\n\r\nx\r\n--a--\r\n"),
        (
            "multipart/form-data; boundary=a",
            b'--a\r\nContent-Disposition: form-data; name="t"\r\n\r\nx\r\n' * 6 + b"--a--\r\n",
        ),
        ("application/json", b"{}"),
    ],
)
def test_what_is_no_form_is_refused(kind: str, body: bytes) -> None:
    with pytest.raises(SyntaxProblem) as found:
        read_form(kind, body)
    assert found.value.code == "media-type"


def test_contents_are_read_to_the_byte() -> None:
    content = b"\r\n--\r\n\xff--a\r\n\r\n"
    body = b'--a\r\nContent-Disposition: form-data; name="file"; filename="name=x"\r\n\r\n' + content + b"\r\n--a--\r\n"
    assert read_form('multipart/form-data; boundary="a"', body) == {"file": content}
