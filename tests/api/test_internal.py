"""The trusted environment's own door: exact numbers come through it, with a reason, and through no other."""

import json
import sqlite3
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from api import app as app_module
from api.app import open_service
from api.auth import LocalTokens
from api.listener import REASON_HEADER, Listener
from api.service import PUBLIC_PATHS
from api.settings import ServerSettings
from cohort_dsl import parse
from engine import Principal, Request, count
from engine.disclosure.audit.checkpoint import read_checkpoint, read_note
from engine.disclosure.audit.log import CHECKPOINT_FILE
from engine.disclosure.ledger import LEDGER_FILE
from schemas.errors import NotAllowed
from schemas.policy import AccessTier
from tests.api.conftest import ADULTS, REASON, SignIn
from tests.lib.waiting import until

COUNT = "/v1/cohorts/count"


def bearer(tokens: LocalTokens, tier: AccessTier) -> dict[str, str]:
    principal = Principal(user="user", project="project", institution="i", tier=tier)
    return {"authorization": f"Bearer {tokens.issue(principal, hours=1)}", REASON_HEADER: quote(REASON)}


def entries(settings: ServerSettings) -> list[dict[str, object]]:
    with sqlite3.connect(settings.state / LEDGER_FILE) as database:
        return [json.loads(text) for (text,) in database.execute("select entry from audit order by number")]


def routes(client: TestClient) -> list[tuple[str, str]]:
    paths = client.get("/openapi.json").json()["paths"]
    return [(method, path) for path, methods in paths.items() for method in methods if path not in PUBLIC_PATHS]


def test_no_route_of_the_researchers_knows_an_internal_token(server: TestClient, tokens: LocalTokens) -> None:
    """Whatever is asked, a good token of staff is told what a bad token is told."""
    asked = routes(server)
    assert len(asked) > 15
    for method, path in asked:
        inside, bad = (
            server.request(method, path, headers=headers, json={"text": ADULTS} if method == "post" else None)
            for headers in (bearer(tokens, AccessTier.INTERNAL), {"authorization": "Bearer x"})
        )
        assert (inside.status_code, inside.text) == (bad.status_code, bad.text) == (401, bad.text)


@pytest.mark.parametrize("tier", [AccessTier.PUBLIC, AccessTier.REGISTERED, AccessTier.CONTROLLED])
def test_no_researcher_comes_in_by_the_internal_door(
    internal_server: TestClient, tokens: LocalTokens, tier: AccessTier
) -> None:
    for method, path in routes(internal_server):
        assert internal_server.request(method, path, headers=bearer(tokens, tier)).status_code == 401


def test_the_researchers_process_cannot_give_an_exact_number(settings: ServerSettings) -> None:
    """Also when the door is forgotten: its session has none to give."""
    service = open_service(settings, Listener.RESEARCHERS)
    steward = Principal(user="s", project="p", institution="i", tier=AccessTier.INTERNAL, reason=REASON)
    with pytest.raises(NotAllowed, match="exact-elsewhere"):
        count(service.session, Request(cohort=parse(ADULTS), principal=steward))
    service.session.close()


def test_the_internal_door_has_no_page_and_the_other_no_exports(
    server: TestClient, internal_server: TestClient
) -> None:
    assert server.get("/").status_code == 200
    assert internal_server.get("/").status_code == 404
    assert internal_server.get("/static/base.js").status_code == 404
    assert {path for _, path in routes(internal_server)} - {path for _, path in routes(server)} == {
        "/v1/exports",
        "/v1/exports/count",
        "/v1/exports/breakdown",
        "/v1/exports/attrition",
        "/v1/exports/{export}",
        "/v1/exports/{export}/release",
        "/v1/exports/{export}/refuse",
    }


@pytest.mark.parametrize(
    "reason", [None, "", "short", "%20" * 40, "x" * 501, "two%0Alines%20of%20it", "%ff%ff%ff%ff%ff%ff%ff%ff%ff%ff"]
)
def test_an_exact_number_needs_a_reason(steward: TestClient, settings: ServerSettings, reason: str | None) -> None:
    before = len(entries(settings))
    del steward.headers[REASON_HEADER]
    for path in ("count", "breakdown", "attrition", "inclusion"):
        headers = {} if reason is None else {REASON_HEADER: reason}
        refused = steward.post(f"/v1/cohorts/{path}", json={"text": ADULTS}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "reason-needed")
    assert len(entries(settings)) == before


