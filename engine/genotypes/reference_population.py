"""The population that reference data describe, as far as scores need it: for missing calls, and for percentiles.

Nobody of the release takes part, so that whether a person is above a cut-off depends on that person alone. Reference
frequencies are used of common variants only: that a release has one of these is known beforehand, whereas the only
carrier of a rare one decides whether it is there for everybody else.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.genotypes.counting import Copies
from engine.genotypes.ploidy import Ploidy
from engine.kernels.weights import Sums
from schemas.policy import COMMON_FREQUENCY

PERCENTILE_DIGITS: Final = 3
"""Percentiles are rounded, so that the last digits of a sum, which follow from its order, decide nothing."""

HIGHEST_PERCENTILE: Final = 100 - 10.0**-PERCENTILE_DIGITS
"""Nobody's score is higher than everybody's of an unbounded distribution."""


def common_frequencies(external: Sums) -> Sums:
    """Of each variant the frequency that reference data give, where it is common; 0 for all others, and where they give
    none (NaN)."""
    return np.where(external >= COMMON_FREQUENCY, external, 0.0)


def percentiles(sums: Sums, weights: Sums, frequencies: Sums, ploidies: npt.NDArray[np.uint8], copies: Copies) -> Sums:
    """float64[N]: 100 x the share of the reference population whose score is lower, of people with as many copies.

    `sums` are scores without their constant; the other arrays are of the score's variants, `frequencies` as of
    `common_frequencies`. Alleles are drawn independently of each other (Hardy-Weinberg and linkage equilibrium), and
    their sum is taken as normal: mean the sum of c p w, variance the sum of c p (1 - p) w², for c copies. NaN where the
    sum is, and where nothing varies.
    """
    from scipy.special import ndtr  # loaded on use: it takes 0.2 s

    mean, variance = np.zeros(sums.size), np.zeros(sums.size)
    for code in np.unique(ploidies):
        ploidy, own = Ploidy(code), ploidies == code
        weight, frequency = weights[own], frequencies[own]
        number = copies.single(ploidy).to_mask() + 2.0 * copies.double(ploidy).to_mask()
        mean += number * float(weight @ frequency)
        variance += number * float(weight**2 @ (frequency * (1 - frequency)))
    distance = np.divide(sums - mean, np.sqrt(variance), out=np.full(sums.size, np.nan), where=variance > 0)
    return np.minimum(np.round(100 * ndtr(distance), PERCENTILE_DIGITS), HIGHEST_PERCENTILE)
