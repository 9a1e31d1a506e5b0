"""Text and JSON are spellings of one tree: writing and reading back gives the same tree."""

from dataclasses import is_dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cohort_dsl import ast, canonical, canonical_hash, from_json, parse, print_cohort, to_json
from cohort_dsl.tree import walk
from tests.lib.cohort_strategies import STRATEGIES, cohorts

NODES = [
    cls
    for cls in vars(ast).values()
    if isinstance(cls, type) and is_dataclass(cls) and cls.__module__.startswith(ast.__name__)
]
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
relaxed = settings(deadline=None, max_examples=40, phases=PHASES, suppress_health_check=list(HealthCheck))


@relaxed
@given(cohorts())
def test_text_round_trip(cohort: ast.Cohort) -> None:
    text = print_cohort(cohort)
    assert parse(text) == cohort
    assert print_cohort(parse(text)) == text


@relaxed
@given(cohorts())
def test_json_round_trip(cohort: ast.Cohort) -> None:
    assert from_json(to_json(cohort)) == cohort
    assert to_json(from_json(to_json(cohort))) == to_json(cohort)


@relaxed
@given(cohorts())
def test_labels_survive_both_spellings(cohort: ast.Cohort) -> None:
    """Labels take no part in equality, so they are compared by themselves."""
    assert _labels(parse(print_cohort(cohort))) == _labels(cohort) == _labels(from_json(to_json(cohort)))


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
