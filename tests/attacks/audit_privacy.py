"""The audit of the claim itself: the smallest epsilon that the strongest attack does not refute, beside the claimed one.

Canaries are planted in one run of one service, each in a block of its own, so both ways of auditing apply: Clopper and
Pearson's limits of true and false positives, and one run with many canaries (Steinke, Nasr and Jagielski 2023).
"""

from tests.attacks.a05_padding import padding_trials
from tests.attacks.kit.arena import Arena
from tests.attacks.kit.askers import PRECISION
from tests.attacks.kit.outcome import Attack, Check, Outcome, at_most
from tests.attacks.kit.questions import All, Secret, in_block, size
from tests.attacks.kit.statistics import (
    ALPHA,
    claimed_epsilon,
    guesses,
    least_epsilon_of_one_run,
    noise_fits,
)
from tests.attacks.kit.world import BLOCK

DELTA = 1e-10
"""As the United States census states its guarantee."""

BASE = 5
"""What the controlled tier rounds to."""


def _fits(arena: Arena, counts: int) -> Check:
    """Whether single counts follow the law of the noise that was paid for, rounding included."""
    shown: list[int] = []
    true: list[int] = []
    with arena.service() as service:
        for block in arena.world.blocks:
            researcher = service.researcher()
            for number in range(counts):
                question = All((in_block(arena.world, block, BLOCK - number), Secret()))
                value = researcher.count(question)
                if value is not None:
                    shown.append(value)
                    true.append(size(question, arena.world))
    p = noise_fits(shown, true, sigma=PRECISION.sigma, base=BASE)
    return Check(
        says=f"{len(shown)} answers follow the rounded discrete Gaussian of sigma {PRECISION.sigma}",
        measured=f"p = {p:.2g}",
        allowed=f"p at least {ALPHA:.0e}",
        holds=p >= ALPHA,
    )


def run(arena: Arena) -> Outcome:
    """A whole budget on each canary; then the law of the noise of single counts."""
    trials, _ = padding_trials(arena, arena.size(fast=8, full=160), arena.size(fast=4, full=50))
    claimed = claimed_epsilon(trials.rho, DELTA)
    found = guesses(trials.clean, trials.planted, 0.5)
    right = found.hits + found.clean - found.false
    of = found.planted + found.clean
    by_rates, by_guesses = found.least_epsilon(DELTA), least_epsilon_of_one_run(right, of, DELTA)
    return Outcome(
        figure=max(by_rates, by_guesses),
        limit=claimed,
        checks=(
            at_most(f"epsilon at delta {DELTA:.0e} not refuted by {of} canaries, by their rates", by_rates, claimed),
            at_most(f"the same, by {right} right guesses in one run", by_guesses, claimed),
            _fits(arena, arena.size(fast=3, full=50)),
        ),
        trials=trials,
    )


ATTACK = Attack(
    number="DP",
    title="Privacy audit",
    tries="plants canaries and asks how much privacy the answers disprove",
    figure="epsilon surely lost",
    run=run,
)
