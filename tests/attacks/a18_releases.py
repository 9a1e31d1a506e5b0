"""A18: two releases that differ by one person, and the same question to both."""

import numpy as np

from schemas.errors import OverBudget
from schemas.policy import NANO_RHO
from tests.attacks.a04_difference import NARROWEST
from tests.attacks.kit.arena import Arena, Trials
from tests.attacks.kit.askers import PRECISION, Asker, Researcher, Service
from tests.attacks.kit.baselines import BASELINES, Baseline
from tests.attacks.kit.outcome import Attack, Outcome, advantage_outcome, exactly, whole_noise
from tests.attacks.kit.questions import All, Secret, in_block
from tests.attacks.kit.statistics import advantage
from tests.attacks.kit.world import BLOCK, World, make_world


def growth(before: Asker, now: Asker, world: World, block: int, pads: int) -> list[float]:
    """What each count grew by from one release to the next."""
    questions = [
        All((in_block(world, block, NARROWEST + number % (BLOCK - NARROWEST)), Secret())) for number in range(pads)
    ]
    return [float((now.count(each) or 0) - (before.count(each) or 0)) for each in questions]


def _growths(arena: Arena, wanted: int, pads: int) -> tuple[Trials, list[float]]:
    """Mean growth of each block, and what is left of every difference without the truth."""
    noise: list[float] = []
    scores: dict[bool, list[float]] = {False: [], True: []}
    rho, left = 0.0, wanted
    while left:
        state = arena.state()
        with arena.service("before", state) as before, arena.service("now", state) as now:
            for block in list(arena.world.blocks)[:left]:
                one, other = _same(before, now, block)
                found = growth(one, other, arena.world, block, pads)
                truth = arena.world.truth(block)
                scores[truth].append(float(np.mean(found)))
                noise += [each - truth for each in found]
                rho, left = max(rho, one.rho + other.rho), left - 1
    return Trials(clean=np.array(scores[False]), planted=np.array(scores[True]), rho=rho), noise


def _same(before: Service, now: Service, block: int) -> tuple[Researcher, Researcher]:
    """One person who asks both releases."""
    names = {"user": f"u{block}", "project": f"p{block}", "institution": f"i{block}"}
    return before.researcher(**names), now.researcher(**names)


def _answers_of_both(arena: Arena) -> int:
    """How many answers a project gets that asks two releases by turns until it is refused."""
    state, answered = arena.state(), 0
    with arena.service("before", state) as before, arena.service("now", state) as now:
        askers = _same(before, now, 0)
        try:
            for answered in range(1000):
                askers[answered % 2].count(All((in_block(arena.world, 0, NARROWEST + answered // 2), Secret())))
        except OverBudget:
            pass
    return answered


def run(arena: Arena) -> Outcome:
    """The whole budget, half on each release."""
    trials, noise = _growths(arena, arena.size(fast=8, full=48), arena.size(fast=2, full=25))
    return advantage_outcome(
        trials,
        0.5,
        whole_noise(noise, PRECISION.sigma * np.sqrt(2)),
        exactly(
            "answers of both releases that one budget paid", _answers_of_both(arena), NANO_RHO // PRECISION.cost(1)
        ),
    )


def baselines() -> dict[str, float]:
    """The advantage of 400 questions to each release, which keep their random keys from one to the next."""
    now = make_world(1, blocks=60)
    before = now.with_secret(np.arange(0, now.people, BLOCK), has=False)
    truth = np.array([now.truth(block) for block in now.blocks])
    found = {}
    for name, rule in BASELINES.items():
        scores = np.array([
            float(np.mean(growth(Baseline(before, shared := rule(now.people, block)), Baseline(now, shared), now, block, 400)))
            for block in now.blocks
        ])  # fmt: skip
        found[name] = advantage(scores[~truth], scores[truth])
    return found


ATTACK = Attack(
    number="A18",
    title="Differencing releases",
    tries="subtracts what one release says from what the next one says",
    figure="advantage",
    run=run,
    baselines=baselines,
)
