"""A run's questions are counted as any others, and wait for their turn; a server that stops leaves runs that say so."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from api.auth import LocalTokens
from api.settings import ServerSettings
from engine import Principal
from schemas.policy import AccessTier
from tests.lib.policies import strict_policy
from tests.lib.servers import application
from tests.runs.asking import ATTRITION, BY_SEX, COUNT, cohort, finished, follow, start, states


@contextmanager
def signed_in(settings: ServerSettings, tokens: LocalTokens, user: str, **changed: object) -> Iterator[TestClient]:
    """Somebody at a server of their own."""
    principal = Principal(user=user, project=user, institution="turns", tier=AccessTier.REGISTERED)
    headers = {"authorization": f"Bearer {tokens.issue(principal, hours=1)}"}
    with TestClient(application(settings.model_copy(update=changed)), headers=headers) as client:
        yield client


def policy(folder: Path, questions: str) -> Path:
    return strict_policy(folder, tier="registered", questions=questions, lookups='"1000/minute"')


def test_what_may_not_be_asked_yet_waits_and_can_be_cancelled(
    settings: ServerSettings, tokens: LocalTokens, tmp_path: Path
) -> None:
    with signed_in(settings, tokens, "waits", policy=policy(tmp_path, '"2/minute"')) as client:
        run = start(client, cohort(41), COUNT, ATTRITION, BY_SEX)
        while states(found := client.get(f"/v1/runs/{run['id']}").json())[:2] != ["answered"] * 2:
            assert "refused" not in states(found)
        assert states(found)[2] == "queued"
        assert client.post("/v1/cohorts/count", json={"text": cohort(41)}).status_code == 429
        cancelled = client.post(f"/v1/runs/{run['id']}/cancel").json()
        assert states(cancelled) == ["answered", "answered", "cancelled"]
        assert cancelled["steps"][2]["begun"] is False
        assert follow(client, run)[-1][1]["state"] == "cancelled"


def test_what_may_not_be_asked_today_is_refused(settings: ServerSettings, tokens: LocalTokens, tmp_path: Path) -> None:
    with signed_in(settings, tokens, "day", policy=policy(tmp_path, '"2/day"')) as client:
        run = finished(client, cohort(42), COUNT, ATTRITION, BY_SEX)
        assert states(run) == ["answered", "answered", "refused"]
        assert run["steps"][2]["problem"]["code"] == "rate-limit"
        reply = client.post("/v1/runs", json={"text": cohort(42), "parts": [COUNT]})
        assert (reply.status_code, reply.json()["code"]) == (429, "rate-limit")


def test_a_server_that_stops_ends_what_has_begun_and_interrupts_the_rest(
    settings: ServerSettings, tokens: LocalTokens
) -> None:
    with signed_in(settings, tokens, "stops", fixed_deadlines=True) as client:
        run = start(client, cohort(43), COUNT, ATTRITION)
        while states(client.get(f"/v1/runs/{run['id']}").json())[0] == "queued":
            pass
    with signed_in(settings, tokens, "stops") as client:
        found = client.get(f"/v1/runs/{run['id']}").json()
        assert found["state"] == "interrupted"
        assert states(found) == ["answered", "interrupted"]
        assert found["steps"][1]["begun"] is False
        again = finished(client, cohort(43), COUNT, ATTRITION)
        assert [step["answer"]["charged"] for step in again["steps"]] == [0, 2_500_000]
        assert again["steps"][0]["answer"]["count"] == found["steps"][0]["answer"]["count"]
