"""Incidence on every target is what walking through each entry day by day gives."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import Edge, Keep, Unit
from engine.logical.nodes import CohortPlan, Entry, ExitPlan, IncidencePlan
from tests.lib.budgets import examples
from tests.lib.event_strategies import all_events, events, mostly
from tests.lib.incidence import NOW, DayByDay, answered
from tests.lib.plan_strategies import plans
from tests.lib.random_release import random_release
from tests.lib.targets import TARGETS, World

SEEDS = range(4)

followed_to_the_end = all_events.map(
    lambda index: CohortPlan(
        entry=Entry(events=(index,), observed_before=NOW, observed_after=NOW),
        rules=(),
        keep=Keep.ALL,
        exit=ExitPlan(offset=None, anchor=Edge.START, censors=()),
    )
)
cohorts = mostly(plans(), followed_to_the_end, one_in=3)
asked = st.builds(
    IncidencePlan, outcome=mostly(events(None, None), all_events), per=st.sampled_from((Unit.MONTH, Unit.YEAR))
)
relaxed = settings(deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> list[World]:
    root = tmp_path_factory.mktemp("worlds")
    return [World(random_release(root, seed)) for seed in SEEDS]


@pytest.fixture(scope="module")
def walks(worlds) -> list[DayByDay]:
    return [DayByDay(world) for world in worlds]


@pytest.mark.parametrize("target", TARGETS)
@settings(relaxed, max_examples=examples(32, nightly=1000))
@given(cohort=cohorts, incidence=asked, seed=st.sampled_from(SEEDS))
def test_a_target_gives_what_walking_day_by_day_gives(worlds, walks, target, cohort, incidence, seed):
    assert answered(worlds[seed], cohort, incidence, target) == walks[seed].incidence(cohort, incidence)


def test_random_cohorts_have_outcomes_and_last_over_new_year(walks):
    """The agreement above would be worth little if nobody was at risk, ill, or there for long."""
    totals, spanned = [], 0

    @settings(relaxed, max_examples=60, database=None, derandomize=True)
    @given(cohort=cohorts, incidence=asked)
    def look(cohort, incidence):
        nonlocal spanned
        found = walks[0].incidence(cohort, incidence)
        totals.append(found["total"])
        spanned += len(found) > 2

    look()
    assert sum(days > 0 for _, days, _, _ in totals) > len(totals) / 4
    assert sum(outcomes > 1 for *_, outcomes in totals) > len(totals) / 6
    assert spanned > len(totals) / 6
