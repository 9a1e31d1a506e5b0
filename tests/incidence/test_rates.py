"""Rates and their exact intervals."""

import pytest
from scipy.stats import poisson

from engine.aggregate.poisson import exact_interval, rate_of

GARWOOD = {0: (0.0, 3.69), 1: (0.03, 5.57), 3: (0.62, 8.77), 10: (4.80, 18.39), 50: (37.11, 65.92)}
"""95 % limits of a Poisson mean as they are tabulated, to two places."""


@pytest.mark.parametrize(("events", "limits"), GARWOOD.items())
def test_the_interval_is_the_published_one(events, limits):
    assert exact_interval(events) == pytest.approx(limits, abs=0.006)


@pytest.mark.parametrize("events", [1, 2, 7, 40, 1_000, 250_000])
def test_at_either_end_what_was_seen_is_just_unlikely_enough(events):
    low, high = exact_interval(events)
    assert poisson.sf(events - 1, low) == pytest.approx(0.025)
    assert poisson.cdf(events, high) == pytest.approx(0.025)


def test_a_rate_is_per_thousand_years_of_a_person():
    rate = rate_of(10, 4_000 * 1_461)  # 16,000 person-years: every fourth year is a day longer
    assert rate.value == pytest.approx(10 / 16)
    assert (rate.low, rate.high) == pytest.approx((4.7954 / 16, 18.3904 / 16), abs=1e-5)


def test_without_time_at_risk_there_is_no_rate():
    assert rate_of(0, 0) is None
    assert rate_of(0, 1).value == 0
