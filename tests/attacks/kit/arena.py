"""Where attacks take place: releases written once, and a fresh service, ledger and keys for whoever wants them."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from schemas.policy import DEFAULT_POLICY, DisclosurePolicy
from tests.attacks.kit.askers import Asker, Researcher, Service, service_over
from tests.attacks.kit.baselines import BASELINES, Baseline
from tests.attacks.kit.statistics import Scores, advantage
from tests.attacks.kit.world import BLOCK, World, make_world, write_world

Size = TypeVar("Size")
Score = Callable[[Asker, World, int], float]
"""What an attacker makes of the answers about a block; the larger, the more likely its secret is planted."""

BASELINE_BLOCKS = 60
"""Attacks on a baseline, half of them with the secret planted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Scores of blocks without and with the planted secret, and the largest rho that one of them cost."""

    clean: Scores
    planted: Scores
    rho: float


@dataclass(kw_only=True)
class Arena:
    """`full` runs attacks at the size that the report states; the fast ones show that none is grossly broken.

    `blocks` attacks find room in one release; more of them open another service over it.
    """

    folder: Path
    full: bool = False
    seed: int = 1
    blocks: int = 16
    _states: Iterator[int] = field(default_factory=itertools.count)

    def size(self, *, fast: Size, full: Size) -> Size:
        """The one or the other."""
        return full if self.full else fast

    @property
    def releases(self) -> Path:
        """The folder of the releases."""
        return self.folder / "releases"

    @cached_property
    def world(self) -> World:
        """The world of release `now`."""
        world = make_world(self.seed, blocks=self.blocks)
        write_world(world, self.releases, "now")
        return world

    @cached_property
    def before(self) -> World:
        """The world of release `before`: no canary has the secret yet."""
        world = self.world.with_secret(np.arange(0, self.world.people, BLOCK), has=False)
        write_world(world, self.releases, "before")
        return world

    def state(self) -> Path:
        """An empty state folder."""
        return self.folder / f"state-{next(self._states)}"

    @contextmanager
    def service(
        self, release_id: str = "now", state: Path | None = None, policy: DisclosurePolicy = DEFAULT_POLICY
    ) -> Iterator[Service]:
        """A service whose ledger nobody has used, unless `state` says which."""
        assert self.world and self.before  # written before they are served
        with service_over(self.releases, release_id, state or self.state(), policy) as service:
            yield service

    def trials(self, wanted: int, score: Callable[[Researcher, World, int], float]) -> Trials:
        """`wanted` blocks attacked, each by a stranger with a budget of their own."""
        found: dict[bool, list[float]] = {False: [], True: []}
        rho, left = 0.0, wanted
        while left:
            with self.service() as service:
                for block in list(self.world.blocks)[:left]:
                    asker = service.researcher()
                    found[self.world.truth(block)].append(score(asker, self.world, block))
                    rho, left = max(rho, asker.rho), left - 1
        return Trials(clean=np.array(found[False]), planted=np.array(found[True]), rho=rho)


def against_baselines(score: Score, blocks: int = BASELINE_BLOCKS) -> dict[str, float]:
    """The advantage of the same attack over each baseline."""
    return {name: advantage(*baseline_scores(name, score, blocks)) for name in BASELINES}


def baseline_scores(name: str, score: Score, blocks: int = BASELINE_BLOCKS) -> tuple[Scores, Scores]:
    """Scores without and with the planted secret."""
    world = make_world(1, blocks=blocks)
    scores = [score(Baseline(world, BASELINES[name](world.people, block)), world, block) for block in world.blocks]
    truth = np.array([world.truth(block) for block in world.blocks])
    return np.array(scores)[~truth], np.array(scores)[truth]
