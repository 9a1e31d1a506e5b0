"""A11: a step of the attrition that only the victim can fail."""

import numpy as np

import engine
from tests.attacks.kit.arena import Arena, against_baselines
from tests.attacks.kit.askers import Asker, Researcher, number
from tests.attacks.kit.outcome import Attack, Outcome, advantage_outcome
from tests.attacks.kit.questions import All, Not, Numbered, Question, Secret, in_block
from tests.attacks.kit.world import BLOCK, World


def _steps(world: World, block: int, attempt: int) -> tuple[Question, Question]:
    """A pad, and all of it but the victim with the secret."""
    victim = world.victim(block)
    return in_block(world, block, BLOCK // 2 + attempt % (BLOCK // 2)), Not(All((Numbered(victim, victim), Secret())))


def _lost_of_service(asker: Researcher, world: World, block: int, attempt: int) -> float:
    answer = engine.attrition(asker.session, asker.request(*_steps(world, block, attempt)))
    asker.paid += answer.receipt.charged
    before, after = (number(step.count) or 0 for step in answer.steps[-2:])
    return float(before - after)


def _lost_of_baseline(asker: Asker, world: World, block: int, attempt: int) -> float:
    pad, but_the_victim = _steps(world, block, attempt)
    return float((asker.count(pad) or 0) - (asker.count(All((pad, but_the_victim))) or 0))


def run(arena: Arena) -> Outcome:
    """As many attritions as a budget pays for, each over another pad."""
    attempts = arena.size(fast=2, full=16)

    def score(asker: Researcher, world: World, block: int) -> float:
        return float(np.mean([_lost_of_service(asker, world, block, attempt) for attempt in range(attempts)]))

    return advantage_outcome(arena.trials(arena.size(fast=12, full=48), score), 0.5)


def baselines() -> dict[str, float]:
    """The advantage of 400 attritions."""
    return against_baselines(
        lambda asker, world, block: float(np.mean([_lost_of_baseline(asker, world, block, n) for n in range(400)]))
    )


ATTACK = Attack(
    number="A11",
    title="A step of one person",
    tries="subtracts two steps of an attrition between which only the victim can be lost",
    figure="advantage",
    run=run,
    baselines=baselines,
)
