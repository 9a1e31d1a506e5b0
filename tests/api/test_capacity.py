"""Places and deadlines: who waits, who is told to come back, when a question is charged and when it is answered."""

import asyncio
import time

import pytest
from starlette.testclient import TestClient

from api.auth import LocalTokens
from api.capacity import Busy, Capacity
from api.deadlines import Clock, Deadline, until_deadline, until_settling
from api.settings import ServerSettings
from engine import Principal
from schemas.errors import OverBudget
from schemas.policy import AccessTier
from tests.api.conftest import ADULTS
from tests.lib.servers import application

CLOCK_STEP = 0.01
"""Seconds by which an event loop may wake early, as its clock is coarse. That it wakes late says nothing of the code."""


def test_a_full_server_refuses_and_recovers() -> None:
    async def scenario() -> None:
        capacity = Capacity(running=1, waiting=1, share=5)
        async with capacity.place("a"):
            waiting = asyncio.create_task(hold(capacity, "b"))
            await asyncio.sleep(0)
            with pytest.raises(Busy, match="server-busy"):
                await hold(capacity, "c")
        await waiting
        await hold(capacity, "c")

    asyncio.run(scenario())


def test_one_project_cannot_take_every_place() -> None:
    async def scenario() -> None:
        capacity = Capacity(running=4, waiting=4, share=2)
        async with capacity.place("a"), capacity.place("a"):
            with pytest.raises(Busy, match="project-busy"):
                await hold(capacity, "a")
            await hold(capacity, "b")

    asyncio.run(scenario())


def test_places_go_round_between_the_projects_that_wait() -> None:
    entered = asyncio.run(order_of("aaaabbc", running=1, share=4))
    assert entered == "abcabaa"


def test_a_greedy_project_is_passed_by_every_question_of_others() -> None:
    """However many it sends, the first of each other project waits for one of them only."""
    entered = asyncio.run(order_of("g" * 20 + "aabcdef", running=1, share=20))
    assert entered == "gabcdef" + "ga" + "g" * 18


def test_who_runs_least_is_next() -> None:
    async def scenario() -> list[str]:
        capacity = Capacity(running=3, waiting=9, share=9)
        entered: list[str] = []
        async with capacity.place("c"):
            async with capacity.place("g"), capacity.place("g"):
                tasks = [asyncio.create_task(hold(capacity, name, entered)) for name in "ggab"]
                await asyncio.sleep(0)
                assert entered == []
            await asyncio.gather(*tasks)
        return entered

    assert asyncio.run(scenario()) == ["a", "g", "b", "g"]


@pytest.mark.parametrize(("running", "most"), [(1, 1), (2, 1), (4, 3)])
def test_one_project_leaves_a_place_to_the_others(running: int, most: int) -> None:
    async def scenario() -> None:
        capacity = Capacity(running=running, waiting=8, share=8)
        release, entered = asyncio.Event(), []
        tasks = [asyncio.create_task(hold(capacity, "g", entered, release)) for _ in range(6)]
        await asyncio.sleep(0)
        assert len(entered) == most
        other = asyncio.create_task(hold(capacity, "a", entered, release))
        await asyncio.sleep(0)
        assert ("a" in entered) == (running > 1)
        release.set()
        await asyncio.gather(other, *tasks)
        assert sorted(entered) == ["a", *"gggggg"]

    asyncio.run(scenario())


@pytest.mark.parametrize("is_called", [False, True])
def test_who_stops_waiting_holds_nobody_up(is_called: bool) -> None:
    """Also when it stops in the moment in which the place is given to it."""

    async def scenario() -> None:
        capacity, entered = Capacity(running=1, waiting=8, share=8), []
        async with capacity.place("a"):
            leaving = asyncio.create_task(hold(capacity, "b", entered))
            staying = asyncio.create_task(hold(capacity, "c", entered))
            await asyncio.sleep(0)
            if not is_called:
                leaving.cancel()
        leaving.cancel()
        await asyncio.wait({leaving, staying})
        assert (entered, leaving.cancelled()) == (["c"], True)
        await hold(capacity, "a")
        assert not capacity.is_full

    asyncio.run(scenario())


