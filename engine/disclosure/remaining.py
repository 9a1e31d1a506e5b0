"""Persons left after each step of an attrition, from noisy numbers: values that never rise, and how far off they are.

The final count T is fixed and the published number of persons is exact, so the noisy steps form a Brownian bridge
between the two. With noise of standard deviation sigma on T and on every bin, all independent, the bridge has after
step j of r the variance sigma² (f² + r f (1 - f)), f = j/r. Adding up the bins from the final count alone would give
sigma² (1 + r - j), many times more at the first steps.

Neighbours in the wrong order are pooled. That costs a step its own deviation: a pooled value is at most the largest of
T and of the means of the bridge over this step and later ones, as many as luck makes highest. So a step's interval
takes the widest of those deviations, and its threshold all of them together.
"""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate

from engine.disclosure.reconcile import cells_to_total
from schemas.policy import TAIL_DEVIATIONS


def remaining_after(failures: Sequence[int], total: int, population: int) -> tuple[Fraction, ...]:
    """Persons left after each step, never rising, between the population and the total; the last is the total.

    `failures` are noisy counts of persons whose first failed step is the first, second … r-th. The bins are bent
    so that population - failures = total, added up, and made monotone by pooling neighbours that are in the wrong
    order: of all monotone sequences the nearest, and no value's largest error can grow by it.

    >>> [str(left) for left in remaining_after([600, -5, 205], 200, 1000)]
    ['805/2', '805/2', '200']
    """
    bins = cells_to_total(failures, population - total)
    left = [population - failed for failed in accumulate(bins)][:-1]
    ceiling, bottom = Fraction(population), Fraction(total)
    return (*(min(max(value, bottom), ceiling) for value in _never_rising(left)), bottom)


def remaining_deviation(sigma: float, step: int, steps: int) -> float:
    """The widest deviation that pooling can give the value after step `step` (1 to `steps`), for its interval; never
    below sigma, because the value is kept at or above the total, whose deviation is sigma."""
    return sigma * max(_deviations(step, steps))


def remaining_tail(sigma: float, step: int, steps: int) -> float:
    """A deviation for the threshold: `TAIL_DEVIATIONS` times it above the truth lies the value after step `step` no
    more often than a count lies `TAIL_DEVIATIONS` deviations above its own.

    It is where the chances of the total and of all means that pooling may choose among add up to that of a count,
    so it holds whatever the true numbers are. It follows from the number of steps only.
    """
    return sigma * _tail(step, steps)


@lru_cache
def _tail(step: int, steps: int) -> float:
    """The above for sigma 1, by halving an interval that holds it; rounded up, so that the promise is kept."""
    deviations = tuple(_deviations(step, steps))
    low, high = 1.0, max(deviations) * len(deviations)
    while high - low > 1e-6:
        middle = (low + high) / 2
        chance = sum(_chance_above(middle * TAIL_DEVIATIONS / deviation) for deviation in deviations)
        low, high = (middle, high) if chance > _chance_above(TAIL_DEVIATIONS) else (low, middle)
    return high


def _deviations(step: int, steps: int) -> Iterator[float]:
    """Of the total, and of the mean of the bridge from `step` to each later step but the last; for sigma 1."""
    yield 1.0
    for last in range(step, steps):
        yield _deviation_of_mean(step, last, steps)


def _deviation_of_mean(first: int, last: int, steps: int) -> float:
    """Of the mean of the bridge after steps `first` to `last`, for sigma 1.

    Each bin takes part in it with the share of the bridge that it bends, less the share of those steps that come
    after it.
    """
    share, size = (first + last) / (2 * steps), last - first + 1
    within = sum((share - after / size) ** 2 for after in range(1, size))
    return math.sqrt(share**2 + first * (1 - share) ** 2 + within + (steps - last) * share**2)


def _chance_above(deviations: float) -> float:
    """That a normal value lies so many deviations above its mean."""
    return math.erfc(deviations / math.sqrt(2)) / 2


def _never_rising(values: Sequence[Fraction]) -> list[Fraction]:
    """Least-squares fit of a sequence that never rises (pool adjacent violators)."""
    pools: list[tuple[Fraction, int]] = []
    for value in values:
        mean, size = value, 1
        while pools and pools[-1][0] < mean:
            before, count = pools.pop()
            mean = (before * count + mean * size) / (count + size)
            size += count
        pools.append((mean, size))
    return [mean for mean, size in pools for _ in range(size)]
