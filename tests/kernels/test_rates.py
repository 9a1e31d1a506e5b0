"""Every kernel over calendar intervals gives what its NumPy twin gives."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.aggregate.intervals import stays_of
from engine.kernels import rate_twins, rates
from engine.kernels.rates import Intervals, Strata

PEOPLE = 6
QUICK = settings(deadline=None, max_examples=150)
DAYS = st.integers(-60, 60)


def held(values) -> np.ndarray:
    array = np.array(values, np.int32)
    array.flags.writeable = False
    return array


@st.composite
def interval_columns(draw, *, points=True):
    """Stretches of a few days one after another, or single days with days between that belong to none."""
    bounds = np.array(sorted(draw(st.sets(st.integers(-40, 40), min_size=2, max_size=8))), np.int32)
    is_point = points and draw(st.booleans())
    opens, closes = (bounds[:-1], bounds[:-1]) if is_point else (bounds[:-1], bounds[1:] - 1)
    every = np.arange(opens[0], closes[-1] + 1)
    years = sorted(draw(st.lists(st.integers(1980, 1990), min_size=opens.size, max_size=opens.size)))
    return Intervals(
        opens=held(opens),
        closes=held(closes),
        year=held(years),
        month_day=held(draw(st.lists(st.integers(33, 420), min_size=opens.size, max_size=opens.size))),
        next_closing=held(np.searchsorted(closes, every)),
        last_opening=held(np.searchsorted(opens, every, side="right") - 1),
    )


@st.composite
def strata_columns(draw):
    """Two fixed strata, times bands of ages where age plays a part."""
    return Strata(
        fixed=held([draw(st.integers(0, 1)) for _ in range(PEOPLE)]),
        birth_year=held([draw(st.integers(1975, 1995)) for _ in range(PEOPLE)]),
        birth_month_day=held([draw(st.integers(33, 420)) for _ in range(PEOPLE)]),
        of_age=held(draw(st.lists(st.sampled_from((0, 2, 4)), max_size=9))),
    )


@st.composite
def stay_columns(draw):
    """Days of people, some of them none, in any order within a person."""
    rows = draw(st.lists(st.tuples(st.integers(0, PEOPLE - 1), DAYS, st.integers(-1, 50)), max_size=14))
    person, start, length = np.array(sorted(rows), np.int64).reshape(-1, 3).T
    return stays_of(person.astype(np.uint32), start, start + length)


@st.composite
def times_within(draw, intervals):
    """Times at risk: of a person one after another, within the intervals."""
    low, high = int(intervals.opens[0]), int(intervals.closes[-1])
    rows = []
    for person in range(PEOPLE):
        days = sorted(draw(st.sets(st.integers(low, high), max_size=6)))
        rows += [(person, start, end) for start, end in zip(days[::2], days[1::2], strict=False)]
    person, start, end = np.array(rows, np.int64).reshape(-1, 3).T
    ended = np.array(draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))), np.bool_)
    return stays_of(person.astype(np.uint32), start, end), ended


@QUICK
@given(stay_columns(), stay_columns(), interval_columns(), strata_columns(), st.sets(st.integers(0, PEOPLE - 1)))
def test_prevalence(observed, cases, intervals, strata, who):
    counted = np.isin(np.arange(PEOPLE), list(who))
    ours, theirs = np.zeros((2, intervals.opens.size, 6, 2), np.int64)
    state = np.zeros(intervals.opens.size, np.uint8)
    rates.count_prevalence(observed, cases, counted, intervals, strata, state, ours)
    rate_twins.count_prevalence(observed, cases, counted, intervals, strata, state, theirs)
    assert np.array_equal(ours, theirs)


@QUICK
@given(st.data(), interval_columns(points=False), strata_columns())
def test_time_at_risk(data, intervals, strata):
    times, ended = data.draw(times_within(intervals))
    ours, theirs = np.zeros((2, intervals.opens.size, 6, 4), np.int64)
    rates.count_at_risk(times, ended, intervals, strata, ours)
    rate_twins.count_at_risk(times, ended, intervals, strata, theirs)
    assert np.array_equal(ours, theirs)
