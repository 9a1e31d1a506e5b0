"""A3: a cohort cut in two along ever new lines; every cut is another measurement of the same sum."""

import numpy as np

from schemas.errors import OverBudget
from schemas.policy import NANO_RHO, Precision
from tests.attacks.kit.arena import Arena, baseline_scores
from tests.attacks.kit.askers import Asker
from tests.attacks.kit.baselines import BASELINES
from tests.attacks.kit.outcome import Attack, Outcome, exactly, share_at_most
from tests.attacks.kit.questions import All, Carrier, Not, Secret, in_block, size
from tests.attacks.kit.statistics import most_advantage
from tests.attacks.kit.world import VARIANTS, World


def halves(asker: Asker, world: World, block: int, cuts: int, precision: Precision) -> list[float]:
    """The sum of both halves of as many cuts as are answered, less the truth."""
    whole = All((in_block(world, block), Secret()))
    truth, found = size(whole, world), []
    for variant in range(cuts):
        try:
            shown = [asker.count(All((whole, side)), precision) for side in (Carrier(variant), Not(Carrier(variant)))]
        except OverBudget:
            break
        if None not in shown:
            found.append(float(sum(each or 0 for each in shown)) - truth)
    return found


def _is_exact(asker: Asker, world: World, block: int, cuts: int, precision: Precision) -> float:
    return float(abs(np.mean(halves(asker, world, block, cuts, precision) or [9.0])) < 0.5)


def run(arena: Arena) -> Outcome:
    """As many cuts as a year's budget pays for: 25 at `finest`, 100 at `fine`."""
    precision = arena.size(fast=Precision.FINEST, full=Precision.FINE)
    lengths: set[int] = set()

    def score(asker: Asker, world: World, block: int) -> float:
        found = halves(asker, world, block, VARIANTS, precision)
        lengths.add(len(found))
        return float(abs(np.mean(found)) < 0.5)

    trials = arena.trials(arena.size(fast=1, full=16), score)
    exact = np.concatenate([trials.clean, trials.planted])
    cuts = NANO_RHO // (2 * precision.cost(1))
    # one cut has the noise of two answers, so its mean over all cuts is worth half of what was spent
    limit = most_advantage(trials.rho / 2)
    return Outcome(
        figure=float(exact.mean()),
        limit=limit,
        checks=(
            share_at_most(f"counts found exactly from {cuts} cuts", int(exact.sum()), exact.size, limit),
            exactly("cuts answered before the budget was spent", sorted(lengths), [cuts]),
            exactly("nano-rho spent by then", round(trials.rho * NANO_RHO), NANO_RHO),
        ),
    )


def baselines() -> dict[str, float]:
    """The share found exactly from 250 cuts."""
    return {
        name: float(
            np.concatenate(baseline_scores(name, lambda a, w, b: _is_exact(a, w, b, 250, Precision.FINE))).mean()
        )
        for name in BASELINES
    }


ATTACK = Attack(
    number="A3",
    title="Splitting",
    tries="adds up carriers and non-carriers of one variant after another",
    figure="counts found exactly",
    run=run,
    baselines=baselines,
)
