"""Rates over time on every target are what looking at everybody day by day gives."""

import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import Dimension, DimensionKind, Unit
from engine.aggregate.intervals import Window
from engine.logical.nodes import IncidencePlan
from schemas.series import PrevalenceMeasure
from tests.incidence.test_agreement import cohorts
from tests.lib.budgets import examples
from tests.lib.event_strategies import all_events
from tests.lib.random_release import DAYS, random_release
from tests.lib.series import Asked, PersonByPerson, incidence, prevalence
from tests.lib.targets import TARGETS, World

SEEDS = range(3)
relaxed = settings(deadline=None, suppress_health_check=list(HealthCheck))
two_winters = st.just([datetime.date(1999, 12, 10), datetime.date(2001, 2, 20)])
ends = two_winters | st.lists(
    st.one_of(st.sampled_from(DAYS), st.dates(datetime.date(1999, 12, 1), datetime.date(2001, 3, 1))),
    min_size=2,
    max_size=2,
).map(sorted)
windows = st.builds(
    lambda days, per: Window(first=days[0], last=days[1], per=per), ends, st.sampled_from((Unit.MONTH, Unit.YEAR))
)
ages = st.builds(lambda width: Dimension(kind=DimensionKind.AGE, width=width), st.sampled_from((1, 10, 30)))
others = st.sampled_from((DimensionKind.SEX, DimensionKind.REGION, DimensionKind.RACE)).map(
    lambda kind: Dimension(kind=kind)
)
splits = st.lists(st.one_of(ages, others), max_size=3, unique_by=lambda dimension: dimension.kind).map(tuple)
questions = st.builds(Asked, window=windows, by=splits, measure=st.sampled_from(PrevalenceMeasure))
outcomes = st.builds(IncidencePlan, outcome=all_events, per=st.just(Unit.MONTH))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> list[World]:
    root = tmp_path_factory.mktemp("worlds")
    return [World(random_release(root, seed)) for seed in SEEDS]


@pytest.fixture(scope="module")
def meanings(worlds) -> list[PersonByPerson]:
    return [PersonByPerson(world) for world in worlds]


@pytest.mark.parametrize("target", TARGETS)
@settings(relaxed, max_examples=examples(16, nightly=500))
@given(cohort=cohorts, asked=questions, seed=st.sampled_from(SEEDS))
def test_prevalence_is_what_looking_day_by_day_gives(worlds, meanings, target, cohort, asked, seed):
    assert prevalence(worlds[seed], cohort, asked, target) == meanings[seed].prevalence(cohort, asked)


@settings(relaxed, max_examples=examples(40, nightly=800))
@given(cohort=cohorts, outcome=outcomes, asked=questions, seed=st.sampled_from(SEEDS), target=st.sampled_from(TARGETS))
def test_incidence_by_stratum_is_what_walking_day_by_day_gives(worlds, meanings, cohort, outcome, asked, seed, target):
    assert incidence(worlds[seed], cohort, outcome, asked, target) == meanings[seed].incidence(cohort, outcome, asked)


def test_random_questions_find_people_in_several_strata(meanings):
    """The agreement above would be worth little if nobody was in a cohort, or everybody always."""
    found = []

    @settings(relaxed, max_examples=60, database=None, derandomize=True)
    @given(cohort=cohorts, asked=questions)
    def look(cohort, asked):
        found.append(list(meanings[0].prevalence(cohort, asked).values()))

    look()
    assert sum(any(0 < cases < observed for observed, cases in rows) for rows in found) > len(found) / 6
    assert sum(len(rows) > 9 for rows in found) > len(found) / 6
