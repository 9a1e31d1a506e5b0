"""Attacks on the server's deadlines: whoever looks while questions are under way sees the same, counted or not.

Deadlines are kept by a clock that stands still until a test moves it. A question whose counting has not ended is one that
waits for a place: all are held by somebody else.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import open_service
from api.auth import LocalTokens
from api.service import Service
from api.settings import ServerSettings
from engine import Principal
from schemas.policy import AccessTier
from tests.api.conftest import settings, tokens
from tests.api.test_overload import ask
from tests.disclosure.test_run_attacks import HEAVY, LIGHT
from tests.lib.clocks import StandingClock
from tests.lib.oversight import state_of
from tests.lib.servers import application
from tests.runs.asking import ATTRITION, COUNT, cohort, states

__all__ = ["settings", "tokens"]

PRICE = 1_250_000
SETTLED, ANSWERED = 0.8, 1.0
"""Seconds after which a quick question is charged, and answered."""

PATIENCE = 60.0
"""Seconds after which a test that waits for another thread has failed."""

SHARE = 3
"""Places of one project."""


@dataclass
class World:
    """A server whose time stands still, and one researcher who asks it in threads."""

    client: TestClient
    service: Service
    tokens: LocalTokens
    time: StandingClock
    threads: ThreadPoolExecutor

    def caller(self) -> TestClient:
        client = TestClient(self.client.app, headers=self.headers(), raise_server_exceptions=False)
        client.portal = self.client.portal
        return client

    def headers(self) -> dict[str, str]:
        principal = Principal(user="u", project="p", institution="i", tier=AccessTier.CONTROLLED)
        return {"authorization": f"Bearer {self.tokens.issue(principal, hours=1)}"}

    def ask(self, text: str, kind: str = "count") -> "Future[Response]":
        return self.threads.submit(self.caller().post, f"/v1/cohorts/{kind}", json={"text": text})

    def present(self) -> int:
        return self.service.capacity._present.total()

    def until_waiting(self, *times: float) -> None:
        """Wait until all that is under way waits to be settled, or answered, at these times."""
        until(lambda: self.time.wakes_at == sorted(round(time, 3) for time in times))

    def until_in_line(self, questions: int) -> None:
        """Wait until so many wait for a place, all of which are held."""
        until(lambda: self.present() == self.service.settings.running + questions)

    def move(self, time: float) -> None:
        assert self.client.portal is not None
        self.client.portal.call(self.time.move, time)

    def is_over(self) -> bool:
        """Whether nothing is under way any more; whatever still waits for its time is let go."""
        self.move(self.time.time + 3_600.0)
        return not self.present() and not self.time.wakes_at

    def settle(self, time: float, entries: int) -> None:
        """Move to when questions are settled, and wait until the log has so many entries."""
        self.move(time)
        until(lambda: self.entries() == entries)

    def entries(self) -> int:
        return state_of(self.service).audit.entries

    @contextmanager
    def nothing_counted(self) -> Iterator[None]:
        """Hold all places: what is asked meanwhile waits in line."""
        assert self.client.portal is not None
        with ExitStack() as held:
            for number in range(self.service.settings.running):
                place = self.service.capacity.place(f"somebody {number}")
                held.enter_context(self.client.portal.wrap_async_context_manager(place))
            yield

    def seen(self) -> dict[str, Any]:
        """What the project sees, and what the committee and operators do."""
        caller = self.caller()
        times = {"at": True, "audit": {"examined", "whole", "whole_seconds"}}
        state = state_of(self.service).model_dump(mode="json", exclude=times)
        return {"budget": caller.get("/v1/budget").json(), "runs": caller.get("/v1/runs").json(), "operations": state}

    def spent(self) -> int:
        return int(self.seen()["budget"]["remaining_budget"][0]["spent"])


def until(is_so: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    give_up = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < give_up
        time.sleep(0.05)


@pytest.fixture
def world(settings: ServerSettings, tokens: LocalTokens, tmp_path: Path) -> Iterator[World]:
    own = settings.model_copy(update={"state": tmp_path, "fixed_deadlines": True, "project_share": SHARE})
    (tmp_path / "token-key.json").write_bytes((settings.state / "token-key.json").read_bytes())
    standing = StandingClock()
    service = replace(open_service(own), clock=standing.clock())
    with (
        TestClient(application(own, service), raise_server_exceptions=False) as client,
        ThreadPoolExecutor(8) as threads,
    ):
        found = World(client, service, tokens, standing, threads)
        try:
            yield found
        finally:
            until(found.is_over)


def test_the_charge_is_seen_from_its_fixed_time_on_whatever_counting_took(world: World) -> None:
    before = world.seen()
    fast = world.ask(LIGHT)
    world.until_waiting(SETTLED)
    with world.nothing_counted():
        slow = world.ask(HEAVY)
        until(lambda: world.present() == world.service.settings.running + 2)
        assert world.seen() == before  # one is counted, the other not begun
    world.until_waiting(SETTLED, SETTLED)
    assert world.seen() == before
    world.move(SETTLED - 0.001)
    assert world.seen() == before
    world.settle(SETTLED, 2)
    assert world.spent() == 2 * PRICE
    world.until_waiting(ANSWERED, ANSWERED)
    assert not fast.done() and not slow.done()
    world.move(ANSWERED)
    assert [reply.result(PATIENCE).json()["charged"] for reply in (fast, slow)] == [PRICE, PRICE]


def test_counting_that_outlasts_the_time_is_charged_at_the_next_one(world: World) -> None:
    before = world.seen()
    with world.nothing_counted():
        slow = world.ask(HEAVY)
        world.until_in_line(1)
        world.move(SETTLED + 0.001)
        assert world.seen() == before
    world.until_waiting(ANSWERED + SETTLED)
    world.move(ANSWERED + SETTLED - 0.001)
    assert world.seen() == before and not slow.done()
    world.settle(ANSWERED + SETTLED, 1)
    assert world.spent() == PRICE
    world.until_waiting(2 * ANSWERED)
    world.move(2 * ANSWERED)
    assert slow.result(PATIENCE).json()["charged"] == PRICE


@pytest.mark.parametrize("is_counted", [False, True])
def test_another_answer_tells_by_price_and_balance_which_came_first(world: World, is_counted: bool) -> None:
    """Both need one count. When the second comes, the first was counted or was not."""
    with ExitStack() as counting:
        if not is_counted:
            counting.enter_context(world.nothing_counted())
        first = world.ask(cohort(40), "attrition")
        world.until_waiting(SETTLED) if is_counted else world.until_in_line(1)
        world.move(0.5)
        second = world.ask(cohort(40))
        world.until_waiting(SETTLED, 0.5 + SETTLED) if is_counted else world.until_in_line(2)
        assert world.spent() == 0
    world.until_waiting(SETTLED, 0.5 + SETTLED)
    world.settle(SETTLED, 1)
    world.until_waiting(ANSWERED, 0.5 + SETTLED)
    world.move(ANSWERED)
    world.settle(0.5 + SETTLED, 2)
    world.until_waiting(0.5 + ANSWERED)
    world.move(0.5 + ANSWERED)
    answers = [reply.result(PATIENCE).json() for reply in (first, second)]
    assert [answer["charged"] for answer in answers] == [3 * PRICE, 0]
    assert [answer["remaining_budget"][0]["spent"] for answer in answers] == [3 * PRICE, 3 * PRICE]
    assert answers[0]["steps"][-1]["left"] == answers[1]["count"]


@pytest.mark.parametrize("is_counted", [False, True])
def test_who_is_refused_for_want_of_room_does_not_follow_from_counting(world: World, is_counted: bool) -> None:
    with ExitStack() as counting:
        if not is_counted:
            counting.enter_context(world.nothing_counted())
        asked = [world.ask(cohort(50 + number)) for number in range(SHARE)]
        world.until_waiting(*[SETTLED] * SHARE) if is_counted else world.until_in_line(SHARE)
        refused = world.ask(cohort(59)).result(PATIENCE)
        assert (refused.status_code, refused.json()["code"]) == (429, "project-busy")
    world.until_waiting(*[SETTLED] * SHARE)
    world.settle(SETTLED, SHARE)
    world.until_waiting(*[ANSWERED] * SHARE)
    taken = world.ask(cohort(59))
    world.until_waiting(*[ANSWERED] * SHARE, 2 * SETTLED)
    world.settle(2 * SETTLED, SHARE + 1)
    world.until_waiting(SETTLED + ANSWERED)
    world.move(SETTLED + ANSWERED)
    assert {reply.result(PATIENCE).status_code for reply in (*asked, taken)} == {200}


def test_no_look_up_waits_for_a_question(world: World) -> None:
    """It would be answered when the question's counting ends."""
    with world.nothing_counted():
        asked = world.ask(HEAVY)
        world.until_in_line(1)
        caller = world.caller()
        replies = [
            caller.get("/v1/budget"),
            caller.get("/v1/concepts", params={"search": "diabetes"}),
            *(
                caller.post(f"/v1/cohorts/{name}", json={"text": HEAVY})
                for name in ("validate", "explain", "paraphrase")
            ),
        ]
        assert {reply.status_code for reply in replies} == {200}
        assert not asked.done()
    world.until_waiting(SETTLED)


