"""The file of runs: who sees what, what goes when there is no room, and what a server leaves that stopped."""

import datetime
import os
import stat
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.runs.file import RunFile
from api.runs.store import Asked, RunStore
from engine import Principal
from engine.session import ReleaseOverview
from schemas.errors import NotAllowed
from schemas.policy import AccessTier, Precision
from schemas.wire import BelowThreshold, CountAnswer
from schemas.wire.answers import PrecisionUsed
from schemas.wire.runs import MOST_RUN_BYTES, MOST_RUNS, RUN_DAYS, RunRequest, RunState, StepState
from tests.api.conftest import SignIn
from tests.runs.asking import ATTRITION, COUNT, cohort, finished, states

ANN = Principal(user="ann", project="p", institution="i", tier=AccessTier.CONTROLLED)
OVERVIEW = ReleaseOverview(
    release_id="small",
    created="2026-01-01",
    phase=0,
    persons=1,
    policy_version="1",
    policy_sha256="0" * 64,
    consent=(),
    sources=(),
    tables=(),
)


def asked(text: str = "x", parts: int = 2) -> Asked:
    request = RunRequest.model_validate({"text": text, "parts": [COUNT] * parts})
    return Asked(request=request, title="t", query="q", precision=Precision.STANDARD)


@pytest.fixture
def file(tmp_path: Path) -> RunFile:
    return RunFile(tmp_path)


@pytest.fixture
def store(file: RunFile) -> RunStore:
    return RunStore(file)


def hold(store: RunStore, number: int, caller: Principal = ANN, **more: object) -> str:
    return store.hold(f"{number:032x}", caller, asked(**more), OVERVIEW).id


def test_own_runs_are_listed_newest_first_a_page_at_a_time(store: RunStore) -> None:
    ids = [hold(store, number) for number in range(5)]
    first, before = store.newest(ANN, before=None, limit=3)
    second, end = store.newest(ANN, before=before, limit=3)
    assert [run.id for run in (*first, *second)] == ids[::-1]
    assert [run.number for run in first] == [5, 4, 3]
    assert end is None


def test_the_file_and_its_folder_are_the_owners_alone(file: RunFile, tmp_path: Path) -> None:
    assert stat.S_IMODE((tmp_path / "runs").stat().st_mode) == 0o700
    assert {stat.S_IMODE(found.stat().st_mode) & 0o077 for found in (tmp_path / "runs").glob("*.lock")} == {0}
    assert stat.S_IMODE((tmp_path / "runs" / "runs.sqlite").stat().st_mode) == 0o600


def test_of_too_many_runs_the_oldest_go(store: RunStore) -> None:
    ids = [hold(store, number) for number in range(MOST_RUNS + 3)]
    others = hold(store, 10_000, Principal(user="bob", project="p", institution="i", tier=AccessTier.CONTROLLED))
    with pytest.raises(NotAllowed, match="run-unknown"):
        store.find(ANN, ids[2])
    assert store.find(ANN, ids[3]).id == ids[3]
    assert store.newest(ANN, before=None, limit=MOST_RUNS + 9)[0][-1].id == ids[3]
    assert others


def test_of_too_large_runs_the_oldest_go_and_the_newest_always_stays(store: RunStore) -> None:
    large = "x" * (MOST_RUN_BYTES // 5)
    ids = [hold(store, number, text=large) for number in range(6)]
    kept = [run.id for run in store.newest(ANN, before=None, limit=50)[0]]
    assert kept == ids[:1:-1]


def test_runs_are_forgotten_when_they_are_old(store: RunStore, file: RunFile) -> None:
    old, young = hold(store, 1), hold(store, 2)
    with file.changing() as database:
        then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=RUN_DAYS, minutes=1)
        database.execute("update run set asked = ? where id = ?", (then.isoformat(), old))
    store.make_room("anybody")
    assert [run.id for run in store.newest(ANN, before=None, limit=5)[0]] == [young]


def test_what_was_cancelled_stays_so_whatever_comes_of_it(store: RunStore) -> None:
    id = hold(store, 1, parts=3)
    assert store.begin(id, 1) and store.begin(id, 2)
    store.answer(id, 1, answer(), 5)
    store.end(id, StepState.CANCELLED)
    store.answer(id, 2, answer(), 7)
    assert not store.begin(id, 3)
    run = store.find(ANN, id)
    assert run.state is RunState.CANCELLED
    assert [(step.state, step.begun) for step in run.steps] == [
        (StepState.ANSWERED, False),
        (StepState.CANCELLED, True),
        (StepState.CANCELLED, False),
    ]
    assert (run.steps[1].answer, run.charged) == (None, 5)


def test_what_a_server_left_that_is_gone_is_interrupted(tmp_path: Path) -> None:
    crashed = RunFile(tmp_path)
    there = RunStore(crashed)
    id = hold(there, 1, parts=3)
    there.begin(id, 1)
    there.answer(id, 1, answer(), 5)
    there.begin(id, 2)
    here = RunStore(RunFile(tmp_path))
    assert here.find(ANN, id).state is RunState.RUNNING  # of a process that still runs
    os.close(crashed._held)  # what the system does when a process is killed
    run = here.find(ANN, id)
    assert run.state is RunState.INTERRUPTED
    assert [(step.state, step.begun) for step in run.steps] == [
        (StepState.ANSWERED, False),
        (StepState.INTERRUPTED, True),
        (StepState.INTERRUPTED, False),
    ]
    assert run.steps[0].answer is not None


