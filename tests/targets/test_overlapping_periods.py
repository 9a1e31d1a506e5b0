"""People whose observation periods overlap, or begin on one day: every target gives the reference's answer.

Periods that a source was careful about do not, and those of `random_release` do not. Some are born on a leap day.
"""

import random

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import Comparator, Compare, CountOperator, Duration, Edge, Keep, Pick, RuleKind
from engine.execute import Wanted
from engine.logical.nodes import CohortPlan, Entry, ExitPlan, Having, Occurs, PersonRange, RulePlan, Scan
from schemas.fields import PersonField
from schemas.omop import Domain
from tests.lib import random_release as releases
from tests.lib.budgets import examples
from tests.lib.plan_strategies import large_and_small_plans
from tests.lib.random_release import DAYS, PERSONS, random_release
from tests.lib.targets import TARGETS, World

SEEDS = range(3)
NOW = Duration(count=0)
CONDITIONS = Scan(domain=Domain.CONDITION)
OLD_ENOUGH = PersonRange(field=PersonField.BIRTH_YEAR, test=Compare(operator=Comparator.GE, value=0.0))


def overlapping_periods(pick: random.Random) -> list[dict[str, object]]:
    """Up to four a person, of which some begin on the same day."""
    rows: list[dict[str, object]] = []
    for person in range(PERSONS):
        for _ in range(pick.choice((0, 1, 2, 2, 3, 4))):
            first, last = sorted(pick.choices(DAYS, k=2))
            start = pick.choice((DAYS[0], first, first))
            rows.append({"person": person, "start_date": start, "end_date": last, "event_id": len(rows)})
    return rows


def asked_twice(number: int) -> CohortPlan:
    """A cohort by how many events meet a condition that every event meets."""
    events = Having(source=CONDITIONS, condition=OLD_ENOUGH)
    counted = Occurs(events=events, operator=CountOperator.EXACTLY, number=number, windows=(), within_observation=False)
    return CohortPlan(
        entry=Entry(events=(CONDITIONS,), observed_before=NOW, observed_after=NOW, pick=Pick.EARLIEST),
        rules=(RulePlan(kind=RuleKind.INCLUDE, name="so many", condition=counted),),
        keep=Keep.ALL,
        exit=ExitPlan(offset=None, anchor=Edge.START, censors=()),
    )


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> list[World]:
    root = tmp_path_factory.mktemp("worlds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(releases, "_periods", overlapping_periods)
        return [World(random_release(root, seed)) for seed in SEEDS]


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=examples(60, nightly=1500), deadline=None, suppress_health_check=list(HealthCheck))
@example(plan=asked_twice(2), seed=0)
@example(plan=asked_twice(3), seed=1)
@given(plan=large_and_small_plans, seed=st.sampled_from(SEEDS))
def test_a_target_gives_the_answer_of_the_reference(worlds, target, plan, seed):
    expected = worlds[seed].reference(plan)
    for wanted in (Wanted.RULES, Wanted.MEMBERS):
        found = worlds[seed].answer(plan, target, wanted)
        for name in ("person", "start", "end"):
            np.testing.assert_array_equal(getattr(found.rows, name), getattr(expected.rows, name))
        if wanted is Wanted.RULES:
            np.testing.assert_array_equal(found.passed, expected.passed)
