"""A server that cannot answer refuses at once, with words that depend on nothing: no place, no ledger, no caller left."""

import asyncio
import contextlib
import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import open_service
from api.auth import LocalTokens
from api.service import Service
from api.settings import ServerSettings
from engine import Principal
from engine.disclosure.ledger import Ledger
from schemas.policy import AccessTier
from schemas.wire import ProblemDocument
from tests.api.conftest import ADULTS
from tests.audit.conftest import claim
from tests.lib.servers import application

COUNT = "/v1/cohorts/count"
NOBODY = 'cohort "Nobody"\nindex first condition in concept 1\n'


@pytest.fixture
def own(settings: ServerSettings, tokens: LocalTokens, tmp_path: Path) -> ServerSettings:
    """A server with a state of its own, one place, and one more in line."""
    own = settings.model_copy(update={"state": tmp_path, "running": 1, "waiting": 1, "body_seconds": 0.2})
    (tmp_path / "token-key.json").write_bytes((settings.state / "token-key.json").read_bytes())
    return own


@pytest.fixture
def service(own: ServerSettings) -> Service:
    return open_service(own)


@pytest.fixture
def client(own: ServerSettings, service: Service) -> Iterator[TestClient]:
    with TestClient(application(own, service), raise_server_exceptions=False) as client:
        yield client


def bearer(tokens: LocalTokens, project: str, tier: AccessTier = AccessTier.REGISTERED) -> dict[str, str]:
    principal = Principal(user=project, project=project, institution=project, tier=tier)
    return {"authorization": f"Bearer {tokens.issue(principal, hours=1)}"}


def test_a_full_server_refuses_everybody_in_the_same_words(
    client: TestClient, service: Service, tokens: LocalTokens
) -> None:
    assert client.portal is not None
    hold = client.portal.wrap_async_context_manager
    with hold(service.capacity.place("a")), closing_line(client, service):
        replies = [
            client.post(path, json={"text": text}, headers=bearer(tokens, project, tier))
            for path in (COUNT, "/v1/cohorts/attrition")
            for text in (ADULTS, NOBODY)
            for project, tier in (("p", AccessTier.REGISTERED), ("q", AccessTier.CONTROLLED))
        ]
    assert {(reply.status_code, reply.text, reply.headers["retry-after"]) for reply in replies} == {
        (503, replies[0].text, "2")
    }
    assert ProblemDocument.model_validate(replies[0].json()).code == "server-busy"
    after = client.post(COUNT, json={"text": ADULTS}, headers=bearer(tokens, "p"))
    assert (after.status_code, after.json()["charged"] > 0) == (200, True), "who was refused was not charged"


class closing_line:
    """Somebody who waits in line, as long as the context lasts."""

    def __init__(self, client: TestClient, service: Service) -> None:
        self._client, self._service = client, service

    def __enter__(self) -> None:
        async def wait() -> None:
            async with self._service.capacity.place("b"):
                pass

        assert self._client.portal is not None
        self._waiting = self._client.portal.start_task_soon(wait)
        self._client.portal.call(asyncio.sleep, 0)

    def __exit__(self, *_: object) -> None:
        self._waiting.cancel()


async def ask(app, service: Service, headers: dict[str, str], leaves: asyncio.Event) -> list[dict]:
    """Send a question, and leave when told."""
    sent: list[dict] = []
    body = iter([{"type": "http.request", "body": json.dumps({"text": ADULTS}).encode()}])

    async def receive() -> dict:
        message = next(body, None)
        if message is None:
            await leaves.wait()
            return {"type": "http.disconnect"}
        return message

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": COUNT, "raw_path": COUNT.encode(), "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "headers": [(b"content-type", b"application/json"), (b"authorization", headers["authorization"].encode())],
    }  # fmt: skip
    await app(scope, receive, send)
    return sent


