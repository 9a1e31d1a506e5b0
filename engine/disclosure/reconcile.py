"""Making noisy numbers agree: arithmetic on what was already released, so it costs no privacy.

One cohort has one count, T, wherever it is shown. Tables and attrition are bent to meet it. With noise of
standard deviation sigma on T and on every cell, all independent, the values after bending have

* cell of a table of m cells:      sigma² (1 - 1/m + 1/m²)            <= sigma²
* remaining after step j of r:     sigma² (f² + r f (1 - f)),  f = j/r

The second is a Brownian bridge between two ends that are known: the published number of persons, exactly, and T.
Adding up the bins from the final count alone would give sigma² (1 + r - j), many times more at the first steps.
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate


def cells_to_total(cells: Sequence[int], total: int) -> tuple[Fraction, ...]:
    """The cells with the residual spread equally over them, so that they add up to the total exactly.

    >>> [str(cell) for cell in cells_to_total([10, 21], 33)]
    ['11', '22']
    """
    residual = Fraction(total - sum(cells), len(cells))
    return tuple(cell + residual for cell in cells)


def cell_deviation(sigma: float, cells: int) -> float:
    """Standard deviation of each of `cells` cells after `cells_to_total`."""
    return sigma * math.sqrt(1 - 1 / cells + 1 / cells**2)


def remaining_after(failures: Sequence[int], total: int, population: int) -> tuple[Fraction, ...]:
    """Persons left after each step, never rising, between the population and the total; the last is the total.

    `failures` are noisy counts of persons whose first failed step is the first, second … r-th. The bins are bent
    so that population - failures = total, added up, and made monotone by pooling neighbours that are in the wrong
    order: of all monotone sequences the nearest, and no value's largest error can grow by it.

    >>> [str(left) for left in remaining_after([600, -5, 205], 200, 1000)]
    ['401', '401', '200']
    """
    bins = cells_to_total(failures, population - total)
    left = [population - failed for failed in accumulate(bins)][:-1]
    ceiling, bottom = Fraction(population), Fraction(total)
    return (*(min(max(value, bottom), ceiling) for value in _never_rising(left)), bottom)


def remaining_deviation(sigma: float, step: int, steps: int) -> float:
    """Standard deviation after step `step` (1 to `steps`), before it is made monotone; never below sigma,
    because the value is kept at or above the total, whose deviation is sigma."""
    share = step / steps
    return sigma * max(1.0, math.sqrt(share**2 + steps * share * (1 - share)))


def round_to_base(value: Fraction, base: int, population: int) -> int:
    """The nearest multiple of the base, halves up, that is not above the population.

    >>> round_to_base(Fraction(25, 2), 5, 1000), round_to_base(Fraction(998), 5, 999)
    (15, 995)
    """
    return min(math.floor(value / base + Fraction(1, 2)) * base, population - population % base)


def round_to_sum(values: Sequence[Fraction], rounded_total: int, base: int) -> tuple[int, ...]:
    """Each value rounded down or up to a multiple of the base so that all add up to the rounded total.

    Those with the largest remainder go up; of equal ones the first. `rounded_total` is a multiple of the base
    less than one base away from the sum. No value moves by a whole base.

    >>> round_to_sum([Fraction(13), Fraction(4), Fraction(6)], 25, 5)
    (15, 5, 5)
    """
    downs = [math.floor(value / base) for value in values]
    up = rounded_total // base - sum(downs)
    by_remainder = sorted(range(len(values)), key=lambda i: (downs[i] - values[i] / base, i))
    rounded_up = set(by_remainder[:up])
    return tuple((down + (i in rounded_up)) * base for i, down in enumerate(downs))


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
