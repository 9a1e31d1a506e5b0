"""Metrics and logs: what they count, who gets them, and that nothing of a question is in them."""

import json
import logging

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.operations.logs import FIELDS, JsonLines
from api.operations.state import Oversight
from tests.api.conftest import ADULTS
from tests.operations.conftest import TOKEN, As

SECRETS = ("somebody", "watched", "institute", "Adults", "visit", "rs671", "Bearer", "127.0.0.1", "testclient")


def scrape(watched: TestClient) -> str:
    reply = watched.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/plain; version=")
    return reply.text


def value(text: str, name: str, **labels: str) -> float:
    found = [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return sum(found)


def test_requests_are_counted_by_route_and_status(as_user: As, watched: TestClient) -> None:
    before = scrape(watched)
    as_user("somebody").post("/v1/cohorts/count", json={"text": ADULTS})
    as_user("somebody").post("/v1/cohorts/count", json={"text": "cohort"})
    watched.get("/v1/variants?search=rs671")
    watched.get("/nowhere/rs671")
    after = scrape(watched)
    for route, status in (
        ("/v1/cohorts/count", "200"),
        ("/v1/cohorts/count", "422"),
        ("/v1/variants", "401"),
        ("none", "404"),
    ):
        name, labels = "kohort_requests_total", {"route": route, "status": status}
        assert value(after, name, **labels) == value(before, name, **labels) + 1
    assert value(after, "kohort_problems_total", code="token-refused") >= 1
    assert value(after, "kohort_request_seconds_count", route="/v1/cohorts/count") >= 2
    assert value(after, "kohort_ready") == 1
    assert value(after, "kohort_release_info", release="small") == 1


def test_what_is_looked_at_follows_the_state(as_user: As, watched: TestClient) -> None:
    as_user("somebody").post("/v1/cohorts/count", json={"text": ADULTS})
    watched.app.state.oversight = Oversight(watched.app.state.service)
    text = scrape(watched)
    assert value(text, "kohort_log_entries") > 0
    assert value(text, "kohort_requests_under_way") == 1


def test_nothing_of_a_question_or_its_asker_is_in_the_metrics(as_user: As, watched: TestClient) -> None:
    as_user("somebody").post("/v1/cohorts/count", json={"text": ADULTS})
    as_user("somebody").get("/v1/variants?search=rs671")
    text = scrape(watched)
    for secret in SECRETS:
        assert secret not in text


@pytest.mark.parametrize("header", [None, "Bearer x", f"Bearer {TOKEN}x", TOKEN, f"bearer {TOKEN}", "Bearer é"])
def test_metrics_need_their_token(watched: TestClient, header: str | None) -> None:
    reply = watched.get("/metrics", headers={} if header is None else {"authorization": header.encode()})
    assert (reply.status_code, reply.json()["code"]) == (403, "metrics-refused")


def test_lines_of_the_log_have_the_listed_fields_and_nothing_else(
    as_user: As, watched: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="kohort.requests"):
        as_user("somebody").post("/v1/cohorts/count", json={"text": ADULTS})
        as_user("somebody").post("/v1/cohorts/count", json={"text": "rs671"})
        watched.get("/v1/variants?search=rs671")
        watched.get("/rs671")
    lines = [JsonLines().format(record) for record in caplog.records if record.name == "kohort.requests"]
    assert len(lines) == 4
    for line in lines:
        assert set(json.loads(line)) <= FIELDS
        assert not any(secret in line for secret in SECRETS)
    counted, wrong, refused, missing = map(json.loads, lines)
    assert (counted["route"], counted["status"], counted["tier"]) == ("/v1/cohorts/count", 200, "registered")
    assert wrong["code"]
    assert (refused["route"], refused["code"]) == ("/v1/variants", "token-refused")
    assert "tier" not in refused
    assert (missing["route"], missing["status"]) == ("none", 404)


def test_what_is_attached_to_a_record_beyond_the_list_is_not_written() -> None:
    record = logging.LogRecord("kohort.x", logging.INFO, "f", 1, "text", (), None)
    record.event, record.user, record.document, record.count = "request", "me", "cohort", 3
    assert set(json.loads(JsonLines().format(record))) == {"time", "level", "logger", "event"}


def test_the_text_of_an_exception_is_not_written() -> None:
    try:
        raise ValueError("person 7")
    except ValueError as error:
        record = logging.LogRecord("kohort.x", logging.ERROR, "f", 1, "incident", (), (type(error), error, None))
    assert "person 7" not in JsonLines().format(record)
