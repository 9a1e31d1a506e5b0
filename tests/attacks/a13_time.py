"""A13: how long an answer takes, where the victim matches and where nobody does. Over HTTP, at the fixed deadlines.

Servers run as operators start them, with their usual policy, and callers who keep to its rates ask at once. Every question
is new, so that each is read, counted, drawn noise for, charged and logged. The machine's other work is noise in this, so
the worlds take turns in an order drawn by coins, and the smallest difference that would have been seen is stated.

A difference hides only as long as the work ends before the deadline, which is checked as well. The work of a question of
class `medium` takes several times as long, so that fewer of them are asked.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from api.deadlines import SETTLING
from schemas.policy import CONTROLLED_TIER, CostClass, Precision
from tests.attacks.kit.arena import Arena
from tests.attacks.kit.outcome import Attack, Check, Outcome, exactly
from tests.attacks.kit.questions import All, Numbered, Secret, document
from tests.attacks.kit.serving import Caller, Served, served, times
from tests.attacks.kit.statistics import Scores, lower_limit
from tests.attacks.kit.timing import LARGEST_T, classified, visible, welch
from tests.attacks.kit.world import World

MOST_RIGHT = 0.53
"""Share of guesses that may be right."""

WORK_SHARE = 1 - SETTLING
"""Of a deadline that the work itself may take, or the deadline hides nothing."""

LOAD = 0.5
"""Of what the servers answer in the time of a deadline, how many questions are open at once: they wait for each other, and
should still be ready in time."""

PADDING = {CostClass.QUICK: 0, CostClass.MEDIUM: 11}
"""Criteria true of everybody that put a document into the class. The default policy lets nobody ask a `long` one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """Milliseconds until the answers of one class came, and until they were ready when each was asked by itself."""

    cost_class: CostClass
    without: Scores
    with_victim: Scores
    work: Scores

    @property
    def deadline(self) -> float:
        """Of the class, in milliseconds."""
        return 1000 * (CONTROLLED_TIER.deadline(self.cost_class) or 0.0)


class Questions:
    """Questions of one class that nobody asked before, about people with the secret and about the next, who lack it."""

    def __init__(self, world: World, cost_class: CostClass, seed: int) -> None:
        self._victims = [n for n, (has, next_has) in enumerate(pairwise(world.secret)) if has and not next_has]
        self._padding = [Numbered(0, world.people + n) for n in range(PADDING[cost_class])]
        self._random = np.random.default_rng(seed)
        self._made = 0

    def pairs(self, number: int) -> list[tuple[bool, bytes]]:
        """Whether it is about somebody with the secret, and the question; which of a pair is first is a coin's matter."""
        return [
            (bool(has), self._about(int(victim) + (not has)))
            for victim in self._random.choice(self._victims, number)
            for has in self._random.permutation([False, True])
        ]

    def _about(self, person: int) -> bytes:
        """The range holds nobody else; where it begins makes it a new question."""
        self._made += 1
        low = person - self._made / 2**17
        text = document(All((Numbered(low, person), Secret(), *self._padding)))
        return json.dumps({"text": text, "precision": Precision.COARSE.value}).encode()


