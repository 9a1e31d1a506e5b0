"""A2: one question in many words. Rewrites that are the same text at heart are free; all others are paid for."""

import itertools
from collections.abc import Callable, Iterable, Iterator

import numpy as np

import engine
from cohort_dsl import canonical_hash, parse
from schemas.errors import OverBudget
from tests.attacks.kit.arena import Arena, against_baselines
from tests.attacks.kit.askers import PRECISION, Asker, Researcher
from tests.attacks.kit.outcome import Attack, Outcome, advantage_outcome, exactly, whole_noise
from tests.attacks.kit.questions import (
    All,
    Chaff,
    Either,
    Not,
    Numbered,
    Question,
    Secret,
    Unheard,
    always,
    document,
    in_block,
    known,
)
from tests.attacks.kit.world import VARIANTS, World

Rewrite = Callable[[Question, np.random.Generator], Question]


def commute(question: Question, pick: np.random.Generator) -> Question:
    """The parts in another order."""
    match question:
        case All(parts):
            return All(tuple(parts[n] for n in pick.permutation(len(parts))))
        case Either(parts):
            return Either(tuple(parts[n] for n in pick.permutation(len(parts))))
        case _:
            return question


def repeat(question: Question, pick: np.random.Generator) -> Question:
    """The same part twice."""
    return All((question, question)) if pick.random() < 0.5 else Either((question, question))


def deny_twice(question: Question, pick: np.random.Generator) -> Question:
    """Not those who are not."""
    return Not(Not(question))


def de_morgan(question: Question, pick: np.random.Generator) -> Question:
    """Not any who are not."""
    match question:
        case All(parts):
            return Not(Either(tuple(Not(part) for part in parts)))
        case Either(parts):
            return Not(All(tuple(Not(part) for part in parts)))
        case _:
            return Not(Not(question))


def add_chaff(question: Question, pick: np.random.Generator) -> Question:
    """And something that is true of everybody."""
    return All((question, Chaff()))


def add_nobody(question: Question, pick: np.random.Generator) -> Question:
    """Or something that is true of nobody; another one each time."""
    nobody = Unheard(int(pick.integers(99_999)))
    return All((question, Not(nobody))) if pick.random() < 0.5 else Either((question, nobody))


def add_tautology(question: Question, pick: np.random.Generator) -> Question:
    """And those who carry a variant or do not; another one each time."""
    return All((question, always(int(pick.integers(VARIANTS)))))


def split_range(question: Question, pick: np.random.Generator) -> Question:
    """A range as two that meet, at another place each time."""
    match question:
        case All((Numbered(low, high), *rest)):
            middle = int(pick.integers(low, high))
            return All((Either((Numbered(low, middle), Numbered(middle + 1, high))), *rest))
        case _:
            return question


SAME_TEXT: tuple[Rewrite, ...] = (commute, repeat, deny_twice, de_morgan)
OTHERS: tuple[Rewrite, ...] = (add_nobody,)
SAME_PEOPLE: tuple[Rewrite, ...] = (add_chaff, add_tautology, split_range)


def rewrites(question: Question, seed: int, rules: tuple[Rewrite, ...]) -> Iterator[Question]:
    """The question rewritten once or twice by rules drawn anew each time."""
    pick = np.random.default_rng(seed)
    while True:
        rewritten = question
        for _ in range(int(pick.integers(1, 3))):
            rewritten = rules[pick.integers(len(rules))](rewritten, pick)
        yield rewritten


def _asked(world: World, block: int) -> Question:
    return All((in_block(world, block), Secret()))


def _distinct(question: Question, seed: int, texts: int) -> list[Question]:
    """Rewrites no two of which have one canonical text."""
    found: dict[str, Question] = {}
    for rewritten in rewrites(question, seed, SAME_PEOPLE):
        found.setdefault(canonical_hash(parse(document(rewritten))), rewritten)
        if len(found) == texts:
            break
    return list(found.values())


def _residuals(asker: Asker, world: World, block: int, texts: Iterable[Question]) -> list[float]:
    """Answers to differently written questions, less what the attacker knows of the others."""
    of_others, found = known(_asked(world, block), world, block), []
    for text in texts:
        try:
            found.append(float((asker.count(text) or 0) - of_others))
        except OverBudget:
            break
    return found


def _is_free_and_same(asker: Researcher, world: World, block: int, times: int) -> tuple[int, int]:
    """Of rewrites with one text at heart: how many different answers, and how often something was charged."""
    question = _asked(world, block)
    answers, prices = {asker.count(question)}, []
    for rewritten, _ in zip(rewrites(question, block, SAME_TEXT), range(times), strict=False):
        before = asker.paid
        answers.add(asker.count(rewritten))
        prices.append(asker.paid - before)
    return len(answers), sum(price > 0 for price in prices)


def _wrong_prices(asker: Researcher, world: World, block: int, times: int) -> int:
    """How many rewrites were charged although their text was paid before, or free although it was not."""
    seen, wrong = set[str](), 0
    for rewritten, _ in zip(
        rewrites(_asked(world, block), 7, SAME_TEXT + OTHERS + SAME_PEOPLE), range(times), strict=False
    ):
        cohort = parse(document(rewritten))
        text = engine.validate(asker.session, cohort, {}, asker.principal.tier).query_hash
        before = asker.paid
        try:
            asker.count(rewritten)
        except OverBudget:
            wrong += text in seen
            continue
        wrong += (asker.paid - before == 0) != (text in seen)
        seen.add(text)
    return wrong


def run(arena: Arena) -> Outcome:
    """Rewrites of three kinds, then the mean over all that the budget pays for."""
    times, texts = arena.size(fast=20, full=200), arena.size(fast=5, full=60)
    with arena.service() as service:
        different, charged = _is_free_and_same(service.researcher(), arena.world, 0, times)
        wrong = _wrong_prices(service.researcher(), arena.world, 1, times)
    residuals: list[float] = []

    def score(asker: Asker, world: World, block: int) -> float:
        found = _residuals(asker, world, block, _distinct(_asked(world, block), block, texts))
        residuals.extend(each - world.truth(block) for each in found)
        return float(np.mean(found))

    trials = arena.trials(arena.size(fast=8, full=32), score)
    return advantage_outcome(
        trials,
        0.5,
        exactly(f"different answers to {times} rewrites with one canonical text", different, 1),
        exactly("charges for them", charged, 0),
        exactly(f"of {times} rewrites of all kinds, wrongly charged or wrongly free", wrong, 0),
        whole_noise(residuals, PRECISION.sigma),
    )


def baselines() -> dict[str, float]:
    """The advantage of the mean over 400 rewrites."""

    def score(asker: Asker, world: World, block: int) -> float:
        texts = itertools.islice(rewrites(_asked(world, block), block, SAME_PEOPLE), 400)
        return float(np.mean(_residuals(asker, world, block, texts)))

    return against_baselines(score)


ATTACK = Attack(
    number="A2",
    title="Rewriting",
    tries="writes one question in many ways (other order, De Morgan, always-true conditions, split ranges) and "
    "averages",
    figure="advantage",
    run=run,
    baselines=baselines,
)