def test_the_time_in_line_does_not_move_the_deadline(world: World) -> None:
    with world.nothing_counted():
        asked = world.ask(LIGHT)
        world.until_in_line(1)
        world.move(0.3)
    world.until_waiting(SETTLED)
    world.settle(SETTLED, 1)
    world.until_waiting(ANSWERED)
    assert not asked.done()


def test_a_run_shows_nothing_of_a_question_that_was_counted(world: World) -> None:
    me = world.caller()
    with world.nothing_counted():
        run = me.post("/v1/runs", json={"text": cohort(60), "parts": [COUNT, ATTRITION]}).json()
        until(lambda: states(me.get(f"/v1/runs/{run['id']}").json())[0] == "running")
        before = world.seen()
    world.until_waiting(SETTLED)
    assert world.seen() == before
    world.settle(SETTLED, 1)
    assert world.seen()["runs"] == before["runs"]  # charged, and not answered yet
    world.until_waiting(ANSWERED)
    world.move(ANSWERED)
    until(lambda: states(me.get(f"/v1/runs/{run['id']}").json())[0] == "answered")
    me.post(f"/v1/runs/{run['id']}/cancel")


def test_who_leaves_while_a_counted_question_waits_is_charged_when_it_is_settled(world: World) -> None:
    assert world.client.portal is not None
    portal, headers = world.client.portal, world.headers()
    leaves = portal.call(_event)
    asked = portal.start_task_soon(ask, world.client.app, world.service, headers, leaves)
    world.until_waiting(SETTLED)
    before = world.seen()
    portal.call(leaves.set)
    assert world.seen() == before
    world.settle(SETTLED, 1)
    assert world.spent() == PRICE
    assert asked.result(PATIENCE) == []


def test_who_leaves_the_line_is_charged_like_who_stays(world: World) -> None:
    """Otherwise the balance would tell whether the questions before had been counted by then."""
    assert world.client.portal is not None
    portal, headers = world.client.portal, world.headers()
    leaves = portal.call(_event)
    with world.nothing_counted():
        asked = portal.start_task_soon(ask, world.client.app, world.service, headers, leaves)
        world.until_in_line(1)
        portal.call(leaves.set)
        assert world.spent() == 0
        world.until_in_line(1)
    world.until_waiting(SETTLED)
    world.settle(SETTLED, 1)
    assert world.spent() == PRICE
    assert asked.result(PATIENCE) == []


async def _event() -> asyncio.Event:
    return asyncio.Event()
