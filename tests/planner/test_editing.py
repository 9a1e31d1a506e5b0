"""Whatever is kept from earlier questions, and however little of it, every answer is the one worked out afresh."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import RuleKind
from engine.catalog.statistics import open_statistics
from engine.execute import Intermediates, Wanted, execute
from engine.logical.nodes import CohortPlan, RulePlan
from engine.logical.optimize import optimize
from engine.physical.entries import CohortResult
from engine.physical.estimates import Estimates
from engine.physical.planner import plan_cohort
from tests.lib.budgets import examples
from tests.lib.event_strategies import all_events
from tests.lib.genotype_strategies import genotype_atoms
from tests.lib.plan_strategies import answer_atoms, large_and_small_plans, occurrences, person_atoms
from tests.lib.random_release import random_release
from tests.lib.targets import TARGETS, World

SEEDS = range(3)
HARDLY_ANYTHING = 20_000
"""Bytes: some columns of the small releases here, and never all of a question."""


rules_ = st.builds(
    RulePlan,
    kind=st.sampled_from(RuleKind),
    name=st.sampled_from(("one name", "another")),
    condition=st.one_of(person_atoms, answer_atoms, genotype_atoms, occurrences(all_events)),
)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> list[tuple[World, Estimates]]:
    root = tmp_path_factory.mktemp("worlds")
    made = [World(random_release(root, seed)) for seed in SEEDS]
    return [(world, Estimates(open_statistics(world.release, world.database))) for world in made]


@st.composite
def edits(draw: st.DrawFn) -> list[CohortPlan]:
    """A plan, and what becomes of it when one criterion after the other is changed, added, dropped or moved."""
    plan = draw(large_and_small_plans)
    versions = [plan]
    for _ in range(draw(st.integers(1, 4))):
        rules = list(plan.rules)
        at = draw(st.integers(0, max(0, len(rules) - 1)))
        match draw(st.sampled_from(("change", "add", "drop", "move", "back"))):
            case "change" if rules:
                rules[at] = draw(rules_)
            case "drop" if rules:
                del rules[at]
            case "move" if rules:
                rules.append(rules.pop(at))
            case "back":
                rules = list(draw(st.sampled_from(versions)).rules)
            case _:
                rules.insert(at, draw(rules_))
        plan = replace(plan, rules=tuple(rules))
        versions.append(plan)
    return versions


@pytest.mark.parametrize("preferred", TARGETS)
@settings(max_examples=examples(15, nightly=400), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    versions=edits(),
    seed=st.sampled_from(SEEDS),
    most_bytes=st.sampled_from((0, HARDLY_ANYTHING, 1 << 30)),
    selective=st.sampled_from((0.1, 2.0)),
    wanted=st.lists(st.sampled_from(Wanted), min_size=5, max_size=5),
    is_estimated=st.booleans(),
)
def test_an_edited_question_is_answered_as_if_it_were_the_first(
    worlds, preferred, versions, seed, most_bytes, selective, wanted, is_estimated
):
    world, estimates = worlds[seed]
    others = [name for name in TARGETS if name != preferred]
    means = replace(
        world.means(),
        kept=Intermediates(most_bytes),
        selective=selective,
        estimates=estimates if is_estimated else None,
    )
    for version, asked in zip(versions, wanted, strict=False):
        plan = plan_cohort(optimize(version), preferred, *others)
        assert_alike(execute(plan, means, asked), world.reference(version), asked)
        usage = means.kept.usage()
        assert usage.bytes <= usage.most_bytes


def assert_alike(found: CohortResult, expected: CohortResult, wanted: Wanted) -> None:
    """What was wanted is as the reference has it, and nothing else is there."""
    for name in ("person", "start", "end"):
        np.testing.assert_array_equal(getattr(found.rows, name), getattr(expected.rows, name))
    match wanted:
        case Wanted.MEMBERS:
            assert not found.progress.size
        case Wanted.STEPS:
            np.testing.assert_array_equal(found.progress, expected.progress)
            assert not found.passed.size
        case Wanted.RULES:
            np.testing.assert_array_equal(found.progress, expected.progress)
            np.testing.assert_array_equal(found.qualified, expected.qualified)
            np.testing.assert_array_equal(found.passed, expected.passed)
