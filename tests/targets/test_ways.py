"""How the kernels find events is decided by cost; every way gives the reference's answer.

Random releases are so small that few of their events would be found in timelines, or by seeking people in runs, and
that nothing would be worth cutting into blocks of people. In the last of them no event says when it ended, as in the
tables of most hospitals' measurements: then there is no column of last days.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort_dsl.ast import Duration, Edge, RuleKind, Unit
from engine.logical.nodes import CohortPlan, Entry, Filter, Nth, Occurs, RowAll, RowRange, RulePlan
from engine.targets.kernels import blocks, scope, timelines
from schemas.fields import Field
from schemas.omop import Domain
from tests.lib import random_release as releases
from tests.lib.budgets import examples
from tests.lib.event_strategies import dates, events, filtered_events, ranges, scans
from tests.lib.plan_strategies import focused_plans, occurrences
from tests.lib.random_release import random_release
from tests.lib.targets import World

SEEDS = range(3)
NOTHING = Duration(count=0)
COSTS = {
    "in timelines": {(timelines, "_MANY"): 1, (timelines, "_SHARE"): 1 << 20},
    "by people in runs": {(timelines, "_MANY"): 1 << 20, (scope, "_RUN_PROBES"): 0, (scope, "_PROBES"): 0},
    "all of a concept": {(timelines, "_MANY"): 1 << 20, (scope, "_RUN_PROBES"): 1 << 20, (scope, "_PROBES"): 1 << 20},
    "in blocks of few people": {(blocks, "_WORTH_SHARING"): 0, (blocks, "_ROWS"): 20},
}

ages = st.sampled_from((0.0, 0.5, 28.0, 40.0, 60.0))
some_scans = scans(Domain.CONDITION, Domain.DRUG, Domain.VISIT, Domain.MEASUREMENT)


def by_first_day(condition: Occurs) -> Occurs:
    """The condition with windows of first days only, and counting every event."""
    starts = tuple(window for window in condition.windows if window.edge is Edge.START)
    return replace(condition, windows=starts, distinct=None, same_visit=False)


days_and_ages = st.one_of(
    st.builds(RowRange, field=st.just(Field.DATE), test=ranges(dates)),
    st.builds(RowRange, field=st.just(Field.AGE), test=ranges(ages), by_year=st.booleans()),
)
on_some_days = st.builds(
    Filter,
    source=some_scans,
    predicate=days_and_ages
    | st.lists(days_and_ages, min_size=2, max_size=2).map(lambda tests: RowAll(parts=tuple(tests))),
)
index_events = st.one_of(
    some_scans, st.builds(Nth, source=some_scans, position=st.just(1), from_end=st.booleans()), on_some_days
)
rules = st.builds(
    RulePlan,
    kind=st.sampled_from(RuleKind),
    name=st.just("rule"),
    condition=st.one_of(
        *(occurrences(found) for found in (some_scans, filtered_events, events(None, None))),
        occurrences(some_scans).map(by_first_day),
    ),
)


@st.composite
def plans_about_events(draw: st.DrawFn) -> CohortPlan:
    """A cohort whose rules count events."""
    room = st.sampled_from((NOTHING, NOTHING, Duration(count=7), Duration(count=1, unit=Unit.MONTH)))
    index = Entry(events=(draw(index_events),), observed_before=draw(room), observed_after=draw(room))
    return replace(draw(focused_plans), entry=index, rules=tuple(draw(st.lists(rules, min_size=1, max_size=3))))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> list[World]:
    root = tmp_path_factory.mktemp("worlds")
    found = [World(random_release(root, seed)) for seed in SEEDS[:-1]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(releases, "LENGTHS", ())
        return [*found, World(random_release(root, SEEDS[-1]))]


@pytest.mark.parametrize("way", COSTS)
def test_every_way_of_finding_events_gives_the_same(worlds, monkeypatch, way):
    costs: Mapping[tuple[object, str], int] = COSTS[way]
    for (module, name), value in costs.items():
        assert isinstance(getattr(module, name), int)
        monkeypatch.setattr(module, name, value)

    @settings(max_examples=examples(60, nightly=2000), deadline=None, suppress_health_check=list(HealthCheck))
    @given(plan=plans_about_events(), seed=st.sampled_from(SEEDS))
    def agree(plan, seed):
        expected, found = worlds[seed].reference(plan), worlds[seed].answer(plan, "kernels")
        for name in ("person", "start", "end"):
            np.testing.assert_array_equal(getattr(found.rows, name), getattr(expected.rows, name))
        np.testing.assert_array_equal(found.passed, expected.passed)

    agree()
