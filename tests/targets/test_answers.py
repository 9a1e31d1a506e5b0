"""Conditions on survey answers give the reference's answer, whatever it is that people answered.

Other plans that are drawn at random seldom ask for answers. Answers of more different texts than can be numbered, as
those in people's own words are, stay in the table, where the rows of questions left out lie between them.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import Duration, Edge, Keep, RuleKind
from engine.catalog.event_index import columns, open_event_index
from engine.catalog.event_index.layout import Form
from engine.logical.nodes import (
    Answered,
    CohortPlan,
    Entry,
    EveryoneOn,
    ExitPlan,
    IsUnknown,
    Negation,
    RulePlan,
)
from engine.targets.kernels import blocks
from tests.lib.budgets import examples
from tests.lib.event_strategies import all_events, answer_scans
from tests.lib.plan_strategies import answer_atoms
from tests.lib.random_release import QUESTION_CHOICE, random_release
from tests.lib.targets import World

SEEDS = range(3)
NOTHING = Duration(count=0)


def cohort(events: object, *conditions: object) -> CohortPlan:
    """Whoever has an entry, with rules that say of each who meets every one of the conditions."""
    return CohortPlan(
        entry=Entry(events=events, observed_before=NOTHING, observed_after=NOTHING),
        rules=tuple(RulePlan(kind=RuleKind.INCLUDE, name="rule", condition=condition) for condition in conditions),
        keep=Keep.ALL,
        exit=ExitPlan(offset=NOTHING, anchor=Edge.START, censors=()),
    )


conditions = answer_atoms | st.builds(Negation, part=answer_atoms) | st.builds(IsUnknown, part=answer_atoms)
plans = st.builds(
    lambda events, asked: cohort(events, *asked),
    st.one_of(st.just(EveryoneOn(on=None)), st.tuples(all_events), st.tuples(answer_scans)),
    st.lists(conditions, min_size=1, max_size=4),
)
CURRENT_SMOKERS = cohort(EveryoneOn(on=None), Answered(question=QUESTION_CHOICE, test=("current",), window=None))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> list[World]:
    """In the last release answers are of more texts than are numbered."""
    root = tmp_path_factory.mktemp("worlds")
    found = [World(random_release(root, seed)) for seed in SEEDS[:-1]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "MOST_CODES", 2)
        return [*found, World(random_release(root, SEEDS[-1]))]


def test_answers_are_numbered_where_they_are_few(worlds):
    tables = [open_event_index(world.release).answers for world in worlds]
    forms = [table.columns["answer"].form for table in tables]
    assert forms == [*[Form.CODES] * (len(SEEDS) - 1), Form.APART]


@pytest.mark.parametrize("shared_from", [0, 200_000])
def test_conditions_on_answers_are_those_of_the_reference(worlds, monkeypatch, shared_from):
    monkeypatch.setattr(blocks, "_WORTH_SHARING", shared_from)

    @settings(max_examples=examples(40, nightly=1000), deadline=None, suppress_health_check=list(HealthCheck))
    @example(plan=CURRENT_SMOKERS, seed=SEEDS[-1])
    @given(plan=plans, seed=st.sampled_from(SEEDS))
    def agree(plan, seed):
        expected, found = worlds[seed].reference(plan), worlds[seed].answer(plan, "kernels")
        np.testing.assert_array_equal(found.qualified, expected.qualified)
        np.testing.assert_array_equal(found.passed, expected.passed)

    agree()
