"""What an answer will be worth before it is paid for: its interval, the chance that it is a number, and its price.

It follows from the policy and a size that somebody has in mind. No data take part, so it costs nothing and anybody may
ask. The noise N of a count is the discrete Gaussian, so the chance that a cohort of n people is shown,

    P[n + N >= t],  t the smallest whole number that reaches the threshold and still does when it is rounded,

is a sum of its probabilities. A cell of m equal ones is shown when the count is *and* its own value reaches its own
threshold. Given the count's noise, the cell's is K / m with K a whole number: the difference of many discrete
Gaussians, of variance m (m - 1) sigma², whose tail is taken from the normal distribution. Rounding a cell so that the
table adds up is taken as rounding it to the nearest base, which moves the chance by a few hundredths at most, in tables
of two or three cells (tests/disclosure/test_expectation.py).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from engine.disclosure.proportion import Ratio
from engine.disclosure.reconcile import cell_deviation
from engine.disclosure.remaining import remaining_deviation
from schemas.policy import INTERVAL_DEVIATIONS, ONE_HOT, SINGLE, Precision, TierPolicy

_REACH = 9
"""Deviations beyond which noise is taken to be impossible: fewer than one draw in 10^18."""


class AnswerKind(Enum):
    """What is asked about the cohort."""

    COUNT = "count"
    TABLE = "table"
    """A breakdown into cells of equal size, and one of them."""
    SHARE = "share"
    """One such cell's share of the cohort, which comes with the table."""
    ATTRITION = "attrition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imagined:
    """A question not asked yet: persons in the cohort, cells of its table, steps of its attrition."""

    size: int
    cells: int
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What one kind of answer at one precision is worth.

    `people` is the true number that the answer is about: the cohort's, a cell's, or that of the last step.
    `margin` is the half-width of its 95 % interval in persons (in parts of 1 for a share, before its ends are rounded
    outwards; absent when the noise is as large as the cohort), `widest` that of the step with the most noise,
    elsewhere the same. `shown_from` is the threshold and `shown` the chance that a number is given. `relative` is the
    margin as a part of `people`, absent where there is nobody. `price` is what a cohort never asked about before
    costs, in nano-rho, its count included, and `a_year` how many such a project's budget pays for.
    """

    kind: AnswerKind
    precision: Precision
    people: float
    margin: float | None
    widest: float | None
    shown_from: int
    shown: float
    relative: float | None
    price: int
    a_year: int


def expect(rules: TierPolicy, precision: Precision, asked: Imagined, *, budget: int) -> tuple[Expectation, ...]:
    """What to expect of every kind of answer that the tier gives for a question of this size.

    `budget` is what an account may spend in a period, in nano-rho. A table larger than the tier's, its shares, and
    attrition of more steps are left out.
    """
    found = [_expectation(AnswerKind.COUNT, rules, precision, asked, budget)]
    if 2 <= asked.cells <= rules.max_cells:
        found += [_expectation(kind, rules, precision, asked, budget) for kind in (AnswerKind.TABLE, AnswerKind.SHARE)]
    if 1 <= asked.steps <= rules.max_attrition_steps:
        found.append(_expectation(AnswerKind.ATTRITION, rules, precision, asked, budget))
    return tuple(found)


def chance_of_count(rules: TierPolicy, sigma: int, size: int) -> float:
    """That a cohort of this size is shown as a number: exact."""
    return sum(weight for _, weight in _noise(sigma, math.ceil(_least_shown(rules, sigma)) - size))


def chance_of_cell(rules: TierPolicy, sigma: int, asked: Imagined) -> float:
    """That one of the equal cells of a table is shown as a number."""
    return _chance_within(rules, sigma, asked, _least_shown(rules, cell_deviation(sigma, asked.cells)), None)


def chance_of_share(rules: TierPolicy, sigma: int, asked: Imagined) -> float:
    """That one cell's share is shown: it and all others together reach their thresholds, before rounding."""
    ratio = _ratio(sigma, asked)
    least = rules.threshold(math.sqrt(ratio.part_variance))
    return _chance_within(rules, sigma, asked, Fraction(least), rules.threshold(math.sqrt(ratio.rest_variance)))