def test_others_see_nothing_until_it_is_shared_and_other_projects_never(sign_in: SignIn) -> None:
    ann, bob, eve = sign_in(user="ann"), sign_in(user="bob"), sign_in(user="eve", project="elsewhere")
    run = finished(ann, cohort(31), COUNT, ATTRITION)
    place, absent = f"/v1/runs/{run['id']}", f"/v1/runs/{'0' * 32}"
    for client in (bob, eve):
        assert without_instance(client.get(place)) == without_instance(client.get(absent))
    assert without_instance(bob.post(f"{place}/share")) == without_instance(bob.post(f"{absent}/share"))
    assert ann.post(f"{place}/share").json() == {"run": run["id"], "path": f"/#run={run['id']}"}
    seen = bob.get(place).json()
    assert (seen["own"], seen["by"], seen["document"], seen["query"]) == (False, "ann", run["document"], run["query"])
    assert [step["asked"] for step in seen["steps"]] == [COUNT, ATTRITION]
    assert without_instance(eve.get(place)) == without_instance(eve.get(absent))
    for client in (bob, eve):
        for method, path in (
            ("GET", "/events"),
            ("GET", "/answers/1.csv"),
            ("POST", "/cancel"),
            ("DELETE", ""),
            ("DELETE", "/share"),
        ):
            assert client.request(method, place + path).json()["code"] == "run-unknown", (method, path)
        assert client.get("/v1/runs").json()["runs"] == []
    assert ann.delete(f"{place}/share").status_code == 204
    assert bob.get(place).status_code == 404
    assert ann.delete(place).status_code == 204
    assert ann.get(place).status_code == 404


def test_a_colleague_gets_the_same_numbers_by_paying_with_their_own_account_alone(sign_in: SignIn) -> None:
    ann, bob = sign_in(user="ann2", project="shared"), sign_in(user="bob2", project="shared")
    run = finished(ann, cohort(32), COUNT, ATTRITION)
    ann.post(f"/v1/runs/{run['id']}/share")
    seen = bob.get(f"/v1/runs/{run['id']}").json()
    assert all(step["answer"] is None and step["problem"] is None for step in seen["steps"])
    before = spent(bob)
    mine = finished(
        bob, seen["document"]["text"], *(step["asked"] for step in seen["steps"]), precision=seen["precision"]
    )
    assert [step["answer"].get("count") for step in mine["steps"]] == [
        step["answer"].get("count") for step in run["steps"]
    ]
    assert mine["steps"][1]["answer"]["steps"] == run["steps"][1]["answer"]["steps"]
    after = spent(bob)
    assert after["project"] == before["project"] and after["institution"] == before["institution"]
    assert after["user"] - before["user"] == run["charged"]


def test_who_lost_controlled_access_sees_its_numbers_no_more(sign_in: SignIn) -> None:
    then, now = sign_in(AccessTier.CONTROLLED, user="dan"), sign_in(AccessTier.REGISTERED, user="dan")
    run = finished(then, cohort(33), COUNT)
    assert now.get(f"/v1/runs/{run['id']}").status_code == 404
    assert now.get("/v1/runs").json()["runs"] == []
    low = finished(now, cohort(33), COUNT)
    assert [each["id"] for each in then.get("/v1/runs").json()["runs"]] == [low["id"], run["id"]]
    then.post(f"/v1/runs/{run['id']}/share")
    assert now.get(f"/v1/runs/{run['id']}").json()["steps"][0]["answer"] is None


def test_what_is_asked_again_is_kept_as_a_run_of_its_own_and_free(sign_in: SignIn) -> None:
    ann = sign_in(user="again")
    first, second = finished(ann, cohort(34), COUNT), finished(ann, cohort(34), COUNT)
    assert first["id"] != second["id"] and states(second) == ["answered"]
    assert second["charged"] == 0 < first["charged"]
    assert second["steps"][0]["answer"]["count"] == first["steps"][0]["answer"]["count"]


def spent(client: TestClient) -> dict[str, int]:
    return {each["account"]: each["spent"] for each in client.get("/v1/budget").json()["remaining_budget"]}


def without_instance(reply: object) -> tuple[int, object]:
    assert hasattr(reply, "status_code") and hasattr(reply, "json")
    return reply.status_code, reply.json()


def answer() -> CountAnswer:
    return CountAnswer(
        release="small",
        policy_version="1",
        policy_sha256="0" * 64,
        query="q",
        tier=AccessTier.CONTROLLED,
        precision=PrecisionUsed(name=Precision.STANDARD, sigma=20, margin=44, exact=False),
        charged=5,
        remaining_budget=[],
        unmatched=[],
        count=BelowThreshold(less_than=71),
    )
