"""Proportions from noisy cells: allele frequency and missingness, with an interval for the noise in both parts.

A proportion is p = A / B, where A = a·c and B = b·c are weighted sums of the m cells c of a table. After the cells were
made to add up to the count (`engine.disclosure.reconcile.cells_to_total`), with noise of standard deviation sigma on
every cell and on the count,

    cov(x·c, y·c) = sigma² (x·y - Σx Σy / m + Σx Σy / m²).

The interval holds every p for which A - p B, whose true value is zero at the true p, lies within 1.96 of its own
standard deviations (Fieller 1954, J. R. Stat. Soc. B 16:175-185): the roots of

    p² (B² - z² var B) - 2 p (A B - z² cov(A, B)) + (A² - z² var A) = 0.

For normal noise it holds the truth in exactly 95 of 100 cases however small B is, where the usual ± of a ratio does
not. Only released values enter. It covers the noise, not the chance in who takes part in the programme.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.disclosure.safe import SafeProportion, Share, ShareWithin
from schemas.policy import INTERVAL_DEVIATIONS, TierPolicy

Weights = tuple[int, ...]

UNKNOWN_SHARE = ShareWithin(at_least=0.0, at_most=1.0)
"""Of which nothing is said."""
_MOST_DIGITS = 6


@dataclass(frozen=True, slots=True)
class NoisyCells:
    """The cells of a table after they were made to add up, and the noise they had before."""

    cells: Sequence[Fraction]
    sigma: float

    def total(self, weights: Weights) -> float:
        """A weighted sum of the cells."""
        return float(sum(weight * cell for weight, cell in zip(weights, self.cells, strict=True)))

    def covariance(self, first: Weights, second: Weights) -> float:
        """Of two weighted sums."""
        m = len(self.cells)
        both, sums = sum(x * y for x, y in zip(first, second, strict=True)), sum(first) * sum(second)
        return self.sigma**2 * (both - sums / m + sums / m**2)


def proportion(noisy: NoisyCells, part: Weights, whole: Weights, rules: TierPolicy) -> SafeProportion:
    """`part` of `whole`, where both it and the rest reach the threshold; else between which values it lies.

    Each threshold allows for the most that one person adds: fewer than k persons with an alternate allele have at most
    2 (k - 1) of them, and those are shown once in 1,000.
    """
    rest = tuple(w - p for w, p in zip(whole, part, strict=True))
    of_whole = noisy.total(whole)
    least = {weights: _threshold(noisy, weights, rules) for weights in (part, rest)}
    hides_part, hides_rest = (noisy.total(weights) < least[weights] for weights in (part, rest))
    if hides_part and hides_rest:
        return UNKNOWN_SHARE
    if hides_part:
        return ShareWithin(at_least=0.0, at_most=min(1.0, _up(least[part] / of_whole, 3)))
    if hides_rest:
        return ShareWithin(at_least=max(0.0, _down(1 - least[rest] / of_whole, 3)), at_most=1.0)
    low, high = fieller(noisy, part, whole)
    return _rounded(noisy.total(part) / of_whole, low, high)


def fieller(noisy: NoisyCells, part: Weights, whole: Weights) -> tuple[float, float]:
    """The ends of the 95 % interval; `whole` must be further from zero than its noise."""
    a, b, z2 = noisy.total(part), noisy.total(whole), INTERVAL_DEVIATIONS**2
    square = b * b - z2 * noisy.covariance(whole, whole)
    middle = a * b - z2 * noisy.covariance(part, whole)
    constant = a * a - z2 * noisy.covariance(part, part)
    half = math.sqrt(max(0.0, middle * middle - square * constant))
    return (middle - half) / square, (middle + half) / square


def exact_proportion(part: int, whole: int) -> SafeProportion:
    """A true proportion, for the internal tier."""
    if not whole:
        return UNKNOWN_SHARE
    value = round(part / whole, _MOST_DIGITS)
    return Share(value=value, low=value, high=value)


def _threshold(noisy: NoisyCells, weights: Weights, rules: TierPolicy) -> int:
    return rules.threshold(math.sqrt(noisy.covariance(weights, weights)), each=max(weights))


def _rounded(value: float, low: float, high: float) -> Share:
    """No digit behind the first one of the interval's half-width; the ends outwards, so that it covers no less."""
    digits = min(_MOST_DIGITS, max(0, -math.floor(math.log10((high - low) / 2))))
    return Share(value=round(value, digits), low=max(0.0, _down(low, digits)), high=min(1.0, _up(high, digits)))


def _down(value: float, digits: int) -> float:
    return round(math.floor(value * 10**digits) / 10**digits, digits)


def _up(value: float, digits: int) -> float:
    return round(math.ceil(value * 10**digits) / 10**digits, digits)
