"""What answers are said to be worth is what the code that shows them makes of them."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.disclosure.display import Display
from engine.disclosure.expectation import (
    AnswerKind,
    Expectation,
    Imagined,
    chance_of_cell,
    chance_of_count,
    chance_of_share,
    expect,
)
from engine.disclosure.proportion import shares
from engine.disclosure.safe import Share, Shown
from schemas.policy import CONTROLLED_TIER, REGISTERED_TIER, Precision

N = 770_000
TIERS = (REGISTERED_TIER, CONTROLLED_TIER)
offers = st.sampled_from([(rules, precision) for rules in TIERS for precision in rules.precisions])


def displays(rules, precision: Precision) -> Display:
    return Display(rules=rules, sigma=precision.sigma, population=N)


def found(rules, precision, asked: Imagined) -> dict[AnswerKind, Expectation]:
    return {each.kind: each for each in expect(rules, precision, asked, budget=rules.budget.project)}


@settings(max_examples=60)
@given(offer=offers, size=st.integers(0, 400))
def test_the_chance_of_a_count_is_the_weight_of_the_draws_that_the_display_shows(offer, size):
    rules, precision = offer
    display, sigma = displays(rules, precision), precision.sigma
    weights = {drawn: math.exp(-(drawn**2) / (2 * sigma**2)) for drawn in range(-8 * sigma, 8 * sigma + 1)}
    shown = sum(weight for drawn, weight in weights.items() if isinstance(display.count(size + drawn), Shown))
    assert chance_of_count(rules, sigma, size) == pytest.approx(shown / sum(weights.values()), abs=1e-9)


@pytest.mark.parametrize("cells", [2, 3, 12])
@pytest.mark.parametrize(("rules", "precision"), [(REGISTERED_TIER, Precision.STANDARD), (CONTROLLED_TIER, Precision.FINEST)])  # fmt: skip
def test_the_chances_of_a_cell_and_its_share_are_those_of_many_draws(noise, rules, precision, cells):
    display, sigma = displays(rules, precision), precision.sigma
    for above in (-1.0, 0.0, 1.0):
        each = rules.threshold(sigma) + int(above * sigma)
        asked = Imagined(size=each * cells, cells=cells, steps=1)
        shown, shared = [], []
        for _ in range(2_400 // cells):
            total, *drawn = noise.draw(sigma, cells + 1)
            noisy = asked.size + total, [each + one for one in drawn]
            table = display.table(*noisy)
            proportions = shares(display.reconciled(*noisy), sigma, rules)
            is_told = isinstance(display.count(noisy[0]), Shown)
            shown.append(np.mean([isinstance(cell, Shown) for cell in table]))
            shared.append(np.mean([is_told and isinstance(share, Share) for share in proportions]))
        # 0.02 for rounding to a sum, and five standard errors of 2,400 draws of which those of a table go together
        bound = 0.02 + 5 * 0.5 / math.sqrt(2_400 // cells)
        assert np.mean(shown) == pytest.approx(chance_of_cell(rules, sigma, asked), abs=bound)
        assert np.mean(shared) == pytest.approx(chance_of_share(rules, sigma, asked), abs=bound)


@given(offer=offers, cells=st.integers(2, 60), steps=st.integers(1, 12))
def test_margins_and_thresholds_are_those_of_the_answers(offer, cells, steps):
    rules, precision = offer
    display = displays(rules, precision)
    expected = found(rules, precision, Imagined(size=6_000, cells=cells, steps=steps))
    count = display.count(6_000)
    assert count.margin == expected[AnswerKind.COUNT].margin
    assert {cell.margin for cell in display.table(cells * 900, [900] * cells)} == {expected[AnswerKind.TABLE].margin}
    assert {cell.less_than for cell in display.table(6_000, [0] * (cells - 1) + [6_000])[:-1]} == {
        expected[AnswerKind.TABLE].shown_from
    } or cells == 2
    left = display.attrition(N - steps * 9_000, [9_000] * steps)
    attrition = expected[AnswerKind.ATTRITION]
    assert (left[-1].margin, max(step.margin for step in left)) == (attrition.margin, attrition.widest)


@pytest.mark.parametrize("cells", [2, 6, 20])
def test_the_interval_of_a_share_is_as_wide_as_the_one_that_is_shown(cells):
    rules, precision = CONTROLLED_TIER, Precision.FINE
    expected = found(rules, precision, Imagined(size=cells * 500, cells=cells, steps=1))[AnswerKind.SHARE]
    for share in shares([500] * cells, precision.sigma, rules):
        # Its ends are rounded outwards, each by less than the half-width.
        assert expected.margin <= (share.high - share.low) / 2 <= expected.margin * 2


def test_a_share_of_a_cohort_no_larger_than_its_noise_is_unknown():
    expected = found(REGISTERED_TIER, Precision.STANDARD, Imagined(size=39, cells=2, steps=1))[AnswerKind.SHARE]
    assert (expected.margin, expected.relative) == (None, None)
    wider = found(REGISTERED_TIER, Precision.STANDARD, Imagined(size=40, cells=2, steps=1))[AnswerKind.SHARE]
    assert wider.margin == 0.5


@given(offer=offers, cells=st.integers(2, 60), size=st.integers(0, 3_000))
@settings(max_examples=40)
def test_larger_cohorts_are_shown_more_often(offer, cells, size):
    rules, precision = offer
    smaller, larger = (found(rules, precision, Imagined(size=n, cells=cells, steps=3)) for n in (size, size + 7))
    for kind in AnswerKind:
        assert 0 <= smaller[kind].shown <= larger[kind].shown + 1e-12 <= 1 + 1e-12


@given(offer=offers, size=st.integers(0, 20))
def test_fewer_than_the_floor_are_shown_once_in_a_thousand(offer, size):
    rules, precision = offer
    expected = found(rules, precision, Imagined(size=min(size, rules.floor - 1), cells=2, steps=2))
    # 0.001 of a normal distribution, whose values are not whole numbers
    assert all(each.shown < 0.0012 for each in expected.values())


def test_prices_are_what_the_gate_charges(asker):
    expected = found(CONTROLLED_TIER, Precision.FINE, Imagined(size=900, cells=3, steps=2))
    assert asker.count("a", 900).receipt.charged == expected[AnswerKind.COUNT].price
    assert asker.table("b", [300, 300, 300]).receipt.charged == expected[AnswerKind.TABLE].price
    assert asker.attrition("c", [2_000, 900]).receipt.charged == expected[AnswerKind.ATTRITION].price
    assert expected[AnswerKind.COUNT].a_year == 200


def test_what_the_tier_does_not_take_is_left_out():
    asked = Imagined(size=900, cells=61, steps=13)
    assert list(found(REGISTERED_TIER, Precision.COARSE, asked)) == [AnswerKind.COUNT]
    assert AnswerKind.TABLE in found(CONTROLLED_TIER, Precision.COARSE, asked)


def test_more_precision_costs_more_and_hides_less():
    every = [found(CONTROLLED_TIER, p, Imagined(size=60, cells=2, steps=2)) for p in CONTROLLED_TIER.precisions]
    for coarser, finer in pairwise(every):
        for kind in AnswerKind:
            assert coarser[kind].price < finer[kind].price
            assert coarser[kind].shown < finer[kind].shown
