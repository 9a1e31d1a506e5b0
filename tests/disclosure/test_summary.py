"""Shares, means and quartiles: from released cells alone, and their intervals hold the truth as often as they say."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from engine.disclosure.display import Display
from engine.disclosure.proportion import UNKNOWN_SHARE, NoisyCells, proportion, shares
from engine.disclosure.request import Breakdown, Scale
from engine.disclosure.safe import Share, ShareWithin
from engine.disclosure.summary import summary
from engine.disclosure.tables import exact_table, protected_table
from schemas.policy import CONTROLLED_TIER
from tests.disclosure.conftest import PEOPLE

WORDS = tuple(f"{low}-{low + 9}" for low in range(0, 110, 10))
AGE = Scale(dimension="age(10)", place=1, words=WORDS, edges=tuple(range(0, 120, 10)))
LABELS = tuple(product(("female", "male"), WORDS))
TABLE = Breakdown(spec="sex, age(10)", labels=LABELS, scales=(AGE,))


@pytest.fixture(scope="module")
def ages() -> np.ndarray:
    """Of 20,000 people, in whole years and days, from 0 to 109."""
    return np.clip(np.random.default_rng(5).gamma(9, 6.5, 20_000), 0, 109.9)


def cells_of(ages: np.ndarray) -> np.ndarray:
    """By sex, which alternates, and age."""
    return np.bincount((np.arange(len(ages)) % 2) * len(WORDS) + (ages // 10).astype(int), minlength=len(LABELS))


def test_true_cells_give_what_can_be_known_of_the_truth(ages):
    (found,) = exact_table(TABLE, cells_of(ages).tolist()).summaries
    assert found.mean.low <= ages.mean() <= found.mean.high
    assert found.mean.value == pytest.approx((ages // 10 * 10 + 5).mean(), abs=0.06)
    for quartile, share in zip(found.quartiles, (0.25, 0.5, 0.75), strict=True):
        truth = np.quantile(ages, share)
        assert (quartile.low, quartile.high) == (truth // 10 * 10, truth // 10 * 10 + 10)
        assert quartile.value == pytest.approx(truth, abs=1.5)


def test_noisy_cells_give_intervals_that_hold_the_truth_19_times_in_20(noise, ages):
    """The values themselves lie inside of bands, which makes the intervals wider than the noise; so the noise is also
    checked on its own, with everybody in the middle of the band."""
    cells, sigma = cells_of(ages[:2_000]), 50
    display = Display(rules=CONTROLLED_TIER, sigma=sigma, population=PEOPLE)
    middles = (np.repeat(np.arange(5, 115, 10)[None, :], 2, axis=0).ravel() * cells).sum() / cells.sum()
    truths = [np.quantile(ages[:2_000], share) for share in (0.25, 0.5, 0.75)]
    held = []
    for _ in range(400):
        drawn = noise.draw(sigma, len(cells) + 1)
        noisy = [int(cell) + each for cell, each in zip(cells, drawn[1:], strict=True)]
        (found,) = protected_table(TABLE, int(cells.sum()) + drawn[0], noisy, display).summaries
        inner = found.mean.low + 5 <= middles <= found.mean.high - 5
        held.append([inner, *(q.low <= t <= q.high for q, t in zip(found.quartiles, truths, strict=True))])
    # five standard errors of 0.95 at 400 rounds, one-sided: 0.054
    assert np.mean(held, axis=0).min() > 0.95 - 0.054


def test_a_share_is_the_proportion_of_one_cell_in_all(noise):
    cells = [Fraction(each) for each in (900, 500, 40, 3, 0, 700)]
    found = shares(cells, 10, CONTROLLED_TIER)
    for place, share in enumerate(found):
        one = tuple(int(each == place) for each in range(len(cells)))
        assert share == proportion(NoisyCells(cells, 10), one, (1,) * len(cells), CONTROLLED_TIER)
    assert [type(share) for share in found] == [Share, Share, Share, ShareWithin, ShareWithin, Share]


def test_shares_hold_the_truth_19_times_in_20(noise):
    true, sigma = np.array([900, 500, 300, 400]), 20
    display = Display(rules=CONTROLLED_TIER, sigma=sigma, population=PEOPLE)
    breakdown = Breakdown(spec="s", labels=tuple((str(n),) for n in range(4)))
    held = []
    for _ in range(600):
        drawn = noise.draw(sigma, 5)
        shown = protected_table(breakdown, int(true.sum()) + drawn[0], (true + drawn[1:]).tolist(), display).shares
        held += [share.low <= truth <= share.high for share, truth in zip(shown, true / true.sum(), strict=True)]
    assert np.mean(held) > 0.95 - 5 * np.sqrt(0.95 * 0.05 / 600)


def test_nothing_is_said_where_the_count_is_hidden():
    display = Display(rules=CONTROLLED_TIER, sigma=10, population=PEOPLE)
    numbers = protected_table(TABLE, 20, [500] * len(LABELS), display)
    assert set(numbers.shares) == {UNKNOWN_SHARE}
    assert numbers.summaries == ()


def test_of_nobody_there_is_no_mean():
    assert exact_table(TABLE, [0] * len(LABELS)).summaries == ()


def test_cells_that_noise_made_negative_keep_the_quartiles_in_order_and_on_the_scale():
    cells = [Fraction(each) for each in (-60, 0, 500, -80, 900, 0, 400, -30, -20, -10, -5)]
    labels = tuple(("x", word) for word in WORDS)
    found = summary(cells, 20, labels, AGE)
    lows, values, highs = zip(*((q.low, q.value, q.high) for q in found.quartiles), strict=True)
    for numbers in (lows, values, highs):
        assert sorted(numbers) == list(numbers)
        assert numbers[0] >= 0 and numbers[-1] <= 110
    assert all(low <= value <= high for low, value, high in zip(lows, values, highs, strict=True))
