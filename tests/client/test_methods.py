"""Every question is written down once, for the client that waits and for the one that is awaited."""

import asyncio
import inspect
import subprocess
import sys

import pytest

from api.client import AsyncClient, Attrition, Client, Count, Genotypes
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
