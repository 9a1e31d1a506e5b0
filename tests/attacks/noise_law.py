"""The law of the noise: chi-squared of many draws against the exact discrete Gaussian, and whether it is centred."""

import numpy as np
import numpy.typing as npt
from scipy.stats import chisquare

from engine.disclosure.noise import DiscreteGaussian
from schemas.tiers import Precision
from tests.attacks.kit.arena import Arena
from tests.attacks.kit.outcome import Attack, Check, Outcome
from tests.attacks.kit.statistics import ALPHA

_AT_ONCE = 250_000
_LEAST_EXPECTED = 5
"""Draws that a bin must expect for chi-squared to have its law; rarer values are joined with their neighbours."""


def exact(sigma: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Values within 12 sigma and their probabilities; what lies outside is below 1e-31."""
    values = np.arange(-12 * sigma, 12 * sigma + 1)
    mass = np.exp(-(values.astype(np.float64) ** 2) / (2 * sigma**2))
    return values, mass / mass.sum()


def draw(noise: DiscreteGaussian, sigma: int, draws: int) -> npt.NDArray[np.int64]:
    """As many values as the service would use for as many counts."""
    parts = [noise.draw(sigma, min(_AT_ONCE, draws - done)) for done in range(0, draws, _AT_ONCE)]
    return np.concatenate([np.array(part, np.int64) for part in parts])


def fits(sigma: int, drawn: npt.NDArray[np.int64]) -> float:
    """The p-value of chi-squared, every value a bin of its own but for the rare ones in both tails."""
    values, mass = exact(sigma)
    reach = int(values[mass * drawn.size >= _LEAST_EXPECTED].max())
    inside = np.abs(values) <= reach
    observed = np.bincount(drawn.clip(-reach - 1, reach + 1) + reach + 1, minlength=2 * reach + 3)
    below = mass[values < -reach].sum()
    expected = drawn.size * np.array([below, *mass[inside], below])
    if expected[0] < _LEAST_EXPECTED:
        observed = np.array([observed[0] + observed[1], *observed[2:-2], observed[-2] + observed[-1]])
        expected = np.array([expected[0] + expected[1], *expected[2:-2], expected[-2] + expected[-1]])
    return float(chisquare(observed, expected).pvalue)


def run(arena: Arena) -> Outcome:
    """Each precision a tier may offer."""
    draws = arena.size(fast=20_000, full=1_000_000)
    noise = DiscreteGaussian([precision.sigma for precision in Precision], pool_size=min(draws, _AT_ONCE))
    found = {precision: fits(precision.sigma, draw(noise, precision.sigma, draws)) for precision in Precision}
    return Outcome(
        figure=max(1 - each for each in found.values()),
        limit=1 - ALPHA,
        checks=tuple(
            Check(
                says=f"chi-squared of {draws:,} draws of {precision.value} noise against its exact law",
                measured=f"p {p:.3g}",
                allowed=f"above {ALPHA:.0e}",
                holds=p > ALPHA,
            )
            for precision, p in found.items()
        ),
    )


ATTACK = Attack(
    number="NL",
    title="Law of the noise",
    tries="counts how often each value of the noise is drawn",
    figure="confidence that it is another law",
    run=run,
)
