"""Every target gives the reference's answer: random plans over random releases."""

import typing

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.catalog.database import Database
from engine.execute import execute
from engine.genotypes.store import GenotypeStore
from engine.logical import nodes
from engine.logical.optimize import optimize
from engine.physical.entries import CohortResult
from engine.physical.planner import plan_cohort
from engine.targets.duckdb import DuckDBTarget
from engine.targets.reference import ReferenceTarget
from tests.lib.plan_strategies import nested_plans
from tests.lib.random_release import PERSONS, random_release

SEEDS = range(6)


class World:
    """One release, and the targets that answer over it."""

    def __init__(self, root, seed: int) -> None:
        release = random_release(root, seed)
        self.genotypes = GenotypeStore.open(release)
        self.reference = ReferenceTarget(release, self.genotypes)
        self.duckdb = DuckDBTarget(Database(release, threads=1))

    def on_duckdb(self, plan: nodes.CohortPlan) -> CohortResult:
        physical = plan_cohort(plan, "duckdb")
        return execute(physical, target=self.duckdb, genotypes=self.genotypes, persons=PERSONS)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> list[World]:
    root = tmp_path_factory.mktemp("worlds")
    return [World(root, seed) for seed in SEEDS]


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=nested_plans, world=st.sampled_from(SEEDS))
def test_duckdb_gives_the_people_and_dates_of_the_reference(worlds, plan, world):
    expected = worlds[world].reference.run(plan)
    for variant in (plan, optimize(plan)):
        found = worlds[world].on_duckdb(variant)
        assert _rows(found) == _rows(expected)
        np.testing.assert_array_equal(found.progress, expected.progress)
        np.testing.assert_array_equal(found.index_day, expected.index_day)


def test_random_plans_select_some_people_and_not_others(worlds):
    """The agreement above would be worth little if cohorts were mostly empty or everybody."""
    sizes = []

    @settings(max_examples=60, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(plan=nested_plans)
    def look(plan):
        sizes.append(len(set(worlds[0].on_duckdb(plan).rows.person.tolist())))

    look()
    assert sum(0 < size < PERSONS for size in sizes) > len(sizes) / 10


def test_every_node_has_a_strategy():
    seen: set[type] = set()

    @settings(max_examples=300, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(plan=nested_plans)
    def look(plan):
        _collect(plan, seen)

    look()
    unions = (nodes.RowPredicate, nodes.EventRelation, nodes.Condition)
    wanted = {member for union in unions for member in typing.get_args(union)}
    assert wanted <= seen, f"no strategy makes {wanted - seen}"


def _rows(result: CohortResult) -> list[tuple[int, int, int]]:
    rows = result.rows
    return list(zip(rows.person.tolist(), rows.start.tolist(), rows.end.tolist(), strict=True))


def _collect(value: object, seen: set[type]) -> None:
    if isinstance(value, tuple):
        for part in value:
            _collect(part, seen)
    elif hasattr(value, "__dataclass_fields__"):
        seen.add(type(value))
        for name in value.__dataclass_fields__:
            _collect(getattr(value, name), seen)
