"""Bad input: one clear problem each, nothing echoed, and the server keeps serving."""

import json

import pytest
from starlette.testclient import TestClient

from schemas.wire import MOST_ANONYMOUS_BYTES, MOST_BYTES, ProblemDocument
from tests.api.conftest import ADULTS

QUESTIONS = ("validate", "format", "explain", "count", "breakdown", "attrition", "export")
SECRET = "S3CRET-PATIENT-17"


def raw(client: TestClient, body: bytes | str, kind: str = "application/json") -> tuple[int, ProblemDocument]:
    reply = client.post("/v1/cohorts/count", content=body, headers={"content-type": kind})
    assert reply.headers["content-type"] == "application/problem+json"
    problem = ProblemDocument.model_validate(reply.json())
    assert problem.status == reply.status_code
    return reply.status_code, problem


@pytest.mark.parametrize("question", QUESTIONS)
def test_problems_of_a_document_are_shown_with_their_place(researcher: TestClient, question: str) -> None:
    text = 'cohort "x"\nindex first conditoin\ninclude "y" when sxe is female\n'
    reply = researcher.post(f"/v1/cohorts/{question}", json={"text": text})
    assert reply.status_code == 422
    problem = ProblemDocument.model_validate(reply.json())
    assert problem.problems is not None and len(problem.problems) == 2
    first = problem.problems[0]
    assert (first.line, first.column, first.hint) == (2, 13, "did you mean `condition`?")
    assert first.span is not None and text[first.span.start : first.span.end] == "conditoin"
    assert first.excerpt is not None and "^^^^^^^^^" in first.excerpt


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"text": "a", "text": "b"}', "json-duplicate-key"),
        ('{"cohort": {"a": 1e999}}', "json-number"),
        ('{"cohort": {"a": NaN}}', "json-number"),
        ('{"cohort": {"a": -Infinity}}', "json-number"),
        ('{"cohort": ' + "[" * 200 + "]" * 200 + "}", "json-depth"),
        ('{"cohort": ' + "[" * 30000 + "]" * 30000 + "}", "json-depth"),
        ('{"cohort": {"a": ' + "9" * 5000 + "}}", "json-malformed"),
        ('{"text": "\\ud800"}', "json-encoding"),
        (b'{"text": "\xff"}', "json-encoding"),
        ("{", "json-malformed"),
        ("", "request-field"),
        ("nonsense", "json-malformed"),
    ],
    ids=range(12),
)
def test_json_without_one_clear_meaning_is_refused(researcher: TestClient, body: str, code: str) -> None:
    status, problem = raw(researcher, body)
    assert status in (400, 422)
    assert problem.code == code


@pytest.mark.parametrize(
    "body",
    [
        {"text": ADULTS, SECRET: 1}, {"text": [SECRET]}, {"text": ADULTS, "precision": SECRET}, {}, {"text": None},
        {"text": ADULTS, "cohort": {}}, {"text": ADULTS, "library": {SECRET: 7}}, {"cohort": {"kohort": 1}},
        {"text": ADULTS, "library": {str(n): ADULTS for n in range(17)}}, [SECRET], SECRET, 7, None,
    ],
    ids=range(13),
)  # fmt: skip
def test_a_body_of_another_shape_is_refused_and_not_echoed(researcher: TestClient, body: object) -> None:
    status, problem = raw(researcher, json.dumps(body))
    assert status == 422
    assert SECRET not in problem.model_dump_json()


def test_a_field_that_is_not_known_is_told_with_those_that_are(researcher: TestClient) -> None:
    _, problem = raw(researcher, json.dumps({"text": ADULTS, "precison": "fine"}))
    (first,) = problem.problems
    assert first.message == "body: there is a field that is not known here"
    assert first.hint is not None and first.hint.startswith("the fields are ") and "precision" in first.hint
    _, problem = raw(researcher, json.dumps({"text": ADULTS, "cohort": {"kohort": 1}}))
    assert all("fields are" not in (each.hint or "") for each in problem.problems)


