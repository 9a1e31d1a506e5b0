"""People whom genotypes keep out are passed over, and the cohort is the same."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import CountOperator, Duration, Edge, Keep, RuleKind, VariantById, VariantName
from engine.execute import Wanted, execute
from engine.logical.nodes import (
    Carrier,
    CohortPlan,
    Condition,
    CountOf,
    Entry,
    Every,
    EveryoneOn,
    ExitPlan,
    IsUnknown,
    Negation,
    PersonUnrecorded,
    RulePlan,
    Some,
)
from engine.personset import PersonSet, Tri
from engine.physical.bounds import bound_of, people_in
from engine.physical.entries import FALSE, TRUE, UNKNOWN
from engine.physical.kleene import evaluate
from engine.physical.planner import plan_cohort
from schemas.fields import PersonField
from tests.lib.budgets import examples
from tests.lib.plan_strategies import focused_plans, large_and_small_plans
from tests.lib.random_release import PERSONS, random_release
from tests.lib.targets import TARGETS, World

SEEDS = range(3)
ALWAYS = 2.0
"""A share that every bound stays under."""


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> list[World]:
    root = tmp_path_factory.mktemp("worlds")
    return [World(random_release(root, seed)) for seed in SEEDS]


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=examples(40, nightly=1500), deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=large_and_small_plans, seed=st.sampled_from(SEEDS), among=st.booleans())
def test_a_cohort_is_the_same_when_others_are_passed_over(worlds, target, plan, seed, among):
    world = worlds[seed]
    if among:
        plan = with_carriers(plan)
    whole = world.answer(plan, target)
    bounded = execute(plan_cohort(plan, target), replace(world.means(), selective=ALWAYS), Wanted.MEMBERS)
    for name in ("person", "start", "end"):
        np.testing.assert_array_equal(getattr(bounded.rows, name), getattr(whole.rows, name))


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=examples(30, nightly=1000), deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=focused_plans, people=st.sets(st.integers(0, PERSONS - 1), max_size=4))
def test_a_target_reads_the_people_asked_for_and_no_others(worlds, target, plan, people):
    world, those = worlds[0], sorted(people)
    asked = world.target(target)
    among = PersonSet.from_indices(np.array(those, np.uint32), PERSONS)
    whole, found = asked.anchors(plan.entry, {}), asked.anchors(plan.entry, {}, among)
    theirs = np.isin(whole.person, those)
    for name in ("person", "start", "end", "observed_from", "observed_to", "visit"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name)[theirs])
    ends = asked.last_days(plan.exit, whole, {})
    np.testing.assert_array_equal(asked.last_days(plan.exit, found, {}, among), ends[theirs])
    atoms = tuple(scan.atom for scan in plan_cohort(plan, target).columns)
    truths = asked.truths(atoms, whole, {})
    for atom, truth in asked.truths(atoms, found, {}, among).items():
        np.testing.assert_array_equal(truth, truths[atom][theirs])


def with_carriers(plan: CohortPlan) -> CohortPlan:
    """The plan with a rule that some people do not pass whatever their records say."""
    rule = RulePlan(kind=RuleKind.INCLUDE, name="carrier", condition=GENOTYPES[0])
    return replace(plan, rules=(*plan.rules, rule))


# --- the bound itself, against Kleene's logic over all that clinical conditions could say -----------------------------

GENOTYPES = [Carrier(variants=VariantById(kind=VariantName.RSID, name=f"rs{number}")) for number in (1, 2)]
CLINICAL = [PersonUnrecorded(field=field) for field in (PersonField.SEX, PersonField.REGION)]
PEOPLE = 81
"""Everybody differs: each of four conditions false, true and unknown, in every combination."""
COLUMNS = np.array(np.meshgrid(*[[FALSE, TRUE, UNKNOWN]] * 4), np.int8).reshape(4, PEOPLE)
TRUTH = dict(zip((*GENOTYPES, *CLINICAL), COLUMNS, strict=True))
FOUND = {
    atom: Tri(PersonSet.from_mask(TRUTH[atom] == TRUE), PersonSet.from_mask(TRUTH[atom] == UNKNOWN))
    for atom in GENOTYPES
}


def groups(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        several.map(lambda found: Every(parts=found)),
        several.map(lambda found: Some(parts=found)),
        parts.map(lambda part: Negation(part=part)),
        parts.map(lambda part: IsUnknown(part=part)),
        st.builds(CountOf, operator=st.sampled_from(CountOperator), number=st.integers(0, 3), parts=several),
    )


conditions = st.recursive(st.sampled_from([*GENOTYPES, *CLINICAL]), groups, max_leaves=6)
kinds = st.sampled_from(RuleKind)


@settings(max_examples=examples(200, nightly=5000), deadline=None)
@given(rules=st.lists(st.tuples(kinds, conditions), min_size=1, max_size=3))
def test_nobody_in_the_cohort_is_outside_of_the_bound(rules):
    bound = bound_of(plan_with(rules))
    if bound is None:
        return
    outside = ~people_in(bound, FOUND).to_mask()
    assert not (members(rules) & outside).any()


@pytest.mark.parametrize(
    ("kind", "condition", "share"),
    [
        (RuleKind.INCLUDE, GENOTYPES[0], 1 / 3),
        (RuleKind.INCLUDE, Every(parts=(GENOTYPES[0], CLINICAL[0])), 1 / 3),
        (RuleKind.INCLUDE, Every(parts=tuple(GENOTYPES)), 1 / 9),
        (RuleKind.INCLUDE, Some(parts=tuple(GENOTYPES)), 5 / 9),
        (RuleKind.INCLUDE, Some(parts=(GENOTYPES[0], CLINICAL[0])), 1),
        (RuleKind.INCLUDE, Negation(part=GENOTYPES[0]), 1 / 3),
        (RuleKind.INCLUDE, IsUnknown(part=GENOTYPES[0]), 1 / 3),
        (RuleKind.INCLUDE, Negation(part=IsUnknown(part=GENOTYPES[0])), 2 / 3),
        (RuleKind.EXCLUDE, GENOTYPES[0], 2 / 3),
        (RuleKind.EXCLUDE, Negation(part=GENOTYPES[0]), 2 / 3),
        (RuleKind.EXCLUDE, Every(parts=(GENOTYPES[0], CLINICAL[0])), 1),
        (RuleKind.INCLUDE, CLINICAL[0], 1),
    ],
)  # fmt: skip
def test_the_bound_is_as_narrow_as_genotypes_alone_allow(kind, condition, share):
    bound = bound_of(plan_with([(kind, condition)]))
    assert (1 if bound is None else people_in(bound, FOUND).count() / PEOPLE) == pytest.approx(share)


def plan_with(rules: list[tuple[RuleKind, Condition]]) -> CohortPlan:
    named = [RulePlan(kind=kind, name=str(number), condition=part) for number, (kind, part) in enumerate(rules)]
    whole = Duration(count=0)
    return CohortPlan(
        entry=Entry(events=EveryoneOn(on=None), observed_before=whole, observed_after=whole),
        rules=tuple(named),
        keep=Keep.ALL,
        exit=ExitPlan(offset=None, anchor=Edge.START, censors=()),
    )


def members(rules: list[tuple[RuleKind, Condition]]) -> np.ndarray:
    found = np.ones(PEOPLE, np.bool_)
    for kind, condition in rules:
        true = evaluate(condition, TRUTH, PEOPLE) == TRUE
        found &= true if kind is RuleKind.INCLUDE else ~true
    return found
