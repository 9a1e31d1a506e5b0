"""A7: everybody's secret at once. Sums over random subsets are linear equations; enough of them have one solution."""

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from schemas.errors import OverBudget
from tests.attacks.kit.arena import Arena, baseline_scores
from tests.attacks.kit.askers import PRECISION, Asker
from tests.attacks.kit.baselines import BASELINES
from tests.attacks.kit.outcome import Attack, Check, Outcome, exactly
from tests.attacks.kit.questions import All, Carrier, Either, Not, Question, Secret, in_block, members
from tests.attacks.kit.statistics import least_mean, most_accuracy
from tests.attacks.kit.world import VARIANTS, World

TARGETS = 100
"""People of a block whose secret is wanted; that of the others is known."""

Matrix = npt.NDArray[np.float64]
Decode = Callable[[Matrix, Matrix], Matrix]


def subsets() -> Iterator[Question]:
    """Random halves of the people: carriers of one variant, then those with exactly one of two."""
    for variant in range(VARIANTS):
        yield Carrier(variant)
    for first, second in itertools.combinations(range(VARIANTS), 2):
        one, other = Carrier(first), Carrier(second)
        yield Either((All((one, Not(other))), All((Not(one), other))))


def equations(asker: Asker, world: World, block: int, most: int) -> tuple[Matrix, Matrix]:
    """bool[equations, TARGETS] of who is asked about, and how many of them are said to have the secret."""
    targets = slice(world.victim(block), world.victim(block) + TARGETS)
    rows, sums = [], []
    for subset in itertools.islice(subsets(), most):
        question = All((in_block(world, block), Secret(), subset))
        try:
            shown = asker.count(question)
        except OverBudget:
            break
        if shown is not None:
            who = members(question, world)
            rows.append(members(subset, world)[targets].astype(float))
            sums.append(float(shown - (who.sum() - who[targets].sum())))
    return np.array(rows), np.array(sums)


def least_squares(rows: Matrix, sums: Matrix) -> Matrix:
    """Ridge regression towards one half."""
    weight = 0.5
    stacked = np.vstack([rows, weight * np.eye(TARGETS)])
    return np.linalg.lstsq(stacked, np.concatenate([sums, np.full(TARGETS, weight / 2)]), rcond=None)[0]


def linear_program(rows: Matrix, sums: Matrix) -> Matrix:
    """The secrets between 0 and 1 whose sums are off by the least in all."""
    count = sums.size
    slack = np.eye(count)
    found = linprog(
        np.concatenate([np.zeros(TARGETS), np.ones(2 * count)]),
        A_eq=np.hstack([rows, slack, -slack]),
        b_eq=sums,
        bounds=[(0, 1)] * TARGETS + [(0, None)] * (2 * count),
        method="highs",
    )
    return found.x[:TARGETS]


def right(asker: Asker, world: World, block: int, most: int, decode: Decode) -> float:
    """The share of targets whose secret is found."""
    truth = world.secret[world.victim(block) : world.victim(block) + TARGETS]
    return float(np.mean((decode(*equations(asker, world, block, most)) > 0.5) == truth))


def run(arena: Arena) -> Outcome:
    """The whole budget; least squares and a linear program on the same answers."""
    answered: list[int] = []
    of_program: list[float] = []

    def score(asker: Asker, world: World, block: int) -> float:
        rows, sums = equations(asker, world, block, VARIANTS)
        answered.append(sums.size)
        truth = world.secret[world.victim(block) : world.victim(block) + TARGETS]
        of_program.append(float(np.mean((linear_program(rows, sums) > 0.5) == truth)))
        return float(np.mean((least_squares(rows, sums) > 0.5) == truth))

    trials = arena.trials(arena.size(fast=2, full=16), score)
    of_squares = list(np.concatenate([trials.clean, trials.planted]))
    affordable = 10**9 // PRECISION.cost(1)
    return Outcome(
        figure=max(float(np.mean(of_squares)), float(np.mean(of_program))),
        limit=most_accuracy(trials.rho),
        checks=(
            _accuracy("least squares", of_squares, trials.rho),
            _accuracy("a linear program", of_program, trials.rho),
            exactly("questions answered before the budget was spent", max(answered), affordable),
        ),
    )


def _accuracy(by: str, shares: list[float], rho: float) -> Check:
    surely, allowed = least_mean(shares), most_accuracy(rho)
    return Check(
        says=f"share of {TARGETS} secrets found by {by}",
        measured=f"{np.mean(shares):.3f}, surely {max(surely, 0):.3f}",
        allowed=f"{allowed:.3f}",
        holds=surely <= allowed,
    )


def baselines() -> dict[str, float]:
    """The share of secrets found from 600 questions."""

    def score(asker: Asker, world: World, block: int) -> float:
        return right(asker, world, block, 600, least_squares)

    return {name: float(np.concatenate(baseline_scores(name, score, blocks=4)).mean()) for name in BASELINES}


ATTACK = Attack(
    number="A7",
    title="Reconstruction",
    tries="asks how many carriers of one variant after another have the secret, and solves for all at once",
    figure="secrets found",
    run=run,
    baselines=baselines,
)
