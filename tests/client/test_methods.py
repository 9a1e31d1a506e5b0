"""Every question is written down once, for the client that waits and for the one that is awaited."""

import asyncio
import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from api.client import AsyncClient, Attrition, Client, Count, Genotypes
from api.client.batches import unique_names
from api.client.questions import PrecisionName
from schemas.policy import Precision
from tests.client.conftest import Connect
from tests.client.test_batches import older_than, spent

KINDS = pytest.mark.parametrize("kind", [Client, AsyncClient])


@KINDS
def test_a_method_tells_its_answer_and_says_what_it_does(kind: type) -> None:
    public = [each for name, each in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")]
    assert len(public) > 30
    for each in public:
        assert each.__doc__, each.__name__
        answer = inspect.signature(each).return_annotation
        assert "Asked" not in str(answer) and "Generator" not in str(answer), each.__name__
    assert inspect.signature(kind.count).return_annotation is Count
    assert inspect.signature(kind("http://localhost", "x").count).return_annotation is Count


def test_what_there_is_to_use_can_be_completed_before_it_is_loaded() -> None:
    """An editor asks `dir`, which would not have what is loaded when it is first used."""
    fresh = "import api.client; print(*dir(api.client))"
    seen = subprocess.run([sys.executable, "-c", fresh], capture_output=True, text=True, check=True).stdout.split()
    assert {"Client", "AsyncClient", "KohortProblem", "Retries", "compare"} <= set(seen)
    assert "importlib" not in seen


def test_both_say_the_same() -> None:
    for name, each in inspect.getmembers(Client, inspect.isfunction):
        assert name.startswith("_") or inspect.getdoc(each) == inspect.getdoc(getattr(AsyncClient, name)), name


@KINDS
def test_a_wrong_argument_is_refused_as_of_any_function(kind: type) -> None:
    async def called(client: object) -> None:
        answer = client.count("x", precison="fine")
        if inspect.isawaitable(answer):
            await answer

    with pytest.raises(TypeError, match="precison"):
        asyncio.run(called(kind("http://localhost", "x")))


ONE = older_than(30)
ALONE = {
    "breakdown": lambda client: client.breakdown(ONE, "sex"),
    "genotypes": lambda client: client.genotypes(ONE, "rs671"),
    "prevalence": lambda client: client.prevalence(ONE, "2015-01-01", "2016-12-31", by="sex"),
    "overlap": lambda client: client.overlap(ONE),
    "profile": lambda client: client.profile(ONE, ONE),
    "feasibility": lambda client: client.feasibility(ONE, ["sex"]),
    "run": lambda client: client.start_run(ONE, "count"),
    "plan": lambda client: client.plan_counts(ONE),
}


@pytest.mark.parametrize("asked", ALONE.values(), ids=ALONE)
def test_a_text_is_not_taken_for_a_list_of_its_letters(connect: Connect, asked: Callable[[Client], object]) -> None:
    with pytest.raises(TypeError, match="a list is expected"):
        asked(connect())


@pytest.mark.parametrize("wrong", [Path("cohort.kohort"), None, [ONE], 7])
def test_what_is_no_document_is_told_what_one_is(connect: Connect, wrong: object) -> None:
    for asked in (connect().count, connect().paraphrase):
        with pytest.raises(TypeError, match="a cohort is text"):
            asked(wrong)


def test_every_precision_may_be_named() -> None:
    _, names = get_args(PrecisionName)
    assert set(get_args(names)) == {each.value for each in Precision}


def test_no_two_questions_of_a_plan_have_one_name() -> None:
    assert unique_names(["A (3)", "A", "A", "A"]) == ["A (3)", "A", "A (3) (3)", "A (4)"]


def test_steps_and_genotypes_are_planned_too(connect: Connect) -> None:
    client = connect(project="steps")
    documents = [older_than(30), older_than(40)]
    plans = [client.plan_attritions(documents), client.plan_genotypes(documents, ["rs671"])]
    before = 0
    for plan, kind in zip(plans, (Attrition, Genotypes), strict=True):
        finished = client.run(plan)
        assert all(isinstance(answer, kind) for answer in finished.answers.values()) and finished.is_complete
        after = spent(client.budget().remaining_budget)
        assert after - before == finished.spent <= plan.price
        before = after


def test_what_is_wrong_with_a_plan_is_told_before_anything_is_asked() -> None:
    with pytest.raises(ValueError, match="reserve"):
        Client("http://127.0.0.1:9", "nothing").plan_counts([older_than(30)], reserve=2)
