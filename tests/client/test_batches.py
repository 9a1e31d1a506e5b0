"""Batches: priced before they are run, never overspent, and resumed."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from api.client import AsyncClient, Progress
from api.client.batches import affords
from api.client.builder import cohort, condition, first
from schemas.errors import Problems
from schemas.policy import AccessTier
from schemas.wire import BudgetBalance
from tests.client.conftest import Connect


def older_than(age: int) -> str:
    return f'cohort "Over {age}"\nindex first visit where age >= {age}\n'


def spent(balances: list[BudgetBalance]) -> int:
    return next(each.spent for each in balances if each.account == "project")


def test_a_plan_says_what_it_costs_and_costs_no_more(connect: Connect) -> None:
    client = connect(project="planned")
    plan = client.plan_counts([older_than(age) for age in (30, 40, 50)])
    assert "3 questions in project planned" in str(plan) and plan.is_covered
    assert client.budget().remaining_budget == plan.budget.remaining_budget  # nothing was charged for it
    told: list[Progress] = []
    finished = client.run(plan, progress=told.append)
    assert list(finished.answers) == ["Over 30", "Over 40", "Over 50"] and finished.is_complete
    assert finished.spent == plan.price == spent(client.budget().remaining_budget)
    assert [each.done for each in told] == [1, 2, 3] and told[-1].spent == finished.spent
    assert client.run(plan).spent == 0  # asked before


def test_tables_have_their_own_price(connect: Connect) -> None:
    client = connect(project="tables")
    plan = client.plan_breakdowns([older_than(30), older_than(40)], ["sex"])
    assert client.run(plan).spent == plan.price == spent(client.budget().remaining_budget)


def test_a_batch_stops_before_its_reserve_is_touched_and_says_what_was_not_asked(connect: Connect) -> None:
    client = connect(project="reserved")
    one = client.plan_counts([older_than(30)])
    cap = min(each.cap for each in one.budget.remaining_budget if each.cap > 0)
    plan = client.plan_counts([older_than(age) for age in range(30, 40)], reserve=1 - 2.5 * one.price / cap)
    assert not plan.is_covered and "will stop in time" in str(plan)
    finished = client.run(plan)
    assert list(finished.answers) == ["Over 30", "Over 31"]
    assert finished.not_asked == [f"Over {age}" for age in range(32, 40)] and not finished.is_complete
    assert spent(client.budget().remaining_budget) == 2 * one.price


def test_a_run_that_was_cut_short_goes_on_where_it_was(connect: Connect, tmp_path: Path) -> None:
    client, file = connect(project="resumed"), tmp_path / "answers.jsonl"
    plan = client.plan_counts([older_than(age) for age in (30, 40, 50)])
    asked: list[str] = []

    class Cut(Exception):
        pass

    def cut(progress: Progress) -> None:
        if progress.done == 2:
            raise Cut

    with pytest.raises(Cut):
        client.run(plan, save_to=file, progress=cut)
    file.write_text(file.read_text() + '{"question": "torn')
    kept, ask = file.read_text(), client.ask

    def noting(question: object) -> object:
        asked.append(question.path)
        return ask(question)

    client.ask = noting
    finished = client.run(plan, save_to=file)
    assert asked == ["/v1/cohorts/count"] and len(finished.answers) == 3
    assert file.read_text().startswith(kept)
    asked.clear()
    again = client.run(client.plan_counts([older_than(50)]), save_to=file)
    assert again.answers["Over 50"] == finished.answers["Over 50"] and "/v1/cohorts/count" not in asked


def test_answers_of_another_tier_are_not_taken_from_the_file(connect: Connect, tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    controlled, registered = connect(project="two tiers"), connect(AccessTier.REGISTERED, "two tiers")
    first_run = controlled.run(controlled.plan_counts([older_than(45)]), save_to=file)
    second_run = registered.run(registered.plan_counts([older_than(45)]), save_to=file)
    assert {first_run.answers["Over 45"].tier, second_run.answers["Over 45"].tier} == {
        AccessTier.CONTROLLED,
        AccessTier.REGISTERED,
    }


def test_a_faulty_document_does_not_end_the_batch(connect: Connect) -> None:
    client = connect(project="faulty")
    documents = {
        "first": older_than(30),
        "faulty": 'cohort "x"\nindex first visit where aeg >= 3\n',
        "last": older_than(40),
    }
    finished = client.run(client.plan_counts(documents))
    assert list(finished.answers) == ["first", "last"]
    assert finished.refused["faulty"].items[0].line == 2


def test_what_python_built_is_checked_before_anything_is_asked(connect: Connect) -> None:
    wrong = cohort("Wrong").index(first(condition("a set that nobody named")))
    client = connect(project="unasked")
    with pytest.raises(Problems, match="nobody named"):
        client.plan_counts([wrong])
    assert spent(client.budget().remaining_budget) == 0


def test_a_precision_the_tier_does_not_offer_is_told_before_anything_is_asked(connect: Connect) -> None:
    client = connect(AccessTier.REGISTERED, "precise")
    offered = [each.value for each in client.budget().precisions]
    for precision in {"coarse", "standard", "fine"} - set(offered):
        with pytest.raises(ValueError, match=offered[0]):
            client.plan_counts([older_than(30)], precision=precision)


def test_the_asynchronous_client_runs_batches_too(address: str, token: Callable[..., str]) -> None:
    async def run() -> tuple[int, int]:
        async with AsyncClient(address, token(project="asynchronous")) as client:
            plan = await client.plan_counts([older_than(30), 'cohort "x"\nindex nothing', older_than(40)])
            finished = await client.run(plan)
            return len(finished.answers), len(finished.refused)

    assert asyncio.run(run()) == (2, 1)


def test_accounts_without_a_limit_stop_nothing() -> None:
    assert affords([BudgetBalance(account="x", spent=9, cap=0, remaining=0)], 5, 0.5)
