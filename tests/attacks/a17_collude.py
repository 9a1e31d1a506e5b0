"""A17: strangers who pool what they learn of one person. Each has a budget; the person has one too."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from schemas.policy import DEFAULT_POLICY, NANO_RHO
from tests.attacks.kit.arena import Arena, Trials, baseline_scores
from tests.attacks.kit.askers import PRECISION, Asker, Service
from tests.attacks.kit.baselines import BASELINES
from tests.attacks.kit.outcome import Attack, Check, Outcome, advantage_outcome, at_most
from tests.attacks.kit.questions import All, Either, Numbered, Question, Secret, known, size
from tests.attacks.kit.statistics import advantage, least_mean
from tests.attacks.kit.world import BLOCK, World

PAD, GROUP = 100, 40
"""Other people in a question, who change from one to the next, and people who are in all of them."""

ROOM = 2 * BLOCK
"""People that pads go round in: two blocks, so that nobody in a pad reaches the cap."""


def _pads(first: int, most: int) -> Iterator[Numbered]:
    """Pads that are all different, over the people from `first` on."""
    for number in range(most):
        start = first + (number * PAD) % (ROOM - PAD)
        yield Numbered(start, start + PAD - 1 - number // 7)


def _about(who: Numbered, first: int, most: int) -> list[Question]:
    """Questions that all hold the same people, over ever other pads."""
    return [All((Either((who, pad)), Secret())) for pad in _pads(first, most)]


def _ask_in_turn(service: Service, questions: list[Question]) -> list[int]:
    """Ask as so many projects as it takes, each for its whole budget."""
    each = NANO_RHO // PRECISION.cost(1)
    shown: list[int] = []
    for start in range(0, len(questions), each):
        researcher = service.researcher()
        shown += [researcher.count(question) or 0 for question in questions[start : start + each]]
    return shown


def _excess(asker: Asker, world: World, block: int, questions: list[Question]) -> list[float]:
    return [float((asker.count(each) or 0) - known(each, world, block)) for each in questions]


def _victims(world: World) -> Iterator[tuple[int, int]]:
    """Canaries without and with the secret by turns, each with the first of the people its pads go round in."""
    for pair in range(len(world.blocks) // 2):
        yield 2 * pair + pair % 2, world.victim(2 * pair)


def _pooled(arena: Arena, wanted: int, most: int) -> Trials:
    """Mean excess of answers that hold one victim, pooled over all projects, before the victim's cap is reached."""
    scores: dict[bool, list[float]] = {False: [], True: []}
    left = wanted
    while left:
        with arena.service() as service:
            for block, first in list(_victims(arena.world))[:left]:
                victim = arena.world.victim(block)
                questions = _about(Numbered(victim, victim), first, most)
                shown = _ask_in_turn(service, questions)
                others = [known(each, arena.world, block) for each in questions]
                scores[arena.world.truth(block)].append(float(np.mean(np.array(shown) - np.array(others))))
                left -= 1
    rho = min(most * PRECISION.cost(1), DEFAULT_POLICY.person_cap) / NANO_RHO
    return Trials(clean=np.array(scores[False]), planted=np.array(scores[True]), rho=rho)


def _after_the_cap(arena: Arena, cap: int) -> tuple[Check, Check]:
    """A group that is in every question: seen until everybody in it has reached the cap, and gone from then on."""
    before = cap // PRECISION.cost(1)
    group = Numbered(0, GROUP - 1)
    questions = _about(group, GROUP, before + 12)
    with arena.service(policy=replace(DEFAULT_POLICY, person_cap=cap)) as service:
        shown = _ask_in_turn(service, questions)
    pads = [size(All((each, Secret())), arena.world) for each in _pads(GROUP, before + 12)]
    seen = [float(a - b) for a, b in zip(shown, pads, strict=True)]
    full = size(All((group, Secret())), arena.world)
    return (
        at_most(f"of {full} people, in answers after their cap of rho {cap / NANO_RHO:g}, surely",
                max(0.0, least_mean(seen[before:])), 0.0),
        at_most("missing from answers before it, surely", max(0.0, least_mean([full - each for each in seen[:before]])), 0.0),
    )  # fmt: skip


def run(arena: Arena) -> Outcome:
    """All answers pooled stay under the curve of the person's cap, and people at their cap are in no more answers."""
    wanted, most = arena.size(fast=(4, 5), full=(16, 300))
    cap = arena.size(fast=NANO_RHO // 5, full=DEFAULT_POLICY.person_cap)
    return advantage_outcome(_pooled(arena, wanted, most), 0.5, *_after_the_cap(arena, cap))


def baselines() -> dict[str, float]:
    """The advantage of 300 questions."""

    def score(asker: Asker, world: World, block: int) -> float:
        victim = world.victim(block)
        first = min(victim, world.people - ROOM)
        return float(np.mean(_excess(asker, world, block, _about(Numbered(victim, victim), first, 300))))

    return {name: advantage(*baseline_scores(name, score)) for name in BASELINES}


ATTACK = Attack(
    number="A17",
    title="Collusion",
    tries="pools the answers of unrelated projects that all ask about one victim",
    figure="advantage",
    run=run,
    baselines=baselines,
)