@pytest.mark.parametrize("times", [1, 2])
def test_who_leaves_a_place_lets_others_in_and_is_present_until_the_end(times: int) -> None:
    async def scenario() -> None:
        capacity, entered, release = Capacity(running=1, waiting=1, share=5), [], asyncio.Event()
        async with capacity.place("a") as leave:
            other = asyncio.create_task(hold(capacity, "b", entered, release))
            await asyncio.sleep(0)
            assert entered == []
            for _ in range(times):
                leave()
            await asyncio.sleep(0)
            assert entered == ["b"]
            with pytest.raises(Busy, match="server-busy"):
                await hold(capacity, "c")
        release.set()
        await asyncio.gather(other, hold(capacity, "c", entered), hold(capacity, "d", entered))
        assert entered == ["b", "c", "d"]

    asyncio.run(scenario())


async def order_of(projects: str, *, running: int, share: int) -> str:
    """In which order questions of these projects enter, sent in this one while all places are taken."""
    capacity, entered = Capacity(running=running, waiting=len(projects), share=share), []
    async with capacity.place("somebody"):
        tasks = [asyncio.create_task(hold(capacity, project, entered)) for project in projects]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    return "".join(entered)


async def hold(
    capacity: Capacity, project: str, entered: list[str] | None = None, release: asyncio.Event | None = None
) -> None:
    """Take a place, say so, and give it up: at once, or when told."""
    async with capacity.place(project):
        if entered is not None:
            entered.append(project)
        await (release.wait() if release else asyncio.sleep(0))


@pytest.mark.parametrize(("elapsed", "held"), [(0.0, 1.0), (0.25, 0.75), (1.0, 1.0), (1.5, 0.5), (7.75, 0.25)])
def test_an_answer_is_held_back_to_the_next_multiple_of_its_deadline(elapsed: float, held: float) -> None:
    assert until_deadline(elapsed, 1.0) == held


@pytest.mark.parametrize(
    ("elapsed", "seconds", "held"),
    [(0.0, 5.0, 4.0), (3.0, 5.0, 1.0), (4.0, 5.0, 5.0), (4.5, 5.0, 4.5), (5.0, 5.0, 4.0), (48.0, 5.0, 1.0)],
)
def test_a_question_is_charged_a_fifth_of_its_deadline_before_it_is_answered(
    elapsed: float, seconds: float, held: float
) -> None:
    assert until_settling(elapsed, seconds) == held


@pytest.mark.parametrize("fails", [False, True])
def test_neither_an_answer_nor_its_refusal_is_given_before_the_deadline(fails: bool) -> None:
    """Begun 3,600 - 0.05 seconds ago, so that the next multiple of an hour is near and the one after it is not."""

    async def work() -> str:
        if fails:
            raise OverBudget("budget-exhausted", "…")
        return "answer"

    async def scenario() -> float:
        started = time.monotonic() - 3_600 + 0.05
        try:
            assert await deadline(started, 3_600).answer(work) == "answer"
        except OverBudget:
            assert fails
        return time.monotonic() - started

    assert asyncio.run(scenario()) >= 3_600 - CLOCK_STEP


def test_who_finds_no_place_is_told_before_any_deadline() -> None:
    async def work() -> None:
        raise Busy("server-busy", "…")

    async def scenario() -> None:
        with pytest.raises(Busy):
            await asyncio.wait_for(deadline(time.monotonic(), 3_600).answer(work), timeout=600)

    asyncio.run(scenario())


@pytest.mark.parametrize("seconds", [0.0, None])
def test_without_a_deadline_an_answer_is_given_at_once(seconds: float | None) -> None:
    """Without any turn of the event loop: an answer that waited would not be there after the first step."""

    async def work() -> int:
        return 7

    with pytest.raises(StopIteration) as given:
        deadline(time.monotonic(), seconds).answer(work).send(None)
    assert given.value.value == 7
    with pytest.raises(StopIteration):
        deadline(time.monotonic(), seconds).settling().send(None)


def deadline(started: float, seconds: float | None) -> Deadline:
    return Deadline(started=started, seconds=seconds, clock=Clock())


def test_the_server_holds_a_protected_answer_back(settings: ServerSettings, tokens: LocalTokens) -> None:
    app = application(settings.model_copy(update={"fixed_deadlines": True}))
    principal = Principal(user="slow", project="slow", institution="slow", tier=AccessTier.REGISTERED)
    headers = {"authorization": f"Bearer {tokens.issue(principal, hours=1)}"}
    with TestClient(app, headers=headers) as client:
        for text in (ADULTS, 'cohort "x"\nindex first condition in concept 1\n'):
            started = time.monotonic()
            assert client.post("/v1/cohorts/count", json={"text": text}).status_code == 200
            assert time.monotonic() - started >= 1.0 - CLOCK_STEP
