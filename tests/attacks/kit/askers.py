"""Who is asked: the real service over a fresh ledger, or a baseline. An attack cannot tell them apart."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import engine
from cohort_dsl import parse
from engine import EngineSettings, Principal, Request, SafeValue, Session, Shown
from schemas.policy import DEFAULT_POLICY, NANO_RHO, AccessTier, DisclosurePolicy, Precision
from tests.attacks.kit.questions import Question, document

PRECISION = Precision.FINEST
"""The one most attacks use: the fewest questions for the same budget."""

STEWARD = Principal(
    user="steward",
    project="stewardship",
    institution="program",
    tier=AccessTier.INTERNAL,
    reason="compares what an attack found with what is true",
)
"""Sees exact numbers; no attacker does."""


class Asker(Protocol):
    """Answers questions about one world."""

    def count(self, question: Question, precision: Precision = PRECISION) -> int | None:
        """The number shown, absent when it is hidden; raises `OverBudget`."""
        ...


@dataclass(slots=True)
class Researcher:
    """A person with a project of their own who asks the service, and keeps account of the price."""

    session: Session
    principal: Principal
    paid: int = 0

    def request(self, *rules: Question, precision: Precision | None = PRECISION) -> Request:
        """The request for a cohort of those whom all rules include."""
        return Request(cohort=parse(document(*rules)), principal=self.principal, precision=precision)

    def count(self, question: Question, precision: Precision = PRECISION) -> int | None:
        """The service's answer."""
        safe = engine.count(self.session, self.request(question, precision=precision))
        self.paid += safe.receipt.charged
        return number(safe.count)

    @property
    def rho(self) -> float:
        """What was paid so far."""
        return self.paid / NANO_RHO

    @property
    def left(self) -> int:
        """Nano-rho that the poorest of the accounts has left."""
        return min(balance.remaining for balance in self.session.budget(self.principal))


@dataclass(slots=True)
class Service:
    """A running service, and as many strangers to ask it as an attack wants."""

    session: Session
    names: Iterator[int]

    def researcher(self, *, tier: AccessTier = AccessTier.CONTROLLED, **names: str) -> Researcher:
        """Somebody new; `user`, `project` and `institution` may be given, so that accounts are shared."""
        stranger = f"stranger-{next(self.names)}"
        everything = {"user": stranger, "project": stranger, "institution": stranger} | names
        return Researcher(self.session, Principal(**everything, tier=tier))


@contextmanager
def service_over(
    releases: Path, release_id: str, state: Path, policy: DisclosurePolicy = DEFAULT_POLICY
) -> Iterator[Service]:
    """The service over a release, with ledger and keys in `state`."""
    settings = EngineSettings(releases=releases, state=state, release_id=release_id, memory_limit="1GB", threads=1)
    session = Session.open(settings, policy)
    try:
        yield Service(session, itertools.count())
    finally:
        session.close()


def number(value: SafeValue) -> int | None:
    """The number, absent when hidden."""
    return value.value if isinstance(value, Shown) else None