@pytest.mark.parametrize(
    ("path", "body", "message", "hint"),
    [
        ("runs", {"parts": [{"kind": "count", "by": []}]}, "body.parts: there is a field that is not known here", ""),
        ("runs", {"parts": [{"kind": SECRET}]}, "body.parts: this is none of the values that may stand here", "one of"),
        ("runs", {"parts": [{}]}, "body.parts: this does not say of which kind it is", ""),
        ("runs", {"parts": ["count"]}, "body.parts: this is no object", ""),
        ("cohorts/breakdown", {"by": "sex"}, "body.by: this is no list", ""),
        ("cohorts/breakdown", {"by": [SECRET, 7]}, "body.by: this is no text", ""),
        (
            "cohorts/count",
            {"precision": SECRET},
            "body.precision: this is none of the values that may stand here",
            "one of",
        ),
        ("cohorts/complete", {"position": -1}, "body.position: the number is too small", "at least 0"),
        ("cohorts/prevalence", {"first_day": SECRET}, "body.first_day: this is no date like 2024-12-31", ""),
    ],
)
def test_what_is_wrong_with_a_field_is_said_in_plain_words(
    researcher: TestClient, path: str, body: dict[str, object], message: str, hint: str
) -> None:
    reply = researcher.post(f"/v1/{path}", json={"text": ADULTS, **body})
    first = ProblemDocument.model_validate(reply.json()).problems[0]
    assert (reply.status_code, first.message) == (422, message)
    assert (first.hint or "").startswith(hint)
    assert SECRET not in reply.text


def test_what_is_too_long_is_told_with_how_long_it_may_be(researcher: TestClient) -> None:
    problem = ProblemDocument.model_validate(researcher.get("/v1/concepts", params={"search": "a" * 101}).json())
    assert [(each.message, each.hint) for each in problem.problems] == [
        ("query.search: string too long", "at most 100")
    ]


def test_a_body_that_is_not_json_is_refused(researcher: TestClient) -> None:
    for kind in (
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/vnd.x+json",
        "",
        "multipart/form-data",
    ):
        status, problem = raw(researcher, json.dumps({"text": ADULTS}), kind)
        assert (status, problem.code) == (415, "media-type")


def test_a_large_body_is_refused_before_it_is_read(researcher: TestClient, server: TestClient) -> None:
    large = json.dumps({"text": "a" * MOST_BYTES})
    assert raw(researcher, large)[0] == 413
    assert server.post("/v1/cohorts/count", content=large).status_code == 413

    def chunks():
        yield b'{"text": "'
        for _ in range(MOST_BYTES // 10_000 + 1):
            yield b"a" * 10_000

    assert researcher.post("/v1/cohorts/count", content=chunks()).status_code == 413


def test_only_who_is_signed_in_may_send_a_body_of_more_than_64_kib(researcher: TestClient, server: TestClient) -> None:
    def chunks():
        yield b'{"text": "'
        yield b"a" * MOST_ANONYMOUS_BYTES
        yield b'"}'

    middling = b"".join(chunks())
    forged = {"authorization": f"Bearer {SECRET}"}
    for body in (lambda: middling, chunks):
        assert researcher.post("/v1/cohorts/validate", content=body()).json()["code"] != "body-too-large"
        for headers in ({}, forged):
            refused = server.post("/v1/cohorts/validate", content=body(), headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (413, "body-too-large")
    small = json.dumps({"text": "a" * 1_000})
    kind = {"content-type": "application/json"}
    assert server.post("/v1/cohorts/validate", content=small, headers=kind).status_code == 401


def test_a_document_larger_than_its_tier_may_ask_is_refused(researcher: TestClient) -> None:
    rules = "\n".join(f'include "r{n}" when any visit where age >= {n}' for n in range(20))
    reply = researcher.post("/v1/cohorts/count", json={"text": f'cohort "x"\nindex first visit\n{rules}\n'})
    assert (reply.status_code, reply.json()["code"]) == (422, "plan-leaves")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("GET", "/v1/cohorts/count", 405, "method-not-allowed"),
        ("DELETE", "/health", 405, "method-not-allowed"),
        ("GET", "/static/nothing.js", 404, "not-found"),
        ("GET", "/static/../app.py", 404, "not-found"),
        ("GET", "/v1/concepts", 422, "request-field"),
        ("GET", "/v1/concepts?search=a&limit=1000", 422, "request-field"),
        ("GET", "/v1/genes?search=" + "a" * 200, 422, "request-field"),
    ],
)
def test_the_routers_own_refusals_are_problems_too(
    researcher: TestClient, method: str, path: str, status: int, code: str
) -> None:
    reply = researcher.request(method, path)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_fault_of_ours_gives_an_incident_and_nothing_else(
    researcher: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("engine.count", fail)
    reply = researcher.post("/v1/cohorts/count", json={"text": ADULTS})
    assert reply.status_code == 500
    problem = ProblemDocument.model_validate(reply.json())
    assert problem.code == "internal" and problem.incident
    assert SECRET not in reply.text
    assert problem.incident in caplog.text
    assert SECRET not in caplog.text


def test_search_text_means_nothing_but_itself(researcher: TestClient) -> None:
    for text in ("'; DROP TABLE concept; --", "%", "_", "\\", "\u0000", '"'):
        assert researcher.get("/v1/concepts", params={"search": text}).status_code == 200
