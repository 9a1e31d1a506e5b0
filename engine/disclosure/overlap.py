"""Making the noisy cells of an overlap agree with the counts of its cohorts: arithmetic on what was already released.

With s cohorts there are 2^s - 1 cells, and each cohort has a count of its own, the one it has wherever it is shown.
Cells and counts have independent noise of standard deviation sigma. The cells are moved as little as possible (least
squares) so that those of each cohort add up to its count. With a row of A for each cohort, 1 for its cells, A A' is
2^(s-2) (I + J), whose inverse is 2^(2-s) (I - J / (s + 1)); so for a cell of k cohorts, with q = 2^(2-s),

    variance = sigma² (1 - q (k - k² / (s + 1)) + q² (k - 2 k² / (s + 1) + s k² / (s + 1)²))   <= sigma²
"""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np

from engine.aggregate import Label
from engine.aggregate.overlap import IN


def cells_to_counts(cells: Sequence[int], counts: Sequence[int], labels: Sequence[Label]) -> tuple[Fraction, ...]:
    """The cells moved so that those of each cohort add up to its count exactly.

    >>> labels = (("in", "in"), ("in", "out"), ("out", "in"))
    >>> [str(cell) for cell in cells_to_counts([10, 20, 30], [36, 40], labels)]
    ['12', '24', '28']
    """
    s = len(counts)
    missing = [count - sum(_of(cells, labels, cohort)) for cohort, count in enumerate(counts)]
    shifts = [Fraction(4, 2**s) * (each - Fraction(sum(missing), s + 1)) for each in missing]
    return tuple(
        Fraction(cell) + sum((shift for word, shift in zip(label, shifts, strict=True) if word == IN), Fraction(0))
        for cell, label in zip(cells, labels, strict=True)
    )


def overlap_deviation(sigma: float, label: Label) -> float:
    """Standard deviation of a cell after `cells_to_counts`."""
    s, k = len(label), label.count(IN)
    q = 2.0 ** (2 - s)
    projected = q * (k - k**2 / (s + 1))
    added = q**2 * (k - 2 * k**2 / (s + 1) + s * k**2 / (s + 1) ** 2)
    return sigma * math.sqrt(1 - projected + added)


def round_to_counts(
    values: Sequence[Fraction], labels: Sequence[Label], rounded_counts: Sequence[int], base: int
) -> tuple[int, ...]:
    """Each value as a multiple of the base so that those of each cohort add up to its rounded count.

    Cells of several cohorts go down or up, whichever way leaves the cells of single cohorts, which take what is left,
    nearest to their values: at most 2^11 ways for four cohorts.
    """
    shared = [place for place, label in enumerate(labels) if label.count(IN) > 1]
    downs = np.array([math.floor(values[place] / base) * base for place in shared])
    rests = np.array([float(values[place]) for place in shared]) - downs
    ways = np.array(list(product((0, base), repeat=len(shared))))
    membership = np.array([[word == IN for word in labels[place]] for place in shared], np.float64)
    singles = [next(p for p, each in enumerate(labels) if _is_single(each, cohort)) for cohort in range(len(labels[0]))]
    drift = np.array(
        [count - float(sum(_of(values, labels, cohort), Fraction(0))) for cohort, count in enumerate(rounded_counts)]
    )
    errors = np.abs(drift - (ways - rests) @ membership)
    best = ways[np.lexsort((np.abs(ways - rests).sum(axis=1), errors.max(axis=1).round(6)))[0]]
    rounded = {place: int(down + up) for place, down, up in zip(shared, downs, best, strict=True)}
    for cohort, single in enumerate(singles):
        rounded[single] = rounded_counts[cohort] - sum(rounded[p] for p in shared if labels[p][cohort] == IN)
    return tuple(rounded[place] for place in range(len(labels)))


def _of(values: Sequence[Fraction] | Sequence[int], labels: Sequence[Label], cohort: int) -> list[Fraction]:
    return [Fraction(value) for value, label in zip(values, labels, strict=True) if label[cohort] == IN]


def _is_single(label: Label, cohort: int) -> bool:
    return label.count(IN) == 1 and label[cohort] == IN
