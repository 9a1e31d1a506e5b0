"""Places and deadlines: who waits, who is told to come back, and when an answer is given."""

import asyncio
import time

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.auth import LocalTokens
from api.capacity import Busy, Capacity, at_deadline
from api.settings import ServerSettings
from engine import Principal
from schemas.errors import OverBudget
from schemas.policy import AccessTier
from tests.api.conftest import ADULTS


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


async def hold(capacity: Capacity, project: str) -> None:
    async with capacity.place(project):
        pass


@pytest.mark.parametrize(("takes", "given"), [(0.0, 0.1), (0.05, 0.1), (0.13, 0.2)])
@pytest.mark.parametrize("fails", [False, True])
def test_an_answer_or_its_refusal_is_given_at_the_next_deadline(takes: float, given: float, fails: bool) -> None:
    async def work() -> None:
        await asyncio.sleep(takes)
        if fails:
            raise OverBudget("budget-exhausted", "…")

    async def scenario() -> float:
        started = time.monotonic()
        try:
            await at_deadline(started, 0.1, work)
        except OverBudget:
            assert fails
        return time.monotonic() - started

    assert given <= asyncio.run(scenario()) + 0.002 < given + 0.09


def test_without_a_deadline_an_answer_is_given_at_once() -> None:
    async def work() -> int:
        return 7

    started = time.monotonic()
    assert asyncio.run(at_deadline(started, 0.0, work)) == asyncio.run(at_deadline(started, None, work)) == 7
    assert time.monotonic() - started < 0.5


def test_the_server_holds_a_protected_answer_back(settings: ServerSettings, tokens: LocalTokens) -> None:
    app = create_app(settings.model_copy(update={"fixed_deadlines": True}))
    principal = Principal(user="slow", project="slow", institution="slow", tier=AccessTier.REGISTERED)
    headers = {"authorization": f"Bearer {tokens.issue(principal, hours=1)}"}
    with TestClient(app, headers=headers) as client:
        for text in (ADULTS, 'cohort "x"\nindex first condition in concept 1\n'):
            started = time.monotonic()
            assert client.post("/v1/cohorts/count", json={"text": text}).status_code == 200
            assert 0.99 <= time.monotonic() - started < 1.6
