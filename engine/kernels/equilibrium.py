"""The exact test of Hardy-Weinberg equilibrium."""

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.parts import Numbers

_NEGLIGIBLE = 1e-17
"""Relative to the likeliest number of heterozygotes: smaller terms cannot change a float64 sum."""
_SAME = 1 + 1e-8
"""Numbers of heterozygotes as likely as the observed one count as such despite rounding."""


@jit
def exact_equilibrium(reference: Numbers, het: Numbers, hom: Numbers, out: npt.NDArray[np.float64]) -> None:
    """Two-sided exact p-value of each variant from its genotype counts; 1 without calls.

    The probability of every number of heterozygotes given the allele counts follows from its neighbour's
    (Wigginton, Cutler and Abecasis 2005, equations 1 and 2); p sums those not likelier than the observed. Sums walk
    outwards from the likeliest number, and end where terms are negligible, so that the cost does not grow with N.
    """
    for i in range(het.size):
        observed, total = 0.0, 0.0
        people = reference[i] + het[i] + hom[i]
        rare = 2 * min(reference[i], hom[i]) + het[i]
        middle = int(rare * (2.0 * people - rare) / (2.0 * people)) if people else 0
        middle += (middle ^ rare) & 1
        own = np.exp(_log_ratio(middle, het[i], rare, people)) * _SAME
        for step in (-2, 2):
            number, term = middle, 1.0
            if step == 2:
                term = _next_term(number, rare, people, step)
                number += step
            while term > _NEGLIGIBLE or term > own * _NEGLIGIBLE:
                total += term
                if term <= own:
                    observed += term
                term *= _next_term(number, rare, people, step)
                number += step
        out[i] = min(1.0, observed / total) if own > 0.0 else 0.0


@jit
def _next_term(number: int, rare: int, people: int, step: int) -> float:
    """How much likelier `number + step` heterozygotes are than `number`; 0 where there cannot be so many or few."""
    one = (rare - number) // 2
    other = people - number - one
    if step < 0:
        return number * (number - 1.0) / (4.0 * (one + 1.0) * (other + 1.0))
    return 4.0 * one * other / ((number + 2.0) * (number + 1.0))


@jit
def _log_ratio(start: int, end: int, rare: int, people: int) -> float:
    """Logarithm of how much likelier `end` heterozygotes are than `start`."""
    result, number = 0.0, start
    step = 2 if end > start else -2
    while number != end:
        result += np.log(_next_term(number, rare, people, step))
        number += step
    return result
