"""How other services protect counts, small enough to read: the same attacks succeed against these.

A rule goes from the set of people who match to the number shown, and none has a budget.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from schemas.policy import Precision
from tests.attacks.kit.askers import PRECISION
from tests.attacks.kit.questions import Members, Question, members
from tests.attacks.kit.world import World

Rule = Callable[[Members], int | None]


@dataclass(frozen=True, slots=True)
class Baseline:
    """A service over a world that protects by the rule."""

    world: World
    rule: Rule

    def count(self, question: Question, precision: Precision = PRECISION) -> int | None:
        """What is shown; there is one precision."""
        return self.rule(members(question, self.world))


def suppress_and_round(people: int, seed: int) -> Rule:
    """NHS England's rule for hospital statistics: below 8 hidden, else the nearest multiple of 5."""

    def rule(who: Members) -> int | None:
        true = int(who.sum())
        return None if true < 8 else 5 * round(true / 5)

    return rule


def cell_key(people: int, seed: int) -> Rule:
    """Noise that follows the set of people, as in ABS TableBuilder and the ONS cell key method: sd 5, at most 10, and
    below 10 hidden."""
    keys = np.random.default_rng(seed).integers(0, 2**63, people, dtype=np.uint64)

    def rule(who: Members) -> int | None:
        key = int(np.bitwise_xor.reduce(keys[who], initial=np.uint64(0)))
        uniform = np.random.default_rng([seed, key]).random()
        shown = int(who.sum()) + round(float(np.clip(5 * norm.ppf(uniform), -10, 10)))
        return None if shown < 10 else shown

    return rule


def fresh_noise(people: int, seed: int) -> Rule:
    """New Gaussian noise for every request and no account of what was asked: i2b2 with the parameters SHRINE once had
    (sd 6.5, 3 and less hidden, the nearest multiple of 5)."""
    random = np.random.default_rng(seed)

    def rule(who: Members) -> int | None:
        true = int(who.sum())
        return None if true <= 3 else 5 * round((true + random.normal(0, 6.5)) / 5)

    return rule


BASELINES: dict[str, Callable[[int, int], Rule]] = {
    "suppress and round": suppress_and_round,
    "cell key": cell_key,
    "fresh noise": fresh_noise,
}
"""Name -> the rule for so many people, with this seed."""
