"""Numbers shown together agree: tables add up, attrition never rises, and intervals hold what they promise."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm

from engine.disclosure.display import Display
from engine.disclosure.reconcile import cell_deviation, round_to_sum
from engine.disclosure.remaining import remaining_after, remaining_deviation, remaining_tail
from engine.disclosure.safe import Shown, Suppressed
from schemas.policy import CONTROLLED_TIER, REGISTERED_TIER, TAIL_DEVIATIONS, Precision

N = 20_003
noisy = st.integers(-300, N + 300)
tiers = st.sampled_from([REGISTERED_TIER, CONTROLLED_TIER])
sigmas = st.sampled_from([precision.sigma for precision in Precision])


FALSE_ALARM = 1e-9
"""How often a test of chance may fail where what it checks is true."""


def value(shown: Shown | Suppressed) -> int | None:
    return shown.value if isinstance(shown, Shown) else None


@given(total=noisy, cells=st.lists(noisy, min_size=1, max_size=60), rules=tiers, sigma=sigmas)
def test_the_cells_of_a_table_add_up_to_the_count_shown_beside_it(total, cells, rules, sigma):
    display = Display(rules=rules, sigma=sigma, population=N)
    shown_total, shown = display.count(total), display.table(total, cells)
    assert len(shown) == len(cells)
    if isinstance(shown_total, Suppressed):
        assert set(shown) == {shown_total}
    elif all(isinstance(cell, Shown) for cell in shown):
        assert sum(cell.value for cell in shown) == shown_total.value
    assert all(cell.value % rules.rounding == 0 for cell in shown if isinstance(cell, Shown))


@given(
    values=st.lists(st.fractions(-500, 500, max_denominator=60), min_size=1, max_size=40),
    base=st.sampled_from([1, 5, 10, 20]),
    drift=st.sampled_from([0, 1]),
)
def test_rounding_to_a_sum_moves_no_value_by_a_whole_base(values, base, drift):
    target = (sum(values) // base + drift) * base
    rounded = round_to_sum(values, target, base)
    assert sum(rounded) == target
    assert all(abs(after - before) <= base for before, after in zip(values, rounded, strict=True))


@given(total=noisy, failures=st.lists(noisy, min_size=1, max_size=12), rules=tiers, sigma=sigmas)
def test_attrition_never_rises_and_ends_in_the_count(total, failures, rules, sigma):
    display = Display(rules=rules, sigma=sigma, population=N)
    steps = display.attrition(total, failures)
    numbers = [step.value for step in steps if isinstance(step, Shown)]
    assert all(before >= after for before, after in zip([N, *numbers], numbers, strict=False))
    assert steps[-1] == display.count(total)


@given(total=st.integers(0, N), failures=st.lists(st.integers(-50, 900), min_size=2, max_size=12))
def test_making_attrition_monotone_never_makes_the_worst_step_worse(total, failures):
    truth = np.linspace(N, total, len(failures) + 1)[1:]
    excess = Fraction(N - total - sum(failures), len(failures))
    straight = N - np.cumsum([float(failed + excess) for failed in failures])
    left = np.array([float(step) for step in remaining_after(failures, total, N)])
    assert np.abs(left - truth).max() <= np.abs(straight - truth).max() + 1e-6


def test_a_hidden_total_hides_all_cells():
    display = Display(rules=CONTROLLED_TIER, sigma=10, population=N)
    assert display.table(39, [90, -51]) == (Suppressed(less_than=40),) * 2


def test_no_shown_number_lies_below_the_threshold_or_above_the_population():
    display = Display(rules=REGISTERED_TIER, sigma=20, population=N)
    assert display.count(81) == Suppressed(less_than=81)
    assert display.count(85) == Shown(value=90, margin=44)
    assert display.count(N + 60) == Shown(value=20_000, margin=44)


@pytest.mark.parametrize("cell_sigma", [10, 20])
@pytest.mark.parametrize(("cells", "truth"), [(1, 5000), (2, 900), (12, 500), (60, 260)])
def test_a_cells_interval_holds_its_truth_19_times_in_20(noise, cells, truth, cell_sigma):
    """Also where cells have more noise than their total, as in the public cube."""
    rules, sigma = CONTROLLED_TIER, 10
    display = Display(rules=rules, sigma=sigma, population=N)
    errors, held = [], []
    for _ in range(max(60, 3000 // cells)):
        (total,), drawn = noise.draw(sigma, 1), noise.draw(cell_sigma, cells)
        shown = display.table(cells * truth + total, [truth + each for each in drawn], sigma=cell_sigma)
        errors += [cell.value - truth for cell in shown]
        held += [abs(cell.value - truth) <= cell.margin for cell in shown]
    # 0.94: five standard errors under 0.95 at these sizes
    assert np.mean(held) > 0.94
    deviation = cell_deviation(sigma, cells, cell_sigma=cell_sigma)
    assert np.std(errors) == pytest.approx(np.hypot(deviation, rules.rounding / 12**0.5), rel=0.12)


FALLING = [15_000, 9000, 8990, 8990, 4000, 3000, 2999, 1000]
LEVEL = [5000] * 12
"""Twelve steps that nobody fails: pooling moves them most."""


def drawn_attritions(noise, truth, *, sigma=10, rounds=4000):
    """What is shown of the same true numbers in independent rounds."""
    display = Display(rules=CONTROLLED_TIER, sigma=sigma, population=N)
    failures = [before - after for before, after in zip([N, *truth], truth, strict=False)]
    for _ in range(rounds):
        total, *drawn = noise.draw(sigma, len(truth) + 1)
        yield display.attrition(truth[-1] + total, [f + d for f, d in zip(failures, drawn, strict=True)])


@pytest.mark.parametrize("truth", [FALLING, LEVEL], ids=["falling", "level"])
def test_attrition_intervals_hold_and_the_bridge_has_the_deviation_written_down(noise, truth):
    sigma = Precision.STANDARD.sigma
    rounds = list(drawn_attritions(noise, truth, sigma=sigma))
    errors = np.array([[step.value - true for step, true in zip(steps, truth, strict=True)] for steps in rounds])
    held = np.abs(errors) <= np.array([[step.margin for step in steps] for steps in rounds])
    assert held.sum(axis=0).min() >= binom.ppf(FALSE_ALARM, len(rounds), 0.95)
    expected = [
        np.hypot(remaining_deviation(sigma, step, len(truth)), 5 / 12**0.5) for step in range(1, len(truth) + 1)
    ]
    assert (np.std(errors, axis=0) < np.array(expected) * 1.1).all()


@pytest.mark.parametrize("steps", [1, 4, 12])
def test_a_step_below_the_floor_is_shown_once_in_a_thousand_times(noise, steps):
    """Nobody above the floor is left from the first step on: what is shown is an accident, and pooling makes no more."""
    rounds = list(drawn_attritions(noise, [CONTROLLED_TIER.floor - 1] * steps))
    shown = np.sum([[isinstance(step, Shown) for step in steps] for steps in rounds], axis=0)
    # Half a person less: noise is whole, and the threshold is the first whole number that reaches 3.09 deviations.
    assert shown.max() <= binom.isf(FALSE_ALARM, len(rounds), norm.sf(TAIL_DEVIATIONS - 0.5 / 10))


def test_a_count_below_the_floor_is_shown_as_often_as_the_tail_of_its_noise_says(noise):
    display, floor, rounds = Display(rules=CONTROLLED_TIER, sigma=10, population=N), CONTROLLED_TIER.floor - 1, 40_000
    shown = sum(isinstance(display.count(floor + drawn), Shown) for drawn in noise.draw(10, rounds))
    law = np.exp(-(np.arange(-200, 201) ** 2) / 200.0)
    accident = law[200 + CONTROLLED_TIER.threshold(10) - floor :].sum() / law.sum()
    assert binom.ppf(FALSE_ALARM, rounds, accident) <= shown <= binom.isf(FALSE_ALARM, rounds, accident)


@given(steps=st.integers(1, 64), data=st.data())
def test_no_step_is_shown_more_easily_than_a_count_and_the_last_one_as_easily(steps, data):
    step = data.draw(st.integers(1, steps))
    assert 10 <= remaining_deviation(10, step, steps) <= remaining_tail(10, step, steps)
    assert remaining_deviation(10, steps, steps) == remaining_tail(10, steps, steps) == 10
