"""What an answer will be worth, as it travels over HTTP and as `kohort precision --json` prints it."""

from typing import Literal

from schemas.policy import AccessTier, Precision
from schemas.wire import Wire

MOST_SIZE = 1_000_000
"""Persons in a cohort that somebody may have in mind."""

FEWEST_CELLS, MOST_CELLS = 2, 1_000
FEWEST_STEPS, MOST_STEPS = 1, 64
"""Of a table and of attrition; what a tier takes may be less, and is in its answer."""


class ExpectedAnswer(Wire):
    """What one kind of answer at one precision is worth.

    `people` is the true number that it is about: the cohort's, that of one of the table's equal cells, or of the last
    step. `margin` is ± at 95 %, in persons, or in parts of 1 for a share (absent when the noise is as large as the
    cohort); `widest` that of the step with the most noise. It is a number from `shown_from` on, which happens with the
    chance `shown`, 0 to 1. `relative` is the margin as a part of the true number. `price` is in nano-rho, for a cohort
    never asked about before, its count included; a project's year pays for `a_year` of them. `open` says whether the
    tier may use this precision of the release in service today.
    """

    kind: Literal["count", "table", "share", "attrition"]
    precision: Precision
    people: float
    margin: float | None
    widest: float | None
    shown_from: int
    shown: float
    relative: float | None
    price: int
    a_year: int
    open: bool


class TierExpectation(Wire):
    """What a tier gets. Tables and attrition larger than it takes are not among its answers."""

    tier: AccessTier
    floor: int
    rounding: int
    project_budget: int
    max_cells: int
    max_attrition_steps: int
    answers: list[ExpectedAnswer]


class PrecisionAnswer(Wire):
    """By the policy alone; no data took part."""

    policy_version: str
    policy_sha256: str
    size: int
    cells: int
    steps: int
    tiers: list[TierExpectation]
