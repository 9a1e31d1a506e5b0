"""A9: let a program find the attack. Sets of questions evolve on services the attacker runs, a rule is learned there,
and the best set is asked once, about people it has not seen. After QuerySnout (2022) and QueryCheetah (2024).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.attacks.kit.arena import Arena, Score, baseline_scores
from tests.attacks.kit.askers import Asker
from tests.attacks.kit.baselines import BASELINES
from tests.attacks.kit.outcome import Attack, Outcome, advantage_outcome
from tests.attacks.kit.questions import (
    All,
    Carrier,
    Not,
    Numbered,
    Question,
    Secret,
    Unheard,
    in_block,
    known,
    others_in_block,
)
from tests.attacks.kit.world import BLOCK, VARIANTS, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Gene:
    """One question: of how many people, with or without the victim and the secret, and of carriers of which variant."""

    people: int
    has_victim: bool
    has_secret: bool
    variant: int | None
    chaff: int | None

    def question(self, world: World, block: int) -> Question:
        """The question about a block."""
        whom: Numbered = (in_block if self.has_victim else others_in_block)(world, block, self.people)
        parts: list[Question] = [whom]
        if self.has_secret:
            parts.append(Secret())
        if self.variant is not None:
            parts.append(Carrier(self.variant))
        if self.chaff is not None:
            parts.append(Not(Unheard(self.chaff)))
        return All(tuple(parts)) if len(parts) > 1 else whom


Genome = tuple[Gene, ...]
Rows = npt.NDArray[np.float64]


def random_gene(pick: np.random.Generator) -> Gene:
    """Any question."""
    return Gene(
        people=int(pick.integers(BLOCK // 2, BLOCK)),
        has_victim=bool(pick.random() < 0.5),
        has_secret=bool(pick.random() < 0.5),
        variant=int(pick.integers(VARIANTS)) if pick.random() < 0.3 else None,
        chaff=int(pick.integers(99_999)) if pick.random() < 0.3 else None,
    )


def offspring(parents: list[Genome], pick: np.random.Generator) -> Genome:
    """Questions from two parents, and now and then a new one."""
    first, second = (parents[n] for n in pick.integers(len(parents), size=2))
    mixed = [a if pick.random() < 0.5 else b for a, b in zip(first, second, strict=True)]
    return tuple(random_gene(pick) if pick.random() < 0.2 else gene for gene in mixed)


def features(asker: Asker, world: World, block: int, genome: Genome) -> list[float]:
    """What is shown beyond the people the attacker knows, question by question; hidden counts as known."""
    found = []
    for gene in dict.fromkeys(genome):
        question = gene.question(world, block)
        of_others = known(question, world, block)
        shown = asker.count(question)
        found.append(float((of_others if shown is None else shown) - of_others))
    return found + [0.0] * (len(genome) - len(found))


@dataclass(frozen=True, slots=True)
class Rule:
    """A linear rule: Fisher's discriminant with a little ridge."""

    weights: Rows
    threshold: float

    def __call__(self, rows: Rows) -> Rows:
        """Above zero where the secret is thought to be planted."""
        return rows @ self.weights - self.threshold


def learn(clean: Rows, planted: Rows) -> Rule:
    """The rule that tells these two apart."""
    within = np.cov(np.vstack([clean - clean.mean(0), planted - planted.mean(0)]).T)
    spread = np.atleast_2d(within) + np.eye(clean.shape[1])
    weights = np.linalg.solve(spread, planted.mean(0) - clean.mean(0))
    return Rule(weights, float(weights @ (planted.mean(0) + clean.mean(0)) / 2))


def fitness(clean: Rows, planted: Rows) -> float:
    """How well a rule learned from one half does on the other, both ways: right guesses."""
    shares = []
    for train, test in ((slice(0, None, 2), slice(1, None, 2)), (slice(1, None, 2), slice(0, None, 2))):
        rule = learn(clean[train], planted[train])
        shares += [np.mean(rule(planted[test]) > 0), np.mean(rule(clean[test]) <= 0)]
    return float(np.mean(shares))


def evolve(
    ask: Callable[[Genome], tuple[Rows, Rows]], *, population: int, generations: int, length: int, seed: int
) -> tuple[Genome, Rule]:
    """The fittest set of questions, with the rule learned for it."""
    pick = np.random.default_rng(seed)
    genomes = [tuple(random_gene(pick) for _ in range(length)) for _ in range(population)]
    ranked: list[tuple[float, Genome, Rule]] = []
    for _ in range(generations):
        for genome in genomes:
            clean, planted = ask(genome)
            ranked.append((fitness(clean, planted), genome, learn(clean, planted)))
        ranked.sort(key=lambda each: -each[0])
        ranked = ranked[: max(2, population // 2)]
        genomes = [offspring([genome for _, genome, _ in ranked], pick) for _ in range(population)]
    return ranked[0][1], ranked[0][2]


def answers(take: Callable[[Score], object], genome: Genome) -> tuple[Rows, Rows]:
    """Answers to a set of questions, float[blocks, questions], without and with the planted secret; `take` lets a score
    go over shadow blocks."""
    rows: dict[bool, list[list[float]]] = {False: [], True: []}

    def score(asker: Asker, world: World, block: int) -> float:
        rows[world.truth(block)].append(features(asker, world, block, genome))
        return 0.0

    take(score)
    return np.array(rows[False]), np.array(rows[True])


def run(arena: Arena) -> Outcome:
    """Evolution on shadow services, then the best set on fresh ones."""
    genome, rule = evolve(
        lambda genome: answers(lambda score: arena.trials(arena.size(fast=4, full=16), score), genome),
        population=arena.size(fast=2, full=6),
        generations=arena.size(fast=1, full=3),
        length=arena.size(fast=3, full=8),
        seed=arena.seed,
    )

    def score(asker: Asker, world: World, block: int) -> float:
        return float(rule(np.array([features(asker, world, block, genome)]))[0])

    return advantage_outcome(arena.trials(arena.size(fast=4, full=96), score), 0.0)


def baselines() -> dict[str, float]:
    """The advantage of the best of 10 sets of 20 questions on other blocks than it was found on."""
    return {name: _evolved_against(name) for name in BASELINES}


def _evolved_against(name: str) -> float:
    genome, rule = evolve(
        lambda genome: answers(lambda score: baseline_scores(name, score), genome),
        population=5,
        generations=3,
        length=20,
        seed=3,
    )

    def score(asker: Asker, world: World, block: int) -> float:
        return float(rule(np.array([features(asker, world, block, genome)]))[0])

    clean, planted = baseline_scores(name, score, blocks=80)
    return float((planted > 0).mean() - (clean > 0).mean())


ATTACK = Attack(
    number="A9",
    title="Searching for attacks",
    tries="evolves sets of questions and learns a rule on services of its own, then asks the best set here",
    figure="advantage",
    run=run,
    baselines=baselines,
)
