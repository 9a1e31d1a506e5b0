"""How well times tell two worlds apart: by their means, and by a rule that one half of the times taught."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, ttest_ind

from tests.attacks.kit.statistics import Scores, lower_limit, upper_limit

LARGEST_T = 4.5
"""Welch's t from which on side-channel tests call two sets of times different (one in 150,000 by chance)."""

_ONE_SIDE = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`right` guesses `of` so many."""

    right: int
    of: int

    @property
    def share(self) -> float:
        """Of the guesses that are right."""
        return self.right / self.of

    @property
    def interval(self) -> tuple[float, float]:
        """Clopper-Pearson's 95 % interval of the share."""
        return lower_limit(self.right, self.of, _ONE_SIDE), upper_limit(self.right, self.of, _ONE_SIDE)


def welch(without: Scores, with_victim: Scores) -> float:
    """Welch's |t|."""
    return abs(float(ttest_ind(without, with_victim, equal_var=False).statistic))


def visible(without: Scores, with_victim: Scores) -> float:
    """The difference of means that `LARGEST_T` would find in 9 of 10 runs, in the unit of the times."""
    variance = without.var(ddof=1) / without.size + with_victim.var(ddof=1) / with_victim.size
    return (LARGEST_T + float(norm.ppf(0.9))) * float(np.sqrt(variance))


def classified(without: Scores, with_victim: Scores) -> Told:
    """Guesses by the threshold and side that were best for the other half, each half in its turn."""
    halves = (slice(0, None, 2), slice(1, None, 2))
    right = 0
    for train, test in (halves, halves[::-1]):
        limit, is_above = _best(without[train], with_victim[train])
        right += int(((with_victim[test] > limit) == is_above).sum() + ((without[test] > limit) != is_above).sum())
    return Told(right=right, of=without.size + with_victim.size)


def _best(without: Scores, with_victim: Scores) -> tuple[float, bool]:
    """The threshold that tells most apart, and whether the times with the victim lie above it."""
    thresholds = np.unique(np.concatenate([without, with_victim]))
    below = np.searchsorted(np.sort(with_victim), thresholds, side="right") / with_victim.size
    others = np.searchsorted(np.sort(without), thresholds, side="right") / without.size
    distance = others - below
    place = int(np.abs(distance).argmax())
    return float(thresholds[place]), bool(distance[place] >= 0)
