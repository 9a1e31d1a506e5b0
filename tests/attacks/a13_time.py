"""A13: how long an answer takes, where the victim matches and where nobody does. Over HTTP, at the fixed deadlines.

The machine's other work is noise in this, so the worlds take turns and the smallest difference that would have been
seen is stated. A difference hides only as long as the work ends before the deadline, which is checked as well.
"""

import time

import numpy as np
from scipy.stats import norm, ttest_ind

from tests.attacks.kit.arena import Arena
from tests.attacks.kit.http import Server, server_over
from tests.attacks.kit.outcome import Attack, Check, Outcome
from tests.attacks.kit.questions import All, Numbered, Secret, Unheard, document
from tests.attacks.kit.statistics import Scores, lower_limit

LARGEST_T = 4.5
"""Welch's t from which on side-channel tests call two sets of times different (one in 150,000 by chance)."""

WORK_SHARE = 0.8
"""Of a deadline that the work itself may take, or the deadline hides nothing."""


def _body(world_has_victim: bool, victim: int, number: int) -> dict[str, object]:
    """A text never asked before, alike in both cases but for the secret of the one it is about."""
    who = victim if world_has_victim else victim + 1
    return {"text": document(All((Numbered(who, who), Secret(), Unheard(number)))), "precision": "coarse"}


def _milliseconds(server: Server, has_victim: bool, victim: int, number: int) -> float:
    body = _body(has_victim, victim, number)
    started = time.perf_counter()
    reply = server.ask("/v1/cohorts/count", body, who=f"p{number % 4}")
    assert reply.status == 200, reply.body
    return (time.perf_counter() - started) * 1000


def times(arena: Arena, pairs: int, *, fixed_deadlines: bool) -> tuple[Scores, Scores]:
    """Milliseconds of as many interleaved requests, without and with a person who matches."""
    victim = next(n for n in range(arena.world.people) if arena.world.secret[n] and not arena.world.secret[n + 1])
    taken: dict[bool, list[float]] = {False: [], True: []}
    assert arena.before
    with server_over(arena.releases, "now", arena.state(), fixed_deadlines=fixed_deadlines) as server:
        for number in range(-5, pairs):
            for has_victim in (number % 2 == 0, number % 2 == 1):
                took = _milliseconds(server, has_victim, victim, 1000 + 2 * number + has_victim)
                if number >= 0:
                    taken[has_victim].append(took)
    return np.array(taken[False]), np.array(taken[True])


def run(arena: Arena) -> Outcome:
    """Answers at their deadline, and the work without one."""
    without, with_victim = times(arena, arena.size(fast=10, full=100), fixed_deadlines=True)
    raw = np.concatenate(times(arena, arena.size(fast=10, full=100), fixed_deadlines=False))
    t = float(ttest_ind(without, with_victim, equal_var=False).statistic)
    spread = float(np.sqrt((without.var(ddof=1) + with_victim.var(ddof=1)) / without.size))
    visible = (LARGEST_T + float(norm.ppf(0.9))) * spread
    right, of = _classified(without, with_victim)
    deadline = float(np.floor(np.median(without) / 100) * 100)
    return Outcome(
        figure=right / of,
        limit=0.53,
        checks=(
            Check(
                says=f"Welch's t over {of} answers; a difference of {visible:.1f} ms would be seen in 9 of 10 runs",
                measured=f"{abs(t):.2f}",
                allowed=f"below {LARGEST_T}",
                holds=abs(t) < LARGEST_T,
            ),
            Check(
                says="guesses by time, each half of the answers judged by what the other taught",
                measured=f"{right}/{of}, surely {lower_limit(right, of):.3f}",
                allowed="0.53",
                holds=lower_limit(right, of) <= 0.53,
            ),
            Check(
                says=f"the work ends before the deadline of {deadline:.0f} ms (99th percentile)",
                measured=f"{np.quantile(raw, 0.99):.0f} ms",
                allowed=f"at most {WORK_SHARE * deadline:.0f} ms",
                holds=float(np.quantile(raw, 0.99)) <= WORK_SHARE * deadline,
            ),
        ),
    )


def _classified(without: Scores, with_victim: Scores) -> tuple[int, int]:
    """Right guesses of a threshold between the medians of the other half, and how many were made."""
    right = 0
    for train, test in ((slice(0, None, 2), slice(1, None, 2)), (slice(1, None, 2), slice(0, None, 2))):
        low, high = np.median(without[train]), np.median(with_victim[train])
        sign = 1 if high >= low else -1
        middle = (low + high) / 2
        right += int((sign * (with_victim[test] - middle) > 0).sum() + (sign * (without[test] - middle) <= 0).sum())
    return right, without.size + with_victim.size


ATTACK = Attack(
    number="A13",
    title="Timing",
    tries="times answers about somebody who matches and about nobody",
    figure="guesses that are right",
    run=run,
    is_slow=True,
)
