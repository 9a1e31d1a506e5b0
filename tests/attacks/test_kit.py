"""The kit itself: its limits against other ways to compute them, its questions against the service's exact numbers."""

from dataclasses import replace

import numpy as np
import opendp.prelude as dp
import pytest
from opendp.combinators import make_fix_delta, make_zCDP_to_approxDP
from scipy.stats import binom

import engine
from tests.attacks.kit.arena import Arena, baseline_scores
from tests.attacks.kit.askers import STEWARD, Asker, number
from tests.attacks.kit.baselines import BASELINES
from tests.attacks.kit.questions import All, Carrier, Chaff, Either, Not, Numbered, Secret, Unheard, always, members
from tests.attacks.kit.statistics import (
    Guesses,
    advantage,
    claimed_epsilon,
    guesses,
    least_deviation,
    least_epsilon_of_one_run,
    lower_limit,
    most_advantage,
    noise_fits,
    pass_line,
    upper_limit,
)
from tests.attacks.kit.world import World

RHO = 1.0


def gaussian_game(rho: float, size: int) -> tuple[np.ndarray, np.ndarray]:
    """What the best attacker sees of a Gaussian mechanism of this rho: unit noise, and mu more where planted."""
    pick = np.random.default_rng(4)
    return pick.normal(size=size), pick.normal(np.sqrt(2 * rho), size=size)


def test_the_best_attacker_lies_on_the_line_and_not_above_it() -> None:
    clean, planted = gaussian_game(RHO, 200_000)
    for rate in (0.01, 0.05, 0.1):
        hit = float((planted > np.quantile(clean, 1 - rate)).mean())
        assert hit == pytest.approx(pass_line(rate, RHO), abs=0.006)
    assert advantage(clean[:5000], planted[:5000]) == pytest.approx(most_advantage(RHO), abs=0.04)
    assert guesses(clean, planted, np.sqrt(RHO / 2)).is_under(RHO)


def test_an_attacker_who_learns_twice_as_much_is_noticed() -> None:
    clean, planted = gaussian_game(4 * RHO, 200)
    assert not guesses(clean, planted, np.sqrt(4 * RHO / 2)).is_under(RHO)


@pytest.mark.parametrize(("hits", "of"), [(0, 20), (7, 20), (20, 20), (199, 400)])
def test_confidence_limits_are_where_the_binomial_tails_say(hits: int, of: int) -> None:
    """Clopper and Pearson by search over the binomial distribution instead of by beta quantiles."""
    shares = np.linspace(0, 1, 20_001)
    at_least = shares[binom.sf(hits - 1, of, shares) > 1e-3]
    at_most = shares[binom.cdf(hits, of, shares) > 1e-3]
    assert lower_limit(hits, of, 1e-3) == pytest.approx(at_least[0] if hits else 0, abs=1e-4)
    assert upper_limit(hits, of, 1e-3) == pytest.approx(at_most[-1] if hits < of else 1, abs=1e-4)


@pytest.mark.parametrize(("rho", "delta"), [(0.5, 1e-7), (1.0, 1e-10), (2.56, 1e-10)])
def test_the_claimed_epsilon_is_within_what_opendp_converts_rho_to(rho: float, delta: float) -> None:
    """Its conversion holds for every zCDP mechanism, ours for the Gaussian, so ours is the smaller, by little."""
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l2_distance(T=int)
    measurement = make_fix_delta(
        make_zCDP_to_approxDP(dp.m.make_gaussian(*space, scale=float(1 / np.sqrt(2 * rho)))), delta
    )
    epsilon, _ = measurement.map(1)
    assert 0.8 * epsilon < claimed_epsilon(rho, delta) <= epsilon * 1.001


def test_the_audit_does_not_refute_the_truth_and_refutes_half_of_it() -> None:
    clean, planted = gaussian_game(RHO, 2000)
    found = guesses(clean, planted, 2.5)
    right = guesses(clean, planted, np.sqrt(RHO / 2))
    claimed = claimed_epsilon(RHO, 1e-10)
    assert 1.5 < found.least_epsilon(1e-10) <= claimed
    assert 0.8 < least_epsilon_of_one_run(right.hits + right.clean - right.false, 4000, 1e-10) <= claimed
    assert Guesses(hits=2000, planted=2000, false=0, clean=2000).least_epsilon(1e-10) > 4


def test_noise_of_half_the_size_is_noticed() -> None:
    pick = np.random.default_rng(6)
    known = pick.integers(100, 300, 500)
    shown = [5 * round(float(each)) for each in (known + np.rint(pick.normal(0, 5, 500))) / 5]
    halved = [5 * round(float(each)) for each in (known + np.rint(pick.normal(0, 2.5, 500))) / 5]
    assert noise_fits(shown, list(known), sigma=5, base=5) > 1e-3
    assert noise_fits(halved, list(known), sigma=5, base=5) < 1e-6
    assert np.std(halved - known) < least_deviation(500, 5) < np.std(shown - known)


def test_questions_mean_the_same_to_the_service_and_to_the_baselines(arena: Arena) -> None:
    with arena.service() as service:
        for question in (
            Numbered(3, 500),
            Secret(),
            All((Numbered(0, 399), Carrier(3))),
            All((Numbered(1, 399), Secret(), Not(Carrier(4)), Not(Unheard(5)), always(9))),
            All((Either((Numbered(0, 0), Numbered(50, 80))), Secret(), Chaff())),
        ):
            request = replace(service.researcher().request(question, precision=None), principal=STEWARD)
            counted = number(engine.count(service.session, request).count)
            assert counted == members(question, arena.world).sum()


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_hides_small_counts_and_is_near_large_ones(name: str) -> None:
    def hidden(asker: Asker, world: World, block: int) -> float:
        return float(asker.count(Numbered(0, 2)) is None)

    def error(asker: Asker, world: World, block: int) -> float:
        return float((asker.count(Numbered(0, 199)) or 0) - 200)

    errors = np.concatenate(baseline_scores(name, error, blocks=40))
    assert np.mean(baseline_scores(name, hidden, blocks=40)) > 0.8
    assert np.abs(errors).max() < 35
    assert abs(errors.mean()) < 5
