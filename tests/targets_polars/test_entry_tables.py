"""Beyond the same cohort: Polars and DuckDB give the same entries in the same order, with every column alike."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.catalog.database import Database
from engine.physical.planner import plan_cohort
from engine.targets.duckdb import DuckDBTarget
from engine.targets.polars import PolarsTarget
from tests.lib.budgets import examples
from tests.lib.plan_strategies import plans
from tests.lib.random_release import random_release

SEEDS = range(3)


@pytest.fixture(scope="module")
def targets(tmp_path_factory):
    root = tmp_path_factory.mktemp("entries")
    releases = [random_release(root, seed) for seed in SEEDS]
    return [(PolarsTarget(release), DuckDBTarget(Database(release, threads=1))) for release in releases]


@settings(max_examples=examples(30, nightly=1000), deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans(), seed=st.sampled_from(SEEDS))
def test_entry_tables_are_alike(targets, plan, seed):
    polars, duckdb = targets[seed]
    found, expected = (target.anchors(plan.entry, {}) for target in targets[seed])
    for name in ("person", "start", "end", "observed_from", "observed_to", "visit"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), strict=True)
    ends = (target.last_days(plan.exit, expected, {}) for target in targets[seed])
    np.testing.assert_array_equal(*ends, strict=True)
    atoms = tuple(scan.atom for scan in plan_cohort(plan, "polars").columns)
    columns = duckdb.truths(atoms, found, {})
    for atom, column in polars.truths(atoms, found, {}).items():
        np.testing.assert_array_equal(column, columns[atom], strict=True)
