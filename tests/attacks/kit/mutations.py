"""Bugs that services like this one have had, put into the running code: each must make some attack succeed.

They change the mechanism's own functions for as long as the block lasts. A function that is no longer there is an
error, so that a bug which cannot be seeded any more is noticed.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.disclosure import gate
from engine.disclosure.account import Account
from engine.disclosure.display import Display
from engine.disclosure.gate import Gate
from engine.disclosure.ledger import Ledger
from engine.disclosure.noise import DiscreteGaussian
from engine.disclosure.persons import PersonBalances
from engine.disclosure.safe import SafeValue, Shown, Suppressed
from schemas.errors import NotAllowed
from schemas.policy import NANO_RHO


@dataclass(frozen=True, slots=True)
class Mutation:
    """What is wrong, and how it is put there."""

    says: str
    seeded: Callable[[], AbstractContextManager[None]]


@contextmanager
def replaced(owner: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """`owner.name` made from what it was, until the block ends."""
    real = getattr(owner, name)
    setattr(owner, name, make(real))
    try:
        yield
    finally:
        setattr(owner, name, real)


def half_the_noise() -> AbstractContextManager[None]:
    """Sigma off by two."""
    return replaced(
        DiscreteGaussian,
        "draw",
        lambda real: lambda self, sigma, count: tuple(round(drawn / 2) for drawn in real(self, sigma, count)),
    )


@contextmanager
def one_draw_for_all_precisions() -> Iterator[None]:
    """Noise that follows from the question's text and is made as large as the precision wants."""
    text_of: dict[str, str] = {}
    asked = [""]

    def name(real: Any) -> Any:
        def named(*args: Any, **parts: Any) -> str:
            found: str = real(*args, **parts)
            text_of[found] = real(*args, **{**parts, "sigma": 0})
            return found

        return named

    def remember(real: Any) -> Any:
        def noisy(self: Gate, question: Any, *others: Any) -> tuple[int, ...]:
            asked[0] = text_of[question.qid]
            found: tuple[int, ...] = real(self, question, *others)
            return found

        return noisy

    def draw(self: DiscreteGaussian, sigma: int, count: int) -> tuple[int, ...]:
        standard = np.random.default_rng(int(asked[0], 16)).normal(size=count)
        return tuple(round(sigma * each) for each in standard)

    with (
        replaced(gate, "query_id", name),
        replaced(Gate, "_noisy", remember),
        replaced(DiscreteGaussian, "draw", lambda real: draw),
    ):
        yield


def cache_by_people() -> AbstractContextManager[None]:
    """Questions with the same people share one answer."""
    stored: dict[object, tuple[int, ...]] = {}

    def make(real: Any) -> Any:
        def noisy(self: Gate, question: Any, raw: Any, *others: Any) -> tuple[int, ...]:
            found: tuple[int, ...] = real(self, question, raw, *others)
            return stored.setdefault((question.sigma, question.cells, raw.persons.tobytes()), found)

        return noisy

    return replaced(Gate, "_noisy", make)


def _remembering(true: list[int]) -> Callable[[Any], Any]:
    """Keeps the true count of the last question."""

    def make(real: Any) -> Any:
        def noisy(self: Gate, question: Any, raw: Any, *others: Any) -> tuple[int, ...]:
            true[0] = raw.persons.size
            found: tuple[int, ...] = real(self, question, raw, *others)
            return found

        return noisy

    return make


@contextmanager
def threshold_on_the_true_count() -> Iterator[None]:
    """A number is shown when the true count reaches the floor."""
    true = [0]

    def count(self: Display, noisy: int) -> SafeValue:
        if true[0] < self.rules.floor:
            return Suppressed(less_than=self.rules.floor)
        return Shown(value=noisy, margin=0)

    with replaced(Gate, "_noisy", _remembering(true)), replaced(Display, "count", lambda real: count):
        yield


@contextmanager
def nobody_is_told() -> Iterator[None]:
    """An empty cohort says so."""
    true = [0]

    def make(real: Any) -> Any:
        def count(self: Display, noisy: int) -> SafeValue:
            found: SafeValue = real(self, noisy)
            return found if true[0] else Suppressed(less_than=1)

        return count

    with replaced(Gate, "_noisy", _remembering(true)), replaced(Display, "count", make):
        yield


def refuse_small_cohorts() -> AbstractContextManager[None]:
    """Cohorts of some people, but fewer than ten, are refused."""

    def make(real: Any) -> Any:
        def noisy(self: Gate, question: Any, raw: Any, *others: Any) -> tuple[int, ...]:
            if 0 < raw.persons.size < 10:
                raise NotAllowed("cohort-small", "this cohort is too small")
            found: tuple[int, ...] = real(self, question, raw, *others)
            return found

        return noisy

    return replaced(Gate, "_noisy", make)


def float_ledger() -> AbstractContextManager[None]:
    """Balances added up as floating-point numbers of rho."""

    def first_over(self: Ledger, due: dict[Account, int], period: str) -> Account | None:
        for account, cost in due.items():
            spent = 0.0
            for _ in range(self._spent(account, period) // cost if cost else 0):
                spent += cost / NANO_RHO
            if cost and spent + cost / NANO_RHO > account.cap / NANO_RHO:
                return account
        return None

    return replaced(Ledger, "_first_over", lambda real: first_over)


def charge_after_the_answer() -> AbstractContextManager[None]:
    """The transaction that holds the charge is ended by the next one: the answer leaves before it is on disk."""

    @contextmanager
    def transaction(self: Ledger) -> Iterator[None]:
        with self._lock:
            if self._database.in_transaction:
                self._database.execute("commit")
            self._database.execute("begin immediate")
            yield

    return replaced(Ledger, "_transaction", lambda real: transaction)


def new_noise_every_time() -> AbstractContextManager[None]:
    """Answers are not found again."""
    asked = iter(range(10**9))
    return replaced(gate, "query_id", lambda real: lambda *args, **parts: f"{real(*args, **parts)}-{next(asked)}")


def no_cap_for_persons() -> AbstractContextManager[None]:
    """People are counted whatever was asked of them before."""
    return replaced(
        PersonBalances, "admit", lambda real: lambda self, persons, **limits: np.ones(len(persons), np.bool_)
    )


MUTATIONS = {
    "half-the-noise": Mutation("sigma is off by two", half_the_noise),
    "one-draw": Mutation("precisions share their noise", one_draw_for_all_precisions),
    "cache-by-people": Mutation("answers are stored by who matches", cache_by_people),
    "true-threshold": Mutation("the threshold looks at the true count", threshold_on_the_true_count),
    "nobody-told": Mutation("an empty cohort says so", nobody_is_told),
    "small-refused": Mutation("cohorts of few people are refused", refuse_small_cohorts),
    "float-ledger": Mutation("the ledger adds floating-point numbers", float_ledger),
    "late-charge": Mutation("the charge is written after the answer", charge_after_the_answer),
    "new-noise": Mutation("repeats get new noise", new_noise_every_time),
    "no-person-cap": Mutation("the ledger per person drops nobody", no_cap_for_persons),
}
"""Name -> bug."""
