"""Events whose values meet a condition are counted, and the earliest found, where they lie; the people are the
reference's.

Releases are of few people and days, so that many events of a person fit, some of one day.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import CountOperator, Distinct, Duration, Edge, Pick, RuleKind
from engine.logical.nodes import CohortPlan, Entry, Filter, Nth, Occurs, RowAll, RowConcept, RowRange, RulePlan, Scan
from engine.targets.kernels import conditions, fitting
from schemas.fields import FIELDS, Kind
from schemas.omop import Domain
from tests.lib import random_release as releases
from tests.lib.event_strategies import numbers, ranges, windows
from tests.lib.plan_strategies import focused_plans
from tests.lib.random_release import random_release
from tests.lib.targets import World

SEEDS = range(3)
NOTHING = Duration(count=0)
DOMAINS = (Domain.MEASUREMENT, Domain.DRUG, Domain.CONDITION)


def valued(domain: Domain) -> st.SearchStrategy:
    """Tests of numbers and concepts of a domain's events."""
    own = [field for field, spec in FIELDS.items() if domain in spec.domains and spec.columns]
    of_numbers = [field for field in own if FIELDS[field].kind is Kind.NUMBER]
    of_concepts = [field for field in own if FIELDS[field].kind is Kind.CONCEPT]
    some = st.sampled_from(((1,), (2,), (1, 2), (1, 2, 3)))
    of_concept = st.builds(
        RowConcept, field=st.sampled_from(of_concepts), concepts=some, zero_is_value=st.booleans()
    )  # fmt: skip
    if not of_numbers:
        return of_concept
    return of_concept | st.builds(RowRange, field=st.sampled_from(of_numbers), test=ranges(numbers))


@st.composite
def valued_events(draw: st.DrawFn) -> Filter:
    """Events of a concept or of all that pass one to three tests."""
    domain = draw(st.sampled_from(DOMAINS))
    parts = tuple(draw(st.lists(valued(domain), min_size=1, max_size=3)))
    return Filter(
        source=Scan(domain=domain, concepts=draw(st.sampled_from(((1,), (2,), None)))),
        predicate=parts[0] if len(parts) == 1 else RowAll(parts=parts),
    )


@st.composite
def conditions_on_values(draw: st.DrawFn) -> Occurs:
    """Such events, or dates of them, in one window at most."""
    return Occurs(
        events=draw(valued_events()),
        operator=draw(st.sampled_from(CountOperator)),
        number=draw(st.integers(1, 3)),
        distinct=draw(st.sampled_from((None, Distinct.DATES))),
        windows=tuple(draw(st.lists(windows(st.just(Edge.START)), max_size=1))),
        within_observation=draw(st.booleans()),
    )


scans = st.sampled_from(DOMAINS).map(lambda domain: Scan(domain=domain))
first_or_all = scans.flatmap(lambda scan: st.sampled_from((scan, Nth(source=scan, position=1))))
index_events = st.tuples(first_or_all, st.just(Pick.ALL)) | st.tuples(valued_events(), st.just(Pick.EARLIEST))


@st.composite
def plans(draw: st.DrawFn) -> CohortPlan:
    """A cohort whose entries or rules are about such events, with every rule told of every entry."""
    index, which = draw(index_events)
    before = Duration(count=draw(st.sampled_from((0, 7))))
    entry = Entry(events=(index,), observed_before=before, observed_after=NOTHING, pick=which)
    rules = [
        RulePlan(kind=RuleKind.INCLUDE, name=str(number), condition=condition)
        for number, condition in enumerate(draw(st.lists(conditions_on_values(), min_size=3, max_size=6)))
    ]
    return replace(draw(focused_plans), entry=entry, rules=tuple(rules), qualify=None)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> list[World]:
    root = tmp_path_factory.mktemp("worlds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(releases, "PERSONS", 6)
        patch.setattr(releases, "VISITS", 400)
        patch.setattr(releases, "STEPS", (0, 0, 1, 7))
        patch.setattr(releases, "DAYS", releases.DAYS[:10])
        return [World(random_release(root, seed)) for seed in SEEDS]


def test_looking_where_values_lie_gives_the_reference(worlds, monkeypatch):
    counted: list[bool] = []

    def noted(*arguments, **more):
        found = fitting.counted_fitting(*arguments, **more)
        counted.append(found is not None)
        return found

    monkeypatch.setattr(conditions, "counted_fitting", noted)
    monkeypatch.setattr(fitting, "_FEW", 1 << 20)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(plan=plans(), seed=st.sampled_from(SEEDS))
    def agree(plan, seed):
        expected, found = worlds[seed].reference(plan), worlds[seed].answer(plan, "kernels")
        for name in ("person", "start", "end"):
            np.testing.assert_array_equal(getattr(found.rows, name), getattr(expected.rows, name))
        np.testing.assert_array_equal(found.passed, expected.passed)

    agree()
    assert sum(counted) > len(counted) / 4, "the test would be worth little if events were mostly listed"