def test_who_leaves_gives_up_the_place_in_line(own: ServerSettings, service: Service, tokens: LocalTokens) -> None:
    app = application(own, service)

    async def scenario() -> tuple[list[dict], list[dict]]:
        async with app.router.lifespan_context(app):
            leaves, stays = asyncio.Event(), asyncio.Event()
            async with service.capacity.place("a"):
                first = asyncio.create_task(ask(app, service, bearer(tokens, "first"), leaves))
                while not service.capacity.is_full:
                    await asyncio.sleep(0.01)
                refused = await ask(app, service, bearer(tokens, "second"), stays)
                leaves.set()
                nothing = await first
                assert not service.capacity.is_full
            assert refused[0]["status"] == 503
            return nothing, await ask(app, service, bearer(tokens, "third"), stays)

    nothing, answered = asyncio.run(scenario())
    assert nothing == []
    assert answered[0]["status"] == 200


def test_a_body_that_does_not_come_is_not_waited_for(
    own: ServerSettings, service: Service, tokens: LocalTokens
) -> None:
    app = application(own, service)

    async def scenario() -> list[dict]:
        sent: list[dict] = []

        async def receive() -> dict:
            await asyncio.sleep(0.05)
            return {"type": "http.request", "body": b" ", "more_body": True}

        async def send(message: dict) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": "POST", "path": COUNT, "raw_path": COUNT.encode(), "query_string": b"",
            "headers": [], "http_version": "1.1", "scheme": "http",
        }  # fmt: skip
        await app(scope, receive, send)
        return sent

    start, body = asyncio.run(scenario())
    assert (start["status"], json.loads(body["body"])["code"]) == (408, "body-too-slow")
    assert (b"connection", b"close") in start["headers"]


def test_without_its_ledger_a_server_answers_nothing(client: TestClient, service: Service, tokens: LocalTokens) -> None:
    headers = bearer(tokens, "p")
    assert client.post(COUNT, json={"text": ADULTS}, headers=headers).status_code == 200
    service.session.gate.close()
    closed = [
        client.post(COUNT, json={"text": ADULTS}, headers=headers),
        client.post(COUNT, json={"text": NOBODY}, headers=headers),
        client.get("/v1/budget", headers=headers),
    ]
    assert {(reply.status_code, reply.text) for reply in closed} == {(503, closed[0].text)}
    assert closed[0].json()["code"] == "ledger-unavailable"
    assert client.post("/v1/cohorts/validate", json={"text": ADULTS}, headers=headers).status_code == 200


def log_an_entry_of_next_year(state: Path) -> None:
    """Beside such an entry this machine's clock is one that was set back by a year."""
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=365)
    with contextlib.closing(Ledger(state, clock=lambda: later.isoformat(timespec="milliseconds"))) as ledger:
        ledger.record(claim("exact"), {"outcome": "exact"})


def test_by_a_clock_that_was_set_back_nothing_is_charged_and_what_was_paid_is_answered(
    client: TestClient, own: ServerSettings, tokens: LocalTokens
) -> None:
    headers = bearer(tokens, "p")
    known = client.post(COUNT, json={"text": ADULTS}, headers=headers)
    assert known.status_code == 200
    before = client.get("/v1/budget", headers=headers).json()
    log_an_entry_of_next_year(own.state)
    refused = [
        client.post(COUNT, json={"text": NOBODY}, headers=headers),
        client.post(COUNT, json={"text": ADULTS, "precision": "coarse"}, headers=headers),
        client.post("/v1/cohorts/attrition", json={"text": ADULTS}, headers=headers),
        client.post(COUNT, json={"text": ADULTS}, headers=bearer(tokens, "q")),
    ]
    assert {(reply.status_code, reply.text) for reply in refused} == {(503, refused[0].text)}
    assert refused[0].json()["code"] == "clock-behind"
    assert client.get("/v1/budget", headers=headers).json() == before
    again = client.post(COUNT, json={"text": ADULTS}, headers=headers)
    assert (again.status_code, again.json()["count"]) == (200, known.json()["count"])
    assert again.json()["charged"] == 0
