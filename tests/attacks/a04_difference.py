"""A4: Denning's tracker. A cohort with a pad the victim fits, and the same without the victim: the difference tells."""

import numpy as np

from schemas.policy import CONTROLLED_TIER
from tests.attacks.kit.arena import Arena, Trials, against_baselines
from tests.attacks.kit.askers import PRECISION, Asker
from tests.attacks.kit.outcome import (
    Attack,
    Check,
    Outcome,
    advantage_outcome,
    share_at_most,
    under_the_curve,
    whole_noise,
)
from tests.attacks.kit.questions import All, Question, Secret, in_block, others_in_block
from tests.attacks.kit.world import BLOCK, World

NARROWEST = BLOCK // 2


def pair(world: World, block: int, number: int) -> tuple[Question, Question]:
    """The cohort with its pad, and the cohort that leaves the victim out."""
    people = NARROWEST + number % (BLOCK - NARROWEST)
    return (
        All((in_block(world, block, people), Secret())),
        All((others_in_block(world, block, people), Secret())),
    )


def differences(asker: Asker, world: World, block: int, pairs: int) -> list[float]:
    """With less without, pair by pair."""
    found = []
    for number in range(pairs):
        answers = [asker.count(question) or 0 for question in pair(world, block, number)]
        found.append(float(answers[0] - answers[1]))
    return found


def run(arena: Arena) -> Outcome:
    """Pairs for the whole budget; the mean difference, and whether the two answers ever agree."""
    pairs = arena.size(fast=2, full=25)
    noise: list[float] = []
    differ: dict[bool, list[float]] = {False: [], True: []}

    def score(asker: Asker, world: World, block: int) -> float:
        found = differences(asker, world, block, pairs)
        noise.extend(each - world.truth(block) for each in found)
        differ[world.truth(block)].append(sum(each != 0 for each in found) / pairs)
        return float(np.mean(found))

    trials = arena.trials(arena.size(fast=16, full=64), score)
    oracle = Trials(clean=np.array(differ[False]), planted=np.array(differ[True]), rho=trials.rho)
    return advantage_outcome(
        trials,
        0.5,
        under_the_curve(oracle, 0.5),
        _rarely_equal(round(pairs * float(np.sum(1 - oracle.clean))), pairs * oracle.clean.size),
        whole_noise(noise, PRECISION.sigma * np.sqrt(2)),
    )


def _rarely_equal(equal: int, of: int) -> Check:
    """Two draws of the noise, rounded, are equal by chance: at most the base times the density of their difference."""
    chance = CONTROLLED_TIER.rounding / (2 * PRECISION.sigma * np.sqrt(np.pi))
    return share_at_most("pairs of questions about the same people that get one answer", equal, of, chance)


def baselines() -> dict[str, float]:
    """The advantage of 400 pairs, by the mean difference or by how often the two differ, whichever tells more."""
    by_mean = against_baselines(lambda asker, world, block: float(np.mean(differences(asker, world, block, 400))))
    by_equality = against_baselines(
        lambda asker, world, block: float(np.mean([each != 0 for each in differences(asker, world, block, 50)]))
    )
    return {name: max(by_mean[name], by_equality[name]) for name in by_mean}


ATTACK = Attack(
    number="A4",
    title="Differencing pairs",
    tries='subtracts "everybody with the pad but this one" from "everybody with the pad", and looks whether the '
    "two are ever equal",
    figure="advantage",
    run=run,
    baselines=baselines,
)