def _expectation(
    kind: AnswerKind, rules: TierPolicy, precision: Precision, asked: Imagined, budget: int
) -> Expectation:
    sigma, base = precision.sigma, rules.rounding
    price = precision.cost(SINGLE) if kind is AnswerKind.COUNT else precision.cost(SINGLE) + precision.cost(ONE_HOT)
    cell = cell_deviation(sigma, asked.cells)
    people, deviation, shown = float(asked.size), float(sigma), 0.0
    margin: float | None = rules.margin(sigma, base / 2)
    widest = margin
    match kind:
        case AnswerKind.COUNT:
            shown = chance_of_count(rules, sigma, asked.size)
        case AnswerKind.TABLE:
            people, deviation = asked.size / asked.cells, cell
            margin = widest = rules.margin(cell, base)
            shown = chance_of_cell(rules, sigma, asked)
        case AnswerKind.SHARE:
            people, deviation = asked.size / asked.cells, cell
            margin = widest = _share_margin(sigma, asked)
            shown = chance_of_share(rules, sigma, asked)
        case AnswerKind.ATTRITION:
            steps = range(1, asked.steps + 1)
            widest = rules.margin(max(remaining_deviation(sigma, step, asked.steps) for step in steps), base / 2)
            shown = chance_of_count(rules, sigma, asked.size)
    return Expectation(
        kind=kind,
        precision=precision,
        people=people,
        margin=margin,
        widest=widest,
        shown_from=rules.threshold(deviation),
        shown=min(1.0, shown),
        relative=_relative(kind, people, margin, asked),
        price=price,
        a_year=budget // price,
    )


def _relative(kind: AnswerKind, people: float, margin: float | None, asked: Imagined) -> float | None:
    if margin is None or not people:
        return None
    return margin * asked.cells if kind is AnswerKind.SHARE else margin / people


def _share_margin(sigma: int, asked: Imagined) -> float | None:
    """Half of Fieller's interval at the true numbers, as far as it lies between 0 and 1.

    Absent when the noise is as large as the cohort.
    """
    if asked.size <= INTERVAL_DEVIATIONS * sigma:
        return None
    low, high = _ratio(sigma, asked).ends()
    return (min(1.0, high) - max(0.0, low)) / 2


def _ratio(sigma: int, asked: Imagined) -> Ratio:
    m = asked.cells
    return Ratio(
        part=asked.size / m,
        whole=float(asked.size),
        part_variance=cell_deviation(sigma, m) ** 2,
        covariance=sigma**2 / m,
        whole_variance=float(sigma**2),
    )


def _least_shown(rules: TierPolicy, deviation: float) -> Fraction:
    """The smallest value that reaches the threshold, and whose nearest multiple of the base does too."""
    threshold, base = rules.threshold(deviation), rules.rounding
    return max(Fraction(threshold), -(-threshold // base) * base - Fraction(base, 2))


def _chance_within(rules: TierPolicy, sigma: int, asked: Imagined, least: Fraction, rest: int | None) -> float:
    """That the count is shown, the cell reaches `least`, and the others together reach `rest` where it is given.

    m times the cell is size + N + K, with N the noise of the count, so both limits are limits of K.
    """
    m, size = asked.cells, asked.size
    spread = sigma * math.sqrt(m * (m - 1))
    lowest = math.ceil(m * least) - size
    chance = 0.0
    for noise, weight in _noise(sigma, math.ceil(_least_shown(rules, sigma)) - size):
        above = _tail((lowest - noise - 0.5) / spread)
        if rest is not None:
            above -= _tail((m * (size + noise - rest) - size - noise + 0.5) / spread)
        chance += weight * max(0.0, above)
    return chance


def _noise(sigma: int, least: int) -> Iterator[tuple[int, float]]:
    """The values of the discrete Gaussian of this scale that are at least `least`, and their probabilities."""
    reach = _REACH * sigma
    whole = sum(_weight(value, sigma) for value in range(-reach, reach + 1))
    for value in range(max(-reach, least), reach + 1):
        yield value, _weight(value, sigma) / whole


def _weight(value: int, sigma: int) -> float:
    return math.exp(-(value**2) / (2 * sigma**2))


def _tail(deviations: float) -> float:
    """That a standard normal value lies above."""
    return math.erfc(deviations / math.sqrt(2)) / 2
