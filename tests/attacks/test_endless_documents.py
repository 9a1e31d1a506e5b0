"""Documents that are short to write and endless to work out: what they name twice is read once, or they are refused."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from cohort_dsl import parse
from cohort_dsl.circe import to_circe
from cohort_dsl.limits import DEEPEST_NESTING
from engine.logical.analyze import MOST_REFERENCES
from schemas.policy import AccessTier
from tests.api.conftest import SignIn

TASKS = ("validate", "format", "paraphrase", "explain", "count")
DIABETES = "concept 201826 with descendants"
DEPRESSION = 'code KCD7:"F32" with descendants'
"""On the list of sensitive concepts that comes with the program."""


def doubled(sets: int, first: str) -> str:
    """Each set holds the one before twice: written out, the last one has 2^(sets - 1) parts."""
    lets = [f"let a0 = {first}", *(f"let a{each} = a{each - 1}, a{each - 1}" for each in range(1, sets))]
    return "\n".join(['cohort "doubled"', *lets, f"index first condition in a{sets - 1}", ""])


def chained(sets: int) -> str:
    """Each set holds the one before and one concept more."""
    lets = [f"let a0 = {DIABETES}", *(f"let a{each} = a{each - 1}, concept {each}" for each in range(1, sets))]
    return "\n".join(['cohort "chained"', *lets, f"index first condition in a{sets - 1}", ""])


def referring(depth: int, times: int) -> dict[str, Any]:
    """A document and its library: each cohort refers to the next one so many times."""
    rules = [f'include "r{number}" when any entry of cohort "c{{next}}"\n' for number in range(times)]
    text = 'cohort "c{here}"\nindex everyone\n' + "".join(rules)
    library = {f"c{here}": text.format(here=here, next=here + 1) for here in range(1, depth)}
    library[f"c{depth}"] = f'cohort "c{depth}"\nindex everyone\ninclude "women" when sex is female\n'
    return {"text": text.format(here=0, next=1), "library": library}


@pytest.fixture
def controlled(sign_in: SignIn) -> TestClient:
    """Somebody who may ask longer questions."""
    return sign_in(AccessTier.CONTROLLED, "endless", "endless")


def ask(client: TestClient, task: str, body: dict[str, Any]) -> tuple[int, str]:
    answer = client.post(f"/v1/cohorts/{task}", json=body)
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.parametrize("task", [*TASKS, "export"])
def test_sets_in_one_another_are_read_once(controlled: TestClient, task: str) -> None:
    """Without that, this is sixteen million concepts, and with every set more twice as many."""
    assert ask(controlled, task, {"text": doubled(DEEPEST_NESTING, DIABETES)}) == (200, "")


def test_sensitive_sets_in_one_another_are_read_once(controlled: TestClient) -> None:
    alone = ask(controlled, "validate", {"text": doubled(1, DEPRESSION)})
    assert ask(controlled, "validate", {"text": doubled(DEEPEST_NESTING, DEPRESSION)}) == alone


def test_an_exported_set_holds_each_concept_once() -> None:
    exported = json.loads(to_circe(parse(doubled(12, DIABETES))))
    assert {len(each["expression"]["items"]) for each in exported["ConceptSets"]} == {1}


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("sets", [DEEPEST_NESTING + 1, 1000])
def test_sets_too_deep_in_one_another_are_refused(controlled: TestClient, task: str, sets: int) -> None:
    """Whatever reads a set reads those in it first, on a stack that ends somewhere: no fault of ours, but a refusal."""
    assert ask(controlled, task, {"text": chained(sets)}) == (422, "too-deep")


def test_cohorts_that_refer_to_each_other_in_a_tree_are_bounded(controlled: TestClient) -> None:
    assert 2 + 4 <= MOST_REFERENCES < 4 + 16 + 64
    assert ask(controlled, "validate", referring(2, 2)) == (200, "")
    for task in ("validate", "explain", "count"):
        assert ask(controlled, task, referring(3, 4)) == (422, "too-many-parts")


def test_a_cohort_that_refers_to_itself_by_another_name_is_a_circle(controlled: TestClient) -> None:
    """The name it is sent under is not the one in its first line."""
    itself = 'cohort "other"\nindex everyone\ninclude "again" when any entry of cohort "a"\n'
    body = {"text": itself.replace("other", "first"), "library": {"a": itself}}
    for task in ("validate", "explain", "count"):
        assert ask(controlled, task, body) == (422, "cohort-cycle")
