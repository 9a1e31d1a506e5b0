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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Two noisy sums and the variances of their noise."""

    part: float
    whole: float
    part_variance: float
    covariance: float
    whole_variance: float

    @property
    def rest_variance(self) -> float:
        """Of the whole less the part."""
        return self.whole_variance - 2 * self.covariance + self.part_variance

    def ends(self) -> tuple[float, float]:
        """Of the 95 % interval (Fieller 1954); the whole must be further from zero than its noise."""
        a, b, z2 = self.part, self.whole, INTERVAL_DEVIATIONS**2
        square = b * b - z2 * self.whole_variance
        middle = a * b - z2 * self.covariance
        constant = a * a - z2 * self.part_variance
        half = math.sqrt(max(0.0, middle * middle - square * constant))
        return (middle - half) / square, (middle + half) / square


def proportion(noisy: NoisyCells, part: Weights, whole: Weights, rules: TierPolicy) -> SafeProportion:
    """`part` of `whole`, where both it and the rest reach the threshold; else between which values it lies.

    Each threshold allows for the most that one person adds: fewer than k persons with an alternate allele have at most
    2 (k - 1) of them, and those are shown once in 1,000.
    """
    rest = tuple(w - p for w, p in zip(whole, part, strict=True))
    return shown(ratio_of(noisy, part, whole), rules, each=(max(part), max(rest)))


def shares(cells: Sequence[Fraction], sigma: float, rules: TierPolicy) -> tuple[SafeProportion, ...]:
    """Each cell's share of them all: `proportion` of one cell by all, whose variances have a simple form."""
    whole, m = float(sum(cells)), len(cells)
    variance, covariance = sigma**2 * (1 - 1 / m + 1 / m**2), sigma**2 / m
    ratios = [
        Ratio(
            part=float(cell),
            whole=whole,
            part_variance=variance,
            covariance=covariance,
            whole_variance=sigma**2,
        )
        for cell in cells
    ]
    return tuple(shown(ratio, rules) for ratio in ratios)


def ratio_of(noisy: NoisyCells, part: Weights, whole: Weights) -> Ratio:
    """Of two weighted sums of cells."""
    return Ratio(
        part=noisy.total(part),
        whole=noisy.total(whole),
        part_variance=noisy.covariance(part, part),
        covariance=noisy.covariance(part, whole),
        whole_variance=noisy.covariance(whole, whole),
    )


def exact_proportion(part: int, whole: int) -> SafeProportion:
    """A true proportion, for the internal tier."""
    if not whole:
        return UNKNOWN_SHARE
    value = round(part / whole, _MOST_DIGITS)
    return Share(value=value, low=value, high=value)


def shown(ratio: Ratio, rules: TierPolicy, *, each: tuple[int, int] = (1, 1)) -> SafeProportion:
    """A ratio where both the part and the rest reach the threshold, else between which values it lies; `each` is what
    one person adds at most to either. The whole must reach a threshold itself."""
    least = rules.threshold(math.sqrt(ratio.part_variance), each=each[0])
    least_rest = rules.threshold(math.sqrt(ratio.rest_variance), each=each[1])
    hides_part, hides_rest = ratio.part < least, ratio.whole - ratio.part < least_rest
    if hides_part and hides_rest:
        return UNKNOWN_SHARE
    if hides_part:
        return ShareWithin(at_least=0.0, at_most=min(1.0, _up(least / ratio.whole, 3)))
    if hides_rest:
        return ShareWithin(at_least=max(0.0, _down(1 - least_rest / ratio.whole, 3)), at_most=1.0)
    return _rounded(ratio.part / ratio.whole, *ratio.ends())


def _rounded(value: float, low: float, high: float) -> Share:
    """No digit behind the first one of the interval's half-width; the ends outwards, so that it covers no less."""
    digits = min(_MOST_DIGITS, max(0, -math.floor(math.log10((high - low) / 2))))
    return Share(value=round(value, digits), low=max(0.0, _down(low, digits)), high=min(1.0, _up(high, digits)))


def _down(value: float, digits: int) -> float:
    return round(math.floor(value * 10**digits) / 10**digits, digits)


def _up(value: float, digits: int) -> float:
    return round(math.ceil(value * 10**digits) / 10**digits, digits)
