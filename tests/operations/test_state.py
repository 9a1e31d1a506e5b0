"""What the committee and operators see, who else does not, and what is never in it."""

import itertools
import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.auth import open_local_tokens
from api.operations.state import Oversight, operations_answer
from api.settings import ServerSettings
from engine import Principal
from schemas.errors import DataProblem
from schemas.policy import AccessTier
from tests.api.conftest import ADULTS
from tests.lib.policies import wide_policy
from tests.operations.conftest import As


def test_only_those_named_see_it(as_user: As, watched: TestClient) -> None:
    for user in ("member", "other", "operator"):
        assert as_user(user).get("/v1/operations").status_code == 200
    refused = as_user("researcher").get("/v1/operations")
    assert (refused.status_code, refused.json()["code"]) == (403, "operations-role")
    for near in ("member other", "mem", "MEMBER"):
        assert as_user(near).get("/v1/operations").status_code == 403
    assert watched.get("/v1/operations").status_code == 401
    assert watched.get("/operations").status_code == 200


def test_everybody_is_told_their_own_roles(as_user: As) -> None:
    """By which a page shows the way here."""
    roles = {user: as_user(user).get("/v1/budget").json()["roles"] for user in ("member", "operator", "researcher")}
    assert roles == {"member": ["committee"], "operator": ["operator"], "researcher": []}


def test_a_project_is_there_with_what_it_spent(as_user: As, watched: TestClient) -> None:
    asked = as_user("researcher", "counted").post("/v1/cohorts/count", json={"text": ADULTS}).json()
    state = operations_answer(watched.app.state.service)
    (project,) = (each for each in state.projects if each.project == "counted")
    assert project.spent == asked["charged"] > 0
    assert project.answered == 1
    assert project.refused == project.failed == 0
    assert project.cap == asked["remaining_budget"][0]["cap"]
    assert project.tier is not None
    assert project.tier.value == "registered"


def test_it_says_what_is_in_force_and_what_comes(watched: TestClient) -> None:
    state = operations_answer(watched.app.state.service)
    assert [release.release for release in state.releases if release.in_service] == ["small"]
    policy = watched.get("/v1/policy").json()
    assert (state.policy_version, state.policy_sha256) == (policy["version"], policy["sha256"])
    assert len(state.phases) == len(policy["grants"])
    assert {phase.in_force for phase in state.phases} == {True, False}
    dated = [phase.start for phase in state.phases if phase.start is not None]
    assert dated == sorted(dated)


def test_used_up_budgets_and_refusals_are_alarms(settings: ServerSettings, tmp_path: Path) -> None:
    policy = wide_policy(tmp_path)
    policy.write_text(policy.read_text().replace("project = 0.5", "project = 0.003"))
    own = settings.model_copy(update={"state": tmp_path / "state", "policy": policy})
    spender = Principal(user="u", project="spent", institution="i", tier=AccessTier.REGISTERED)
    headers = {"authorization": f"Bearer {open_local_tokens(own.state).issue(spender, hours=1)}"}
    with TestClient(create_app(own), headers=headers) as client:
        statuses = [
            client.post("/v1/cohorts/count", json={"text": ADULTS.replace("20", str(age))}).status_code
            for age in (20, 30, 40)
        ]
        state = operations_answer(client.app.state.service)
    assert statuses == [200, 200, 409]
    (project,) = state.projects
    assert (project.answered, project.refused, project.cap) == (2, 1, 3_000_000)
    assert {(alarm.kind, alarm.about) for alarm in state.alarms} >= {
        ("budget-low", "spent"),
        ("budget-refused", "spent"),
    }


def test_nothing_is_about_a_person_a_user_or_a_question(as_user: As, watched: TestClient) -> None:
    as_user("a-very-special-user", "private").post("/v1/cohorts/count", json={"text": ADULTS})
    text = operations_answer(watched.app.state.service).model_dump_json()
    for secret in ("a-very-special-user", "institute", "Adults", "first visit"):
        assert secret not in text
    fields = set(json.loads(text)["projects"][0])
    assert fields == {"project", "tier", "spent", "cap", "answered", "refused", "failed", "last"}


def test_a_log_that_was_changed_is_an_alarm(
    as_user: As, watched: TestClient, settings: ServerSettings, tmp_path: Path
) -> None:
    as_user("researcher", "changed").post("/v1/cohorts/count", json={"text": ADULTS})
    state = tmp_path / "state"
    shutil.copytree(settings.state, state, ignore=shutil.ignore_patterns("temporary", "runs"))
    with sqlite3.connect(state / "ledger.sqlite") as database:
        database.execute("drop trigger audit_fixed")
        database.execute("update audit set entry = replace(entry, 'changed', 'chanGed') where number = 1")
        database.execute("update audit set entry = entry || ' ' where number = 1")
    service = watched.app.state.service
    elsewhere = replace(service, settings=service.settings.model_copy(update={"state": state}))
    answer = operations_answer(elsewhere)
    assert answer.audit.findings
    assert any(alarm.kind == "audit" and alarm.severity == "critical" for alarm in answer.alarms)


def test_it_is_worked_out_once_a_minute(watched: TestClient) -> None:
    now = [0.0]
    oversight = Oversight(watched.app.state.service, clock=lambda: now[0])
    first = oversight.state()
    assert oversight.state() is first
    now[0] = 61.0
    assert oversight.state() is not first


def test_what_takes_long_is_kept_for_longer(watched: TestClient) -> None:
    clock = itertools.count(0.0, 10.0)  # every look at it is ten seconds after the one before
    oversight = Oversight(watched.app.state.service, clock=lambda: next(clock))
    first = oversight.state()
    assert all(oversight.state() is first for _ in range(20))
    assert oversight.state() is not first


def test_without_a_ledger_it_says_so(watched: TestClient, tmp_path: Path) -> None:
    service = watched.app.state.service
    with pytest.raises(DataProblem):
        operations_answer(replace(service, settings=service.settings.model_copy(update={"state": tmp_path})))
