"""Every target gives the reference's answer: random plans over random releases."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.logical.optimize import optimize
from engine.physical.entries import CohortResult
from tests.lib.budgets import examples
from tests.lib.plan_strategies import large_and_small_plans, nested_plans
from tests.lib.random_release import PERSONS, random_release
from tests.lib.targets import TARGETS, World

SEEDS = range(6)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> list[World]:
    root = tmp_path_factory.mktemp("worlds")
    return [World(random_release(root, seed)) for seed in SEEDS]


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=examples(80, nightly=3000), deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=large_and_small_plans, seed=st.sampled_from(SEEDS), optimized=st.booleans())
def test_a_target_gives_the_people_dates_and_attrition_of_the_reference(worlds, target, plan, seed, optimized):
    expected = worlds[seed].reference(plan)
    found = worlds[seed].answer(optimize(plan) if optimized else plan, target)
    assert rows(found) == rows(expected)
    np.testing.assert_array_equal(found.progress, expected.progress)
    persons = worlds[seed].release.persons
    assert found.rows.first_days(persons).tolist() == [
        min((start for who, start, _ in rows(expected) if who == person), default=0) for person in range(persons)
    ]
    np.testing.assert_array_equal(found.qualified, expected.qualified)
    np.testing.assert_array_equal(found.passed, expected.passed)


def test_random_plans_select_some_people_and_not_others(worlds):
    """The agreement above would be worth little if cohorts were mostly empty or everybody."""
    sizes = []

    @settings(max_examples=100, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(plan=nested_plans)
    def look(plan):
        sizes.append(len(set(worlds[0].reference(plan).rows.person.tolist())))

    look()
    assert sum(0 < size < PERSONS for size in sizes) > len(sizes) / 4


def rows(result: CohortResult) -> list[tuple[int, int, int]]:
    found = result.rows
    return list(zip(found.person.tolist(), found.start.tolist(), found.end.tolist(), strict=True))
