"""What an attacker may achieve who spent rho, and how sure one is of what one measured.

Every assertion is one-sided at `ALPHA`: a service that keeps its promise fails it once in a million runs, and then is
asked once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import beta, binom, kstest, norm, t

ALPHA = 1e-6
_SIDE = ALPHA / 2
"""Two rates take part in most assertions, each with half of the error."""

Scores = npt.NDArray[np.float64]


def pass_line(false_positives: float, rho: float) -> float:
    """The most true positives at this rate of false ones: the Gaussian trade-off curve with mu = sqrt(2 rho)."""
    return float(norm.cdf(norm.ppf(false_positives) + np.sqrt(2 * rho)))


def most_advantage(rho: float) -> float:
    """The largest distance between true and false positives on the curve."""
    return float(2 * norm.cdf(np.sqrt(rho / 2)) - 1)


def most_accuracy(rho: float) -> float:
    """The largest share of right guesses about a secret that is as likely as not."""
    return (1 + most_advantage(rho)) / 2


def lower_limit(hits: int, of: int, alpha: float = _SIDE) -> float:
    """Clopper-Pearson's one-sided lower confidence limit of a share."""
    return float(beta.ppf(alpha, hits, of - hits + 1)) if hits else 0.0


def upper_limit(hits: int, of: int, alpha: float = _SIDE) -> float:
    """Clopper-Pearson's one-sided upper confidence limit of a share."""
    return float(beta.ppf(1 - alpha, hits + 1, of - hits)) if hits < of else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Guesses:
    """How often a rule, fixed before it was tried, said "yes" where the secret was planted and where it was not."""

    hits: int
    planted: int
    false: int
    clean: int

    @property
    def advantage(self) -> float:
        """True positives less false positives, as measured."""
        return self.hits / self.planted - self.false / self.clean

    @property
    def surely(self) -> tuple[float, float]:
        """The upper limit of false and the lower limit of true positives."""
        return upper_limit(self.false, self.clean), lower_limit(self.hits, self.planted)

    def is_under(self, rho: float) -> bool:
        """Whether the rule may be one that spent rho: the surest point lies on or below the curve."""
        false_positives, true_positives = self.surely
        return true_positives <= pass_line(false_positives, rho)

    def least_epsilon(self, delta: float) -> float:
        """The smallest epsilon with which (epsilon, delta) privacy is not refuted by these guesses."""
        false_positives, true_positives = self.surely
        return max(0.0, float(np.log(max(true_positives - delta, 1e-300) / false_positives)))


def guesses(clean: Scores, planted: Scores, threshold: float) -> Guesses:
    """The rule "the score is above the threshold"."""
    return Guesses(
        hits=int((planted > threshold).sum()),
        planted=planted.size,
        false=int((clean > threshold).sum()),
        clean=clean.size,
    )


def advantage(clean: Scores, planted: Scores) -> float:
    """The advantage of the best threshold, chosen after the fact: for figures, not for assertions."""
    thresholds = np.unique(np.concatenate([clean, planted]))
    return float(max((planted >= at).mean() - (clean >= at).mean() for at in thresholds))


def claimed_epsilon(rho: float, delta: float) -> float:
    """The epsilon that a Gaussian mechanism of this rho has at delta (Balle and Wang 2018, theorem 8), by bisection."""
    mu = np.sqrt(2 * rho)

    def delta_of(epsilon: float) -> float:
        return float(norm.cdf(mu / 2 - epsilon / mu) - np.exp(epsilon) * norm.cdf(-mu / 2 - epsilon / mu))

    low, high = 0.0, 100.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if delta_of(middle) > delta else (low, middle)
    return high


def least_epsilon_of_one_run(right: int, of: int, delta: float) -> float:
    """The smallest epsilon not refuted by `right` guesses of `of` canaries planted by coins in one run.

    Steinke, Nasr and Jagielski 2023, theorem 5.2, with its delta term at its largest (2 delta for each canary).
    """
    allowed = ALPHA - 2 * delta * of
    low, high = 0.0, 20.0
    for _ in range(60):
        epsilon = (low + high) / 2
        is_refuted = binom.sf(right - 1, of, 1 / (1 + np.exp(-epsilon))) < allowed
        low, high = (epsilon, high) if is_refuted else (low, epsilon)
    return low


def least_deviation(size: int, deviation: float) -> float:
    """The smallest standard deviation that `size` scores with this noise show, at `ALPHA` and for normal noise."""
    return deviation * (1 + float(norm.ppf(ALPHA)) / np.sqrt(2 * size))


def least_mean(values: Sequence[float]) -> float:
    """Student's one-sided lower confidence limit of a mean."""
    array = np.array(values, float)
    spread = array.std(ddof=1) / np.sqrt(array.size)
    return float(array.mean() + t.ppf(ALPHA, array.size - 1) * spread) if spread else float(array.mean())


def noise_fits(shown: Sequence[int], known: Sequence[int], *, sigma: int, base: int) -> float:
    """The p-value of "shown = round(known + discrete Gaussian)", by a randomised probability integral transform.

    `shown` and `known` are whole numbers in persons; `base` is odd, so that no sum lies between two multiples.
    """
    support = np.arange(-10 * sigma, 10 * sigma + 1)
    below = np.concatenate([[0.0], np.cumsum(np.exp(-(support**2) / (2 * sigma**2)))])
    below /= below[-1]
    noise = np.array(shown) - np.array(known)
    first = np.clip(noise - base // 2 - support[0], 0, support.size)
    last = np.clip(noise + base // 2 - support[0] + 1, 0, support.size)
    where = np.random.default_rng(len(shown)).random(noise.size)
    return float(kstest(below[first] + where * (below[last] - below[first]), "uniform").pvalue)
