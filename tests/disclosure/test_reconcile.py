"""Numbers shown together agree: tables add up, attrition never rises, and intervals hold what they promise."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.disclosure.display import Display
from engine.disclosure.reconcile import cell_deviation, remaining_after, remaining_deviation, round_to_sum
from engine.disclosure.safe import Shown, Suppressed
from schemas.policy import CONTROLLED_TIER, REGISTERED_TIER, Precision

N = 20_003
noisy = st.integers(-300, N + 300)
tiers = st.sampled_from([REGISTERED_TIER, CONTROLLED_TIER])
sigmas = st.sampled_from([precision.sigma for precision in Precision])


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


@pytest.mark.parametrize(("cells", "truth"), [(1, 5000), (2, 900), (12, 500), (60, 260)])
def test_a_cells_interval_holds_its_truth_19_times_in_20(noise, cells, truth):
    rules, sigma = CONTROLLED_TIER, 10
    display = Display(rules=rules, sigma=sigma, population=N)
    errors, held = [], []
    for _ in range(max(60, 3000 // cells)):
        drawn = noise.draw(sigma, cells + 1)
        shown = display.table(cells * truth + drawn[0], [truth + each for each in drawn[1:]])
        errors += [cell.value - truth for cell in shown]
        held += [abs(cell.value - truth) <= cell.margin for cell in shown]
    # 0.94: five standard errors under 0.95 at these sizes
    assert np.mean(held) > 0.94
    assert np.std(errors) == pytest.approx(np.hypot(cell_deviation(sigma, cells), rules.rounding / 12**0.5), rel=0.12)


def test_attrition_intervals_hold_and_the_bridge_has_the_deviation_written_down(noise):
    rules, sigma, truth = CONTROLLED_TIER, 10, [15_000, 9000, 8990, 8990, 4000, 3000, 2999, 1000]
    display = Display(rules=rules, sigma=sigma, population=N)
    failures = [before - after for before, after in zip([N, *truth], truth, strict=False)]
    held, errors = [], []
    for _ in range(1500):
        drawn = noise.draw(sigma, len(truth) + 1)
        noisy_failures = [failed + each for failed, each in zip(failures, drawn[1:], strict=True)]
        steps = display.attrition(1000 + drawn[0], noisy_failures)
        held.append([abs(step.value - true) <= step.margin for step, true in zip(steps, truth, strict=True)])
        errors.append([step.value - true for step, true in zip(steps, truth, strict=True)])
    assert np.mean(held, axis=0).min() > 0.94
    expected = [np.hypot(remaining_deviation(sigma, step, 8), 5 / 12**0.5) for step in range(1, 9)]
    assert (np.std(errors, axis=0) < np.array(expected) * 1.1).all()


def test_shown_below_the_floor_is_a_one_in_a_thousand_accident(noise):
    display = Display(rules=CONTROLLED_TIER, sigma=10, population=N)
    floor = CONTROLLED_TIER.floor - 1
    shown = np.zeros(3)
    rounds = 4000
    for _ in range(rounds):
        total, *drawn = noise.draw(10, 5)
        steps = display.attrition(floor + total, [N - floor + drawn[0], drawn[1], drawn[2], drawn[3]])
        shown += [isinstance(display.count(floor + total), Shown), *(isinstance(s, Shown) for s in steps[:2])]
    assert (shown / rounds < 0.004).all()
