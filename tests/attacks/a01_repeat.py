"""A1: the same question over and over, from many accounts, to average the noise away."""

import numpy as np

from schemas.policy import NANO_RHO
from tests.attacks.kit.arena import Arena, baseline_scores
from tests.attacks.kit.askers import PRECISION, Asker
from tests.attacks.kit.baselines import BASELINES
from tests.attacks.kit.outcome import Attack, Outcome, exactly, share_at_most
from tests.attacks.kit.questions import All, Question, Secret, in_block, size
from tests.attacks.kit.statistics import most_advantage
from tests.attacks.kit.world import World

BASELINE_REPEATS = 400


def _question(world: World, block: int) -> Question:
    return All((in_block(world, block), Secret()))


def _error(asker: Asker, world: World, block: int, repeats: int) -> float:
    question = _question(world, block)
    shown = [asker.count(question) for _ in range(repeats)]
    return abs(float(np.mean([each for each in shown if each is not None])) - size(question, world))


def _share_exact(errors: list[float]) -> float:
    return sum(bool(error < 0.5) for error in errors) / len(errors)


def run(arena: Arena) -> Outcome:
    """Twenty users of four projects repeat one question; then each block is averaged."""
    repeats = arena.size(fast=40, full=1000)
    with arena.service() as service:
        users = [service.researcher(project=f"project {n % 4}", institution="one", user=f"user {n}") for n in range(20)]
        question = _question(arena.world, 0)
        answers = {users[n % 20].count(question) for n in range(repeats)}
        spent = [balance.spent for balance in users[0].session.budget(users[0].principal)]
    trials = arena.trials(arena.size(fast=8, full=64), lambda asker, world, block: _error(asker, world, block, 3))
    errors = [*trials.clean, *trials.planted]
    cost = PRECISION.cost(1)
    rho = cost / NANO_RHO
    hits = sum(bool(error < 0.5) for error in errors)
    return Outcome(
        figure=_share_exact(errors),
        limit=most_advantage(rho),
        checks=(
            exactly(f"different answers to one question asked {repeats} times", len(answers), 1),
            exactly("nano-rho that project, user and institution paid for it", spent, [cost] * 3),
            share_at_most("counts found exactly by averaging", hits, len(errors), most_advantage(rho)),
        ),
    )


def baselines() -> dict[str, float]:
    """The share of counts found exactly from 400 repeats."""
    return {
        name: _share_exact(
            list(np.concatenate(baseline_scores(name, lambda a, w, b: _error(a, w, b, BASELINE_REPEATS))))
        )
        for name in BASELINES
    }


ATTACK = Attack(
    number="A1",
    title="Averaging repeats",
    tries="asks one question again and again, from twenty accounts, and takes the mean",
    figure="counts found exactly",
    run=run,
    baselines=baselines,
)
