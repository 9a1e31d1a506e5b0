"""A6: not the number but whether there is one. A set of people one knows, as large as the threshold, and one more."""

import json

import numpy as np
from scipy.stats import norm

import engine
from cohort_dsl import parse
from engine import Request
from schemas.policy import CONTROLLED_TIER
from tests.attacks.kit.arena import Arena, against_baselines
from tests.attacks.kit.askers import PRECISION, Asker, Researcher
from tests.attacks.kit.outcome import Attack, Check, Outcome, advantage_outcome, exactly, share_at_most, under_the_curve
from tests.attacks.kit.questions import All, Numbered, Question, Secret, Unheard, document, size
from tests.attacks.kit.world import BLOCK, World


def with_so_many_known(world: World, block: int, others: int) -> Question:
    """The victim, if it has the secret, and exactly `others` people who are known to have it."""
    first = world.victim(block)
    carriers = np.flatnonzero(world.secret[first + 1 : first + BLOCK]) + first + 1
    return All((Numbered(first, int(carriers[others - 1])), Secret()))


def is_shown(asker: Asker, world: World, block: int, others: int) -> float:
    """1 when a number is shown of such a set."""
    return float(asker.count(with_so_many_known(world, block, others)) is not None)


def _threshold() -> int:
    return CONTROLLED_TIER.threshold(PRECISION.sigma)


def run(arena: Arena) -> Outcome:
    """Around the floor and around the threshold; then nobody, one person and a code that does not exist."""
    floor = CONTROLLED_TIER.floor
    trials = arena.trials(
        arena.size(fast=16, full=160), lambda asker, world, block: is_shown(asker, world, block, floor - 1)
    )
    near = arena.trials(
        arena.size(fast=16, full=160), lambda asker, world, block: is_shown(asker, world, block, _threshold() - 1)
    )
    with arena.service() as service:
        alike = {_seen(service.researcher(), question) for question in _empty_and_single(arena.world)}
    return advantage_outcome(
        near,
        0.5,
        under_the_curve(trials, 0.5),
        _rarely_shown(int(trials.planted.sum()), trials.planted.size),
        exactly("different answers for nobody, one person and an unknown code", len(alike), 1),
    )


def _rarely_shown(shown: int, of: int) -> Check:
    """At the floor a number appears when the noise lifts it to the threshold; the draw is whole, hence the half."""
    lift = _threshold() - CONTROLLED_TIER.floor - 0.5
    chance = float(norm.sf(lift / PRECISION.sigma))
    return share_at_most(f"cohorts of exactly {CONTROLLED_TIER.floor} of which a number is shown", shown, of, chance)


def _empty_and_single(world: World) -> list[Question]:
    someone, nobody = world.victim(1), world.victim(0)
    assert size(All((Numbered(someone, someone), Secret())), world) == 1
    return [
        All((Numbered(someone, someone), Secret())),
        All((Numbered(nobody, nobody), Secret())),
        Unheard(1),
        All((Numbered(10**6, 10**6), Secret())),
    ]


def _seen(researcher: Researcher, question: Question) -> str:
    """Everything an answer says but the name of the question and the list of names nobody knows, which the text decides."""
    request = Request(cohort=parse(document(question)), principal=researcher.principal, precision=PRECISION)
    safe = engine.count(researcher.session, request)
    receipt = safe.receipt
    balances = [(balance.kind.value, balance.spent, balance.cap) for balance in receipt.balances]
    return json.dumps([repr(safe.count), receipt.charged, receipt.sigma, receipt.exact, balances])


def baselines() -> dict[str, float]:
    """The advantage of one question, with the known set one smaller than the baseline shows."""
    sizes = {"suppress and round": 7, "cell key": 9, "fresh noise": 3}
    return {
        name: against_baselines(lambda asker, world, block, known=known: is_shown(asker, world, block, known))[name]
        for name, known in sizes.items()
    }


ATTACK = Attack(
    number="A6",
    title="Hidden or shown",
    tries="gathers known people up to the threshold, and sees whether the victim makes the number appear",
    figure="advantage",
    run=run,
    baselines=baselines,
)
