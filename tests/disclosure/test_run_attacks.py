"""Attacks by way of runs: cancelling, following and sharing tell no more than answers do.

The rule: a protected question that has begun is counted to its end and paid, whoever cancels. Were it stopped, asking
again would tell by its price whether it had ended by then, and so how long the cohort takes.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import pytest
from starlette.testclient import TestClient

from api.app import open_service
from api.auth import LocalTokens
from api.service import Service
from api.settings import ServerSettings
from schemas.policy import AccessTier
from tests.api.conftest import SignIn, internal_server, server, settings, tokens
from tests.lib.clocks import StandingClock
from tests.lib.servers import application
from tests.lib.waiting import until
from tests.runs.asking import ATTRITION, BY_SEX, COUNT, cohort, finished, follow, start, states
from tests.runs.conftest import punctual, sign_in, sign_in_there, signed_in

__all__ = ["internal_server", "punctual", "server", "settings", "sign_in", "sign_in_there", "tokens"]

DEADLINE = 1.0
"""Seconds of a quick question's deadline in the policy."""

HEAVY = (
    'cohort "h"\nlet t = concept 201826 with descendants\nindex first visit\n'
    'include "a" when at least 3 visit before index\ninclude "b" when no condition in t before index\n'
)
LIGHT = 'cohort "l"\nindex first visit where age >= 200\n'


@dataclass(frozen=True)
class Held:
    """A server whose time stands still, so that whatever a test does at once is done before any deadline."""

    client: TestClient
    service: Service
    sign_in: SignIn
    time: StandingClock

    def move(self, seconds: float) -> None:
        assert self.client.portal is not None
        self.client.portal.call(self.time.move, self.time.time + seconds)

    def step(self) -> None:
        """Move on to when the first of those wakes who wait for their time, if any does."""
        for wakes in self.time.wakes_at[:1]:
            self.move(max(0.0, wakes - self.time.time) + 0.001)

    def settle(self, who: TestClient, spent: int) -> None:
        """Move on, step by step, until so much is paid."""

        def is_paid() -> bool:
            self.step()
            return who.get("/v1/budget").json()["remaining_budget"][0]["spent"] == spent

        until(is_paid)

    def is_over(self) -> bool:
        """Whether nothing is under way any more; whatever waits for its time is let go."""
        self.move(3_600.0)
        return not self.service.capacity._present.total() and not self.time.wakes_at

    @contextmanager
    def going(self) -> Iterator[None]:
        """Its time goes on meanwhile."""
        over = threading.Event()

        def go() -> None:
            while not over.wait(0.01):
                self.move(DEADLINE / 10)

        thread = threading.Thread(target=go)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@pytest.fixture
def held(standing: Held) -> Iterator[Held]:
    """With nothing under way."""
    yield standing
    until(standing.is_over)


@pytest.fixture(scope="module")
def standing(settings: ServerSettings, tokens: LocalTokens) -> Iterator[Held]:
    own, time = settings.model_copy(update={"fixed_deadlines": True}), StandingClock()
    service = replace(open_service(own), clock=time.clock())
    with TestClient(application(own, service)) as client:
        yield Held(client, service, partial(signed_in, client, tokens), time)


@pytest.mark.parametrize("text", [HEAVY, LIGHT, 'cohort "e"\nindex first condition in code KCD7:"Z99999"\n'])
def test_cancelling_at_once_costs_what_had_begun_whatever_it_takes(held: Held, text: str) -> None:
    me = held.sign_in(AccessTier.CONTROLLED, project=f"cancels {len(text)}")
    run = start(me, text, COUNT, ATTRITION, BY_SEX)
    cancelled = me.post(f"/v1/runs/{run['id']}/cancel").json()
    assert states(cancelled) == ["cancelled"] * 3
    assert [step["begun"] for step in cancelled["steps"]] == [True, False, False]
    held.settle(me, 1_250_000)
    with held.going():
        assert [name for name, _ in follow(me, run)] == ["cancelled"] * 3 + ["done"]
        count = me.post("/v1/cohorts/count", json={"text": text}).json()
    assert count["charged"] == 0  # it was paid when it had begun
    assert count["remaining_budget"][0]["spent"] == 1_250_000
    later = me.get(f"/v1/runs/{run['id']}").json()
    assert states(later) == ["cancelled"] * 3 and later["charged"] == 0
    assert all(step["answer"] is None for step in later["steps"])


def test_cancelling_when_one_is_given_costs_that_and_the_next_one(sign_in_there: SignIn) -> None:
    """When a question begins follows from the deadlines of those before, so what is paid does, too."""
    me = sign_in_there(AccessTier.CONTROLLED, project="cancels later")
    run = start(me, cohort(25), COUNT, ATTRITION, BY_SEX)
    while states(found := me.get(f"/v1/runs/{run['id']}").json())[0] != "answered":
        time.sleep(0.02)
    cancelled = me.post(f"/v1/runs/{run['id']}/cancel").json()
    assert cancelled["steps"][0]["answer"] == found["steps"][0]["answer"]
    assert states(cancelled)[1:] == ["cancelled"] * 2
    begun = [step["begun"] for step in cancelled["steps"]]
    costs = [me.post(f"/v1/cohorts/{name}", json={"text": cohort(25)}).json()["charged"] for name in ("attrition",)]
    assert costs == [0 if begun[1] else 2_500_000]
    assert begun[2] is False


def test_no_event_comes_before_the_deadline_for_new_and_for_known_questions(sign_in_there: SignIn) -> None:
    me = sign_in_there(AccessTier.CONTROLLED, project="follows")
    for _ in ("new", "known"):
        began = time.monotonic()
        run = start(me, cohort(26), COUNT, ATTRITION)
        events = follow(me, run)
        assert time.monotonic() - began >= 2 * DEADLINE  # each of the two is given at a deadline of its own
        assert [name for name, _ in events if name == "answered"] == ["answered"] * 2


@pytest.mark.parametrize("age", [27, 28, 29])
def test_who_pays_for_what_questions_share_does_not_depend_on_which_is_faster(sign_in: SignIn, age: int) -> None:
    run = finished(sign_in(AccessTier.CONTROLLED, project="order"), cohort(age), ATTRITION, BY_SEX, COUNT)
    assert [step["answer"]["charged"] for step in run["steps"]] == [3_750_000, 2_500_000, 0]


def test_deleting_a_run_under_way_is_no_way_around_its_price(sign_in_there: SignIn) -> None:
    me = sign_in_there(AccessTier.CONTROLLED, project="deletes")
    run = start(me, cohort(30), COUNT, ATTRITION)
    assert me.delete(f"/v1/runs/{run['id']}").status_code == 204
    assert me.get(f"/v1/runs/{run['id']}").status_code == 404
    assert me.post("/v1/cohorts/count", json={"text": cohort(30)}).json()["charged"] == 0


def test_nobody_has_more_than_a_few_runs_under_way(held: Held) -> None:
    me = held.sign_in(AccessTier.CONTROLLED, project="many", user="many")
    runs = [start(me, cohort(31), COUNT, ATTRITION) for _ in range(4)]
    reply = me.post("/v1/runs", json={"text": cohort(31), "parts": [COUNT]})
    assert (reply.status_code, reply.json()["code"]) == (429, "runs-under-way")
    assert int(reply.headers["retry-after"]) > 0
    for run in runs:
        me.post(f"/v1/runs/{run['id']}/cancel")
    with held.going():
        assert {follow(me, run)[-1][0] for run in runs} == {"done"}
