"""A person's first or last entry that passes is found without making every entry, and whoever cannot pass is passed
over: the cohort is the reference's."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import Comparator, Compare, Duration, Edge, Keep, RuleKind
from engine.catalog.interruption import Interruption
from engine.execute import Wanted, execute
from engine.execute.necessary import necessary_scans
from engine.execute.picking import picker_of
from engine.logical.nodes import (
    CohortPlan,
    Entry,
    Every,
    ExitPlan,
    Filter,
    PersonRange,
    RowMissing,
    RulePlan,
    Scan,
)
from engine.logical.optimize import optimize
from engine.physical.planner import plan_cohort
from engine.targets.kernels import blocks, picking, walking
from schemas.errors import TooExpensive
from schemas.fields import Field, PersonField
from schemas.omop import Domain
from tests.lib.budgets import examples
from tests.lib.event_strategies import all_events, events, filtered_events, scans
from tests.lib.plan_strategies import focused_plans, large_and_small_plans, occurrences, person_atoms
from tests.lib.random_release import random_release
from tests.lib.targets import World

SEEDS = range(3)
NOTHING = Duration(count=0)

some_scans = scans(Domain.CONDITION, Domain.DRUG, Domain.VISIT, Domain.MEASUREMENT)
entry_events = st.one_of(
    *(part.map(lambda found: (found,)) for part in (all_events, some_scans, filtered_events)),
    st.lists(events(None, None), min_size=1, max_size=2).map(tuple),
)
conditions = st.one_of(occurrences(all_events), occurrences(some_scans), occurrences(filtered_events), person_atoms)
together = st.lists(person_atoms | conditions, min_size=2, max_size=3).map(lambda parts: Every(parts=tuple(parts)))
rules = st.builds(
    RulePlan, kind=st.sampled_from(RuleKind), name=st.just("rule"), condition=conditions | person_atoms | together
)


@st.composite
def picking_plans(draw: st.DrawFn) -> CohortPlan:
    """A cohort that keeps one entry a person of many."""
    plan = draw(focused_plans)
    before = Duration(count=draw(st.sampled_from((0, 7, 28))))
    return replace(
        plan,
        entry=Entry(events=draw(entry_events), observed_before=before, observed_after=NOTHING),
        rules=tuple(draw(st.lists(rules, min_size=1, max_size=3))),
        keep=draw(st.sampled_from((Keep.FIRST, Keep.LAST))),
        qualify=None,
    )


FOUND_AT_DIFFERENT_TRIES = CohortPlan(
    entry=Entry(
        events=(Filter(source=Scan(domain=Domain.CONDITION), predicate=RowMissing(field=Field.TYPE)),),
        observed_before=NOTHING,
        observed_after=NOTHING,
    ),
    rules=(
        RulePlan(
            kind=RuleKind.EXCLUDE,
            name="rule",
            condition=PersonRange(
                field=PersonField.BIRTH_YEAR, test=Compare(operator=Comparator.LT, value=0.0), by_year=False
            ),
        ),
    ),
    keep=Keep.FIRST,
    exit=ExitPlan(offset=NOTHING, anchor=Edge.START, censors=()),
)
"""Some people's first condition will do, and of others a later one: everybody passes, and not in the order found."""


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> list[World]:
    root = tmp_path_factory.mktemp("worlds")
    return [World(random_release(root, seed)) for seed in SEEDS]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@example(plan=FOUND_AT_DIFFERENT_TRIES, seed=0, selective=0.0)
@given(plan=picking_plans(), seed=st.sampled_from(SEEDS), selective=st.sampled_from((0.0, 0.1, 2.0)))
def test_the_entries_kept_are_those_of_the_reference(worlds, plan, seed, selective):
    the_entries_kept_are_those_of_the_reference(worlds[seed], plan, selective)


def test_the_entries_kept_are_found_a_few_people_at_a_time(worlds, monkeypatch):
    for module, name, value in (
        (blocks, "_WORTH_SHARING", 0),
        (blocks, "_ROWS", 20),
        (picking, "_MOST", 1),
        (walking, "_TOGETHER", 2),
    ):
        assert isinstance(getattr(module, name), int)
        monkeypatch.setattr(module, name, value)

    @settings(max_examples=examples(50, nightly=1000), deadline=None, suppress_health_check=list(HealthCheck))
    @example(plan=FOUND_AT_DIFFERENT_TRIES, seed=0)
    @given(plan=picking_plans(), seed=st.sampled_from(SEEDS))
    def agree(plan, seed):
        the_entries_kept_are_those_of_the_reference(worlds[seed], plan, selective=0.0)

    agree()


def the_entries_kept_are_those_of_the_reference(world: World, plan: CohortPlan, selective: float) -> None:
    means = replace(world.means(), selective=selective)
    physical = plan_cohort(optimize(plan), "kernels")
    assert picker_of(physical, Wanted.MEMBERS, means) is not None or not physical.cohort.rules
    found, expected = execute(physical, means, Wanted.MEMBERS), world.reference(plan)
    for name in ("person", "start", "end"):
        np.testing.assert_array_equal(getattr(found.rows, name), getattr(expected.rows, name))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=large_and_small_plans, seed=st.sampled_from(SEEDS))
def test_every_member_has_the_events_that_the_plan_needs(worlds, plan, seed):
    world = worlds[seed]
    members = np.unique(world.reference(plan).rows.person)
    for needed in necessary_scans(plan):
        assert world.target("kernels").people_with(needed).contains(members).all()


def test_some_plans_need_events_that_some_people_lack(worlds):
    """The property above would be worth little if nothing were needed, or everybody had it."""
    shares = []

    @settings(max_examples=60, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(plan=large_and_small_plans)
    def look(plan):
        sizes = [worlds[0].target("kernels").people_with(needed).count() for needed in necessary_scans(plan)]
        shares.append(min(sizes, default=worlds[0].release.persons) < worlds[0].release.persons)

    look()
    assert sum(shares) > len(shares) / 8


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=picking_plans(), wanted=st.sampled_from(Wanted))
def test_a_question_given_up_is_stopped_and_can_be_asked_again(worlds, plan, wanted):
    stop, means = Interruption(), worlds[0].means()
    stop.interrupt()
    physical = plan_cohort(plan, "kernels")
    with pytest.raises(TooExpensive):
        execute(physical, means, wanted, stop=stop)
    found, expected = execute(physical, means, wanted), worlds[0].reference(plan)
    np.testing.assert_array_equal(found.rows.person, expected.rows.person)
