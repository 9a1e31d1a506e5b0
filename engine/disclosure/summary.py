"""Mean and quartiles of a number that a table tells by bands, from the table's noisy cells and nothing else.

Where in its band somebody lies is not known, and no more is said than that: an interval covers the noise at 95 % and
every place inside of the bands.

*Mean*: with everybody in the middle of the band it is a ratio of two sums of cells, with Fieller's interval
(`engine.disclosure.proportion`); somebody lies at most half a band from the middle, and so does the mean.

*Quantile q*: F(j) is the proportion up to the end of band j, with an interval each. The quantile's own band j0 has
F(j0) >= q > F(j0 - 1). In 97.5 of 100 cases the upper end of F(j0) is at least q, so that the first band of which this
is so begins no later; in as many the lower end of F(j0 - 1) is below q, so that the band after the last one of which
that is so ends no earlier.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

from engine.aggregate import Label
from engine.disclosure.proportion import NoisyCells, Ratio, Weights, ratio_of
from engine.disclosure.request import Scale
from engine.disclosure.safe import Estimate, SafeSummary

QUARTILES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


def summary(cells: Sequence[Fraction], sigma: float, labels: Sequence[Label], scale: Scale) -> SafeSummary | None:
    """Of one numeric dimension; absent when there is nobody. `sigma` is 0 for true cells."""
    if sum(cells) <= 0:
        return None
    noisy, bands = NoisyCells(cells, sigma), [scale.words.index(label[scale.place]) for label in labels]
    everybody = (1,) * len(cells)
    below = [ratio_of(noisy, tuple(int(band <= last) for band in bands), everybody) for last in range(len(scale.words))]
    return SafeSummary(
        dimension=scale.dimension,
        mean=_mean(ratio_of(noisy, _middles_twice(bands, scale), everybody), scale),
        quartiles=tuple(_quantile(below, float(share), scale) for share in QUARTILES),
    )


def _middles_twice(bands: Sequence[int], scale: Scale) -> Weights:
    return tuple(scale.edges[band] + scale.edges[band + 1] for band in bands)


def _mean(twice: Ratio, scale: Scale) -> Estimate:
    half_band = max(end - start for start, end in zip(scale.edges, scale.edges[1:], strict=False)) / 2
    low, high = (end / 2 for end in twice.ends())
    return _estimate(twice.part / twice.whole / 2, (low - half_band, high + half_band), scale)


def _quantile(below: Sequence[Ratio], share: float, scale: Scale) -> Estimate:
    ends = [ratio.ends() for ratio in below]
    last = len(below) - 1
    first_possible = next((band for band, (_, high) in enumerate(ends) if high >= share), last)
    last_possible = min(last, max((band + 1 for band, (low, _) in enumerate(ends) if low < share), default=0))
    interval = (float(scale.edges[first_possible]), float(scale.edges[last_possible + 1]))
    return _estimate(_interpolated([ratio.part / ratio.whole for ratio in below], share, scale), interval, scale)


def _interpolated(reached: Sequence[float], share: float, scale: Scale) -> float:
    """Where a line through the proportions, at the ends of the bands, reaches the share."""
    before = 0.0
    for band, after in enumerate(reached):
        if after >= share and after > before:
            start, end = scale.edges[band], scale.edges[band + 1]
            return start + (share - before) / (after - before) * (end - start)
        before = max(before, after)
    return float(scale.edges[-1])


def _estimate(value: float, interval: tuple[float, float], scale: Scale) -> Estimate:
    """To one digit, the ends outwards, and none outside of the scale or of the interval."""
    low = max(float(scale.edges[0]), math.floor(interval[0] * 10) / 10)
    high = min(float(scale.edges[-1]), math.ceil(interval[1] * 10) / 10)
    return Estimate(value=min(max(round(value, 1), low), high), low=low, high=high)
