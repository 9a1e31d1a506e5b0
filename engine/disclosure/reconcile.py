"""Making noisy numbers agree: arithmetic on what was already released, so it costs no privacy.

One cohort has one count, T, wherever it is shown. Tables are bent to meet it, and so is attrition
(`engine.disclosure.remaining`). With noise of standard deviation s on T and c on every cell, all independent, a cell of
a table of m cells has c² (1 - 1/m) + s² / m² after bending: never more than a count, where c is s.
"""

import math
from collections.abc import Sequence
from fractions import Fraction


def cells_to_total(cells: Sequence[int], total: int) -> tuple[Fraction, ...]:
    """The cells with the residual spread equally over them, so that they add up to the total exactly.

    >>> [str(cell) for cell in cells_to_total([10, 21], 33)]
    ['11', '22']
    """
    residual = Fraction(total - sum(cells), len(cells))
    return tuple(cell + residual for cell in cells)


def cell_deviation(sigma: float, cells: int, *, cell_sigma: float | None = None) -> float:
    """Standard deviation of each of `cells` cells after `cells_to_total`; `sigma` is that of the total before, and of
    the cells where they have no other."""
    of_cells = sigma if cell_sigma is None else cell_sigma
    return math.sqrt(of_cells**2 * (1 - 1 / cells) + sigma**2 / cells**2)


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
