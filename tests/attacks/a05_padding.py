"""A5: pads of every size. Wherever rounding or a threshold changes its answer, one person more or less shows."""

import numpy as np

from tests.attacks.a04_difference import NARROWEST
from tests.attacks.kit.arena import Arena, Trials, against_baselines
from tests.attacks.kit.askers import PRECISION, Asker
from tests.attacks.kit.outcome import Attack, Outcome, advantage_outcome, whole_noise
from tests.attacks.kit.questions import All, Secret, in_block, known
from tests.attacks.kit.world import BLOCK, World


def excesses(asker: Asker, world: World, block: int, pads: int) -> list[float]:
    """What is shown beyond the people the attacker knows; the strongest attack there is, for all counts hold the victim."""
    found = []
    for number in range(pads):
        question = All((in_block(world, block, NARROWEST + number % (BLOCK - NARROWEST)), Secret()))
        found.append(float((asker.count(question) or 0) - known(question, world, block)))
    return found


def padding_trials(arena: Arena, blocks: int, pads: int) -> tuple[Trials, list[float]]:
    """The mean excess of each block, and what is left of every answer without the truth."""
    noise: list[float] = []

    def score(asker: Asker, world: World, block: int) -> float:
        found = excesses(asker, world, block, pads)
        noise.extend(each - world.truth(block) for each in found)
        return float(np.mean(found))

    return arena.trials(blocks, score), noise


def run(arena: Arena) -> Outcome:
    """The whole budget on one victim."""
    trials, noise = padding_trials(arena, arena.size(fast=16, full=96), arena.size(fast=4, full=50))
    return advantage_outcome(trials, 0.5, whole_noise(noise, PRECISION.sigma))


def baselines() -> dict[str, float]:
    """The advantage of 400 pads."""
    return against_baselines(lambda asker, world, block: float(np.mean(excesses(asker, world, block, 400))))


ATTACK = Attack(
    number="A5",
    title="Padding to a boundary",
    tries="knows everybody else, and asks for cohorts of every size that the victim may be in",
    figure="advantage",
    run=run,
    baselines=baselines,
)
