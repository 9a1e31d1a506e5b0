"""Runs, reports and paraphrases through both clients."""

import asyncio
from collections.abc import Callable

import pytest

from api.client import (
    AsyncClient,
    BreakdownPart,
    Client,
    Count,
    NotPermitted,
    NotThere,
    Retries,
    Run,
    Unreachable,
)
from api.client.asking import Asked
from api.client.exchange import Lost, Send, Wait, exchange
from api.client.runs import is_under_way, one, start
from schemas.policy import AccessTier
from schemas.wire.feasibility import SignedReport
from schemas.wire.runs import RunState, StepState
from tests.client.conftest import Connect

ADULTS = 'cohort "Adults"\nindex first visit where age >= 20\ncount by sex\n'
OLDER = 'cohort "Older adults"\nindex first visit where age >= 60\n'


def test_a_run_is_followed_to_its_answers(connect: Connect) -> None:
    client = connect()
    seen: list[Run] = []
    other = {"kind": "comparison", "other": {"text": OLDER}, "by": ["sex"]}
    begun = client.start_run(ADULTS, ["count", BreakdownPart(kind="breakdown", by=["sex"]), other], title="Two")
    done = client.follow_run(begun.id, progress=seen.append)
    assert seen[-1] == done and begun.title == "Two"
    count, table, compared = done.answers()
    assert isinstance(count, Count) and count.count == client.count(ADULTS).count
    assert table.to_polars().equals(client.breakdown(ADULTS, ["sex"]).to_polars())
    assert compared[1].dimensions == ["sex"]
    assert client.runs(limit=1).runs[0].id == begun.id
    assert client.share_run(begun.id).path.endswith(begun.id)
    client.delete_run(begun.id)
    with pytest.raises((NotThere, NotPermitted)):
        client.find_run(begun.id)


def test_a_run_is_cancelled(connect: Connect) -> None:
    """What was answered before the word came stays answered; this server has no deadlines, so some may be."""
    client = connect()
    tables = [{"kind": "breakdown", "by": [f"age({width})"]} for width in (5, 10, 20, 25, 50)]
    begun = client.start_run(OLDER, ["count", "attrition", *tables])
    cancelled = client.cancel_run(begun.id)
    assert not is_under_way(cancelled)
    assert client.follow_run(begun.id) == cancelled
    is_answered = [step.state is StepState.ANSWERED for step in cancelled.steps]
    assert [answer is not None for answer in cancelled.answers()] == is_answered
    assert (cancelled.state is RunState.CANCELLED) == any(step.state is StepState.CANCELLED for step in cancelled.steps)


def test_a_run_is_not_begun_twice_when_the_connection_is_lost() -> None:
    def tries(asked: Asked[Run]) -> int:
        steps, sent = exchange(asked, Retries(most=2, longest=60), lambda: 0.0), 0
        came = None
        with pytest.raises(Unreachable):
            while True:
                effect = steps.send(came)
                sent += isinstance(effect, Send)
                came = Lost("gone") if isinstance(effect, Send) else None
                assert isinstance(effect, Send | Wait)
        return sent

    assert tries(start(ADULTS, ["count"], None, None, None)) == 1
    assert tries(one("0" * 32)) == 3


def test_what_is_no_id_leads_to_no_other_path() -> None:
    assert one("../budget?x=#").path == "/v1/runs/..%2Fbudget%3Fx%3D%23"


def test_a_report_is_signed_and_a_cohort_said_in_words(connect: Connect) -> None:
    client = connect()
    report = client.feasibility(ADULTS, [["sex"]], language="ko")
    assert isinstance(report, SignedReport)
    assert "Adults" in client.paraphrase(ADULTS).text
    assert client.paraphrase(ADULTS, language="ko").language.value == "ko"


def test_the_public_tier_has_no_runs(connect: Connect) -> None:
    with pytest.raises(NotPermitted, match="tier-not-interactive"):
        connect(AccessTier.PUBLIC).start_run(ADULTS)


def test_the_asynchronous_client_follows_a_run_too(address: str, token: Callable[..., str]) -> None:
    async def followed() -> tuple[Run, Run]:
        async with AsyncClient(address, token(project="later")) as client:
            begun = await client.start_run(ADULTS)
            return begun, await client.follow_run(begun.id)

    begun, done = asyncio.run(followed())
    with Client(address, token(project="later")) as client:
        assert client.find_run(begun.id) == done