def time_class(arena: Arena, cost_class: CostClass, pairs: int) -> Timed:
    """Some questions without deadlines, and `pairs` with, as many at once as the servers have time for."""
    questions = Questions(arena.world, cost_class, arena.seed)
    number, callers = arena.size(fast=1, full=os.cpu_count() or 1), arena.size(fast=5, full=240)
    with _servers(arena, number, fixed_deadlines="false") as servers:
        alone = _work(servers[0], [questions.pairs(5) for _ in range(arena.size(fast=1, full=10))])
        seconds = _seconds(servers, [questions.pairs(arena.size(fast=1, full=4)) for _ in range(8 * number)])
    deadline = CONTROLLED_TIER.deadline(cost_class) or 0.0
    at_once, pause = max(2, int(LOAD * deadline / seconds)), 63.0 / CONTROLLED_TIER.questions[0].times
    asked = [questions.pairs(-(-pairs // callers)) for _ in range(callers)]
    with _servers(arena, number) as servers:
        asking = [_caller(servers[n % number], n, mine) for n, mine in enumerate(asked)]
        taken = times(asking, at_once=at_once, pause=pause)
    has = np.array([has for mine in asked for has, _ in mine])
    every = np.array(list(chain.from_iterable(taken)))
    return Timed(cost_class=cost_class, without=every[~has], with_victim=every[has], work=alone)


@contextmanager
def _servers(arena: Arena, number: int, **settings: str) -> Iterator[list[Served]]:
    """Servers with ledgers of their own, that turn nobody away while the machine does something else."""
    assert arena.world and arena.before  # written before they are served
    with ExitStack() as running:
        yield [
            running.enter_context(served(arena.releases, "now", arena.state(), waiting="1000", **settings))
            for _ in range(number)
        ]


def _seconds(servers: Sequence[Served], asked: Sequence[list[tuple[bool, bytes]]]) -> float:
    """How long a question takes the servers together when they are kept busy."""
    callers = [_caller(servers[n % len(servers)], 1000 + n, mine) for n, mine in enumerate(asked)]
    started = time.perf_counter()
    times(callers, at_once=len(callers))
    return (time.perf_counter() - started) / sum(map(len, asked))


def _work(server: Served, asked: Sequence[list[tuple[bool, bytes]]]) -> Scores:
    """Milliseconds of questions one by one, after a few that are not counted."""
    taken = [times([_caller(server, n, mine)], at_once=1)[0] for n, mine in enumerate(asked)]
    return np.array(list(chain.from_iterable(taken)))[2:]


def _caller(server: Served, number: int, asked: list[tuple[bool, bytes]]) -> Caller:
    return Caller(server, f"caller-{number}", [body for _, body in asked])


def run(arena: Arena) -> Outcome:
    """Each class that a controlled project may ask. Two worlds of 10,000 answers each at full size."""
    sizes = arena.size(
        fast={CostClass.QUICK: 10},
        full={CostClass.QUICK: 10_000, CostClass.MEDIUM: 2_000},
    )
    timed = [time_class(arena, cost_class, pairs) for cost_class, pairs in sizes.items()]
    return Outcome(
        figure=max(classified(one.without, one.with_victim).share for one in timed),
        limit=MOST_RIGHT,
        checks=tuple(chain.from_iterable(map(judged, timed))),
    )


def judged(timed: Timed) -> tuple[Check, ...]:
    """The means, the guesses, and the work. Of a few answers the guesses are judged by what is sure of them."""
    name, of = timed.cost_class.value, timed.without.size + timed.with_victim.size
    t, told = welch(timed.without, timed.with_victim), classified(timed.without, timed.with_victim)
    low, high = told.interval
    seen = visible(timed.without, timed.with_victim)
    work = float(np.quantile(timed.work, 0.99))
    late = float((np.concatenate([timed.without, timed.with_victim]) > 2 * timed.deadline).mean())
    early = int((np.concatenate([timed.without, timed.with_victim]) < timed.deadline).sum())
    return (
        Check(
            says=f"{name}: Welch's t over {of} answers; a difference of {seen:.1f} ms would be seen in 9 of 10 runs; "
            f"{late:.1%} came at a later deadline",
            measured=f"{t:.2f}",
            allowed=f"below {LARGEST_T}",
            holds=t < LARGEST_T,
        ),
        Check(
            says=f"{name}: guesses by time, each half of the answers judged by the best rule for the other",
            measured=f"{told.right}/{of}, {told.share:.3f} ({low:.3f} to {high:.3f})",
            allowed=f"{MOST_RIGHT}",
            holds=(told.share if of >= 1_000 else lower_limit(told.right, of)) <= MOST_RIGHT,
        ),
        exactly(f"{name}: answers that came before the deadline", early, 0),
        Check(
            says=f"{name}: the work ends before the deadline of {timed.deadline:.0f} ms (99th percentile)",
            measured=f"{work:.0f} ms",
            allowed=f"at most {WORK_SHARE * timed.deadline:.0f} ms",
            holds=work <= WORK_SHARE * timed.deadline,
        ),
    )


ATTACK = Attack(
    number="A13",
    title="Timing",
    tries="times answers about somebody who matches and about nobody",
    figure="guesses that are right",
    run=run,
    is_slow=True,
)