def test_looking_at_a_document_needs_no_reason(steward: TestClient) -> None:
    del steward.headers[REASON_HEADER]
    assert steward.post("/v1/cohorts/explain", json={"text": ADULTS}).status_code == 200


def test_who_saw_what_why_and_from_where_is_in_the_log(sign_in: SignIn, settings: ServerSettings) -> None:
    reason = "심사위원회 요청: 표본 크기 확인"
    steward = sign_in(AccessTier.INTERNAL, "internal", user="박")
    before = len(entries(settings))
    assert steward.post(COUNT, json={"text": ADULTS}, headers={REASON_HEADER: quote(reason)}).status_code == 200
    (entry,) = entries(settings)[before:]
    assert (entry["user"], entry["project"], entry["action"], entry["outcome"]) == ("박", "internal", "count", "exact")
    assert (entry["reason"], entry["address"], entry["tier"]) == (reason, "testclient", "internal")
    assert len(entry["qids"]) == 1


def test_where_a_researcher_asks_from_is_in_the_log_and_no_reason(
    researcher: TestClient, settings: ServerSettings
) -> None:
    before = len(entries(settings))
    assert researcher.post(COUNT, json={"text": ADULTS}, headers={REASON_HEADER: quote(REASON)}).status_code == 200
    (entry,) = entries(settings)[before:]
    assert entry["address"] == "testclient"
    assert "reason" not in entry


def integers(value: object) -> list[int]:
    match value:
        case bool():
            return []
        case int():
            return [value]
        case dict():
            return [one for each in value.values() for one in integers(each)]
        case list():
            return [one for each in value for one in integers(each)]
        case _:
            return []


def test_the_log_has_no_count_no_person_and_no_document(
    steward: TestClient, researcher: TestClient, settings: ServerSettings
) -> None:
    """Exact numbers were seen and protected ones given; the file of the log knows neither, nor what was asked."""
    planted = "Xyzzy planted name"
    text = f'cohort "{planted}"\nindex first visit where age >= 37\ncount by sex\n'
    exact = steward.post("/v1/cohorts/breakdown", json={"text": text}).json()
    true = {exact["total"]["value"], *(cell["count"]["value"] for cell in exact["cells"])} - {0}
    assert max(true) > 100
    noisy = researcher.post("/v1/cohorts/breakdown", json={"text": text, "precision": "coarse"}).json()
    logged = entries(settings)[-2:]
    assert [entry["outcome"] for entry in logged] == ["exact", "answered"]
    assert true.isdisjoint(integers(logged))
    assert noisy["total"].get("value") not in integers(logged)
    for file in settings.state.glob(f"{LEDGER_FILE}*"):
        data = file.read_bytes()
        assert planted.encode() not in data
        assert b"index first" not in data
        assert exact["query"].encode() not in data
    assert set().union(*(entry.keys() for entry in logged)) == {
        "time", "action", "tier", "release_id", "policy_version", "period", "project", "user", "institution",
        "population", "qids", "sigmas", "outcome", "reason", "address", "charged", "remaining", "replayed",
    }  # fmt: skip


def test_the_log_is_signed_also_when_nobody_asks(
    settings: ServerSettings, tokens: LocalTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "_SIGNING_SECONDS", 0.05)
    asking = {"authorization": bearer(tokens, AccessTier.REGISTERED)["authorization"]}
    with TestClient(app_module.create_app(settings)) as client:
        assert client.post(COUNT, json={"text": ADULTS, "precision": "coarse"}, headers=asking).status_code == 200
        due = len(entries(settings))
        until(lambda: read_checkpoint(read_note((settings.state / CHECKPOINT_FILE).read_text())).size >= due)


def test_the_internal_door_says_how_to_send_a_reason(server: TestClient, internal_server: TestClient) -> None:
    said = [
        client.get("/openapi.json").json()["paths"]["/v1/cohorts/count"]["post"] for client in (server, internal_server)
    ]
    assert [REASON_HEADER in json.dumps(operation) for operation in said] == [False, True]
