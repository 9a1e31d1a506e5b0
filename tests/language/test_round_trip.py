"""Text and JSON are spellings of one tree: writing and reading back gives the same tree."""

from dataclasses import is_dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cohort_dsl import ast, canonical, canonical_hash, from_json, parse, print_cohort, to_json
from cohort_dsl.tree import walk
from tests.lib.budgets import examples
from tests.lib.cohort_strategies import STRATEGIES, cohorts

NODES = [
    cls
    for cls in vars(ast).values()
    if isinstance(cls, type) and is_dataclass(cls) and cls.__module__.startswith(ast.__name__)
]
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
relaxed = settings(
    deadline=None, max_examples=examples(40, nightly=2000), phases=PHASES, suppress_health_check=list(HealthCheck)
)


@relaxed
@given(cohorts())
def test_both_spellings_give_the_tree_back_and_are_written_alike(cohort: ast.Cohort) -> None:
    """Labels take no part in equality, so they are compared by themselves."""
    text, json = print_cohort(cohort), to_json(cohort)
    parsed, loaded = parse(text), from_json(json)
    assert parsed == loaded == cohort
    assert _labels(parsed) == _labels(loaded) == _labels(cohort)
    assert print_cohort(parsed) == text
    assert to_json(loaded) == json


def _labels(cohort: ast.Cohort) -> list[str | None]:
    return [visit.value.label for visit in walk(cohort) if isinstance(visit.value, ast.ConceptById)]


@relaxed
@given(cohorts())
def test_canonical_form_is_a_fixed_point_and_a_document(cohort: ast.Cohort) -> None:
    once = canonical(cohort)
    assert canonical(once) == once
    assert parse(print_cohort(once)) == once
    assert canonical_hash(parse(print_cohort(cohort))) == canonical_hash(cohort)


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.__name__)
def test_every_node_has_a_strategy(node: type) -> None:
    assert node in STRATEGIES

    @settings(max_examples=3, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def gives_the_node(data: st.DataObject) -> None:
        assert isinstance(data.draw(STRATEGIES[node]), node)

    gives_the_node()
