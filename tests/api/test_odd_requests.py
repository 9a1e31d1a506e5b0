"""Requests that no client of ours makes: odd bodies, paths, methods and headers get one small refusal each."""

import gzip
import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from schemas.wire import ProblemDocument
from tests.api.conftest import ADULTS
from tests.api.test_bad_requests import raw

SECRET = "S3CRET-PATIENT-17"


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (b'{"text": -0, "text2": -0.0}', {422}),
        (b'{"cohort": {"a": 1e400}}', {400}),
        (b'{"cohort": {"a": -1E+999}}', {400}),
        (b'{"cohort": {"a": Infinity}}', {400}),
        (b'{"cohort": {"a": [1, {"b": 1, "b": 1}]}}', {400}),
        (b'{"text": "\\u0000"}', {422}),
        (b'{"text": "a\x00b"}', {400}),
        (b'{"cohort": {"\\ud83d": 1}}', {400}),
        (b'\xef\xbb\xbf{"text": "x"}', {400}),
        ('{"text": "x"}'.encode("utf-16"), {400}),
        (b'{"text": "x"} {"text": "y"}', {400}),
        (b"\xc0\x80", {400}),
        (b'{"cohort": [' + b"1," * 300_000 + b"1]}", {400}),
        (b'{"cohort": {"a": [' + b"{}," * 300_000 + b"{}]}}", {400}),
        (b'{"text": "' + b"a" * 1_000_000 + b'"}', {422}),
        (b'{"library": {' + b",".join(b'"%d": ""' % n for n in range(60_000)) + b"}}", {422}),
        (b'{"position": ' + b"9" * 4_000 + b"}", {422}),
    ],
    ids=range(17),
)
def test_a_body_of_one_clear_meaning_or_none(researcher: TestClient, body: bytes, statuses: set[int]) -> None:
    status, problem = raw(researcher, body)
    assert status in statuses
    assert len(problem.model_dump_json()) < 5_000, "a refusal is short, whatever was sent"


def test_a_document_of_many_faults_is_answered_with_some(researcher: TestClient) -> None:
    rules = " ".join(f'include "r{n}" when sxe is {"x" * 20}{n} and any visit in nothing{n}' for n in range(10_000))
    reply = researcher.post("/v1/cohorts/count", json={"text": f'cohort "x"\nindex first visit {rules}\n'})
    assert reply.status_code == 422
    assert 0 < len(reply.json()["problems"]) <= 100
    assert len(reply.content) < 200_000


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "x" * 100])
def test_a_compressed_body_is_not_unpacked(researcher: TestClient, encoding: str) -> None:
    bomb = gzip.compress(b'{"text": "' + b"a" * 50_000_000 + b'"}')
    headers = {"content-type": "application/json", "content-encoding": encoding}
    reply = researcher.post("/v1/cohorts/count", content=bomb, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (415, "media-type")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("//v1/budget", 404),
        ("/v1//budget", 404),
        ("/v1/budget/", 404),
        ("/V1/budget", 404),
        ("/v1/%62udget", 200),
        ("/v1/budget%00", 404),
        ("/v1/budget;x=1", 404),
        ("/v1\\budget", 404),
        ("/static/%2e%2e/app.py", 404),
        ("/static/..%2fapp.py", 404),
        ("/static/%2e%2e%2f%2e%2e%2fpyproject.toml", 404),
        ("/static/%00", 404),
        ("/static/base.js%00.css", 404),
        ("/static/" + "a" * 5_000, 404),
        ("/static//etc/passwd", 404),
        ("/static/", 404),
        ("/docs", 404),
        ("/redoc", 404),
        ("/.env", 404),
        ("/v1/concepts?search=" + "a" * 9_000, 414),
        ("/v1/concepts?" + "&".join(f"p{n}=1" for n in range(1_500)), 414),
        ("/v1/concepts?" + "&".join(f"p{n}=1" for n in range(500)), 422),
        ("/v1/concepts?search=a&search=b&limit=1", 200),
        ("/v1/concepts?search=a&limit=" + "9" * 5_000, 422),
        ("/v1/concepts?search=a&limit=1e999", 422),
        ("/v1/concepts?search=%ff%fe", 200),
        ("/v1/concepts?search=%ed%a0%80", 200),
        ("/v1/concepts?search=%00", 200),
    ],
)
def test_a_path_is_what_it_says_and_nothing_else(researcher: TestClient, path: str, status: int) -> None:
    reply = researcher.request("GET", path, follow_redirects=False)
    assert reply.status_code == status
    if status != 200:
        assert ProblemDocument.model_validate(reply.json()).status == status
        assert "location" not in reply.headers


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "QUERY", "get"])
@pytest.mark.parametrize("path", ["/", "/health", "/v1/budget", "/v1/cohorts/count", "/openapi.json"])
def test_only_declared_methods_are_served(researcher: TestClient, method: str, path: str) -> None:
    reply = researcher.request(method, path)
    if method == "HEAD" and path == "/openapi.json":
        assert reply.status_code in (200, 405)
        return
    assert reply.status_code == (405 if method != "get" or path == "/v1/cohorts/count" else 200)
    assert "access-control-allow-origin" not in reply.headers
    if reply.status_code == 405:
        assert reply.headers["allow"]


@pytest.mark.parametrize("name", ["x-http-method-override", "x-http-method", "x-method-override"])
def test_a_header_does_not_change_the_method(researcher: TestClient, name: str) -> None:
    assert researcher.get("/v1/cohorts/count", headers={name: "POST"}).status_code == 405
    assert researcher.post("/v1/budget", json={}, headers={name: "GET"}).status_code == 405


def test_headers_have_a_limit(researcher: TestClient) -> None:
    many = {f"x-{n}": "a" * 100 for n in range(400)}
    for headers in ({"x-large": "a" * 33_000}, many):
        reply = researcher.get("/v1/budget", headers=headers)
        assert (reply.status_code, reply.json()["code"]) == (431, "headers-too-large")
        assert reply.headers["connection"] == "close"
    assert researcher.get("/v1/budget", headers={"x-large": "a" * 30_000}).status_code == 200


def test_ranges_are_of_files_only_and_few(researcher: TestClient) -> None:
    whole = researcher.get("/static/base.js")
    part = researcher.get("/static/base.js", headers={"range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, whole.content[:10])
    many = "bytes=" + ",".join(f"{n}-{n + 1}" for n in range(0, 4_000, 2))
    reply = researcher.get("/static/base.js", headers={"range": many})
    assert len(reply.content) < 10 * len(whole.content)
    assert researcher.get("/v1/budget", headers={"range": "bytes=0-9"}).status_code == 200


def test_what_was_sent_is_in_no_refusal(researcher: TestClient) -> None:
    bodies: Iterator[object] = iter([{SECRET: SECRET}, {"text": {SECRET: 1}}, {"text": ADULTS, "precision": SECRET}])
    replies = [researcher.post("/v1/cohorts/count", content=json.dumps(body)) for body in bodies]
    replies += [
        researcher.get(f"/{SECRET}"),
        researcher.get("/v1/concepts", params={"search": "a", "limit": SECRET}),
        researcher.get("/v1/budget", headers={"kohort-project": SECRET}),
        researcher.post("/v1/cohorts/count", content="{}", headers={"content-type": SECRET}),
        researcher.get("/v1/budget", headers={"authorization": f"Bearer {SECRET}"}),
    ]
    assert all(400 <= reply.status_code < 500 and SECRET not in reply.text for reply in replies)
    assert all(SECRET not in str(reply.headers) for reply in replies)
