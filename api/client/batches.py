"""Many questions, one after the other, that never overspend: priced first, stopped in time, resumed where they were."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from api.client.asking import Asked
from api.client.exchange import Steps
from api.client.problems import BudgetExhausted, DocumentWrong, KohortProblem, NotPermitted
from api.client.results.tabular import Tabular
from api.client.saved import Saved
from schemas.wire.answers import BudgetBalance
from schemas.wire.dictionaries import BudgetAnswer

A = TypeVar("A", bound=Tabular)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned(Generic[A]):
    """One question of a batch, what it is called, and the most it can cost, in nano-rho."""

    name: str
    asked: Asked[A]
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Generic[A]):
    """A batch before it is run. `reserve` is the part of each account, from 0 to 1, that it leaves alone."""

    questions: tuple[Planned[A], ...]
    budget: BudgetAnswer
    reserve: float = 0.0

    @property
    def price(self) -> int:
        """The most that all of it can cost, in nano-rho. What was asked before costs nothing."""
        return sum(each.price for each in self.questions)

    @property
    def is_covered(self) -> bool:
        """Whether the budget covers all of it."""
        return affords(self.budget.remaining_budget, self.price, self.reserve)

    def __str__(self) -> str:
        said = [f"{len(self.questions):,} questions in project {self.budget.project}"]
        for account in (each for each in self.budget.remaining_budget if each.cap > 0):
            share, left = self.price / account.cap, account.remaining / account.cap
            said.append(f"  at most {share:.2%} of the {account.account}'s budget, of which {left:.2%} is left")
        said += [] if self.is_covered else ["  the budget does not cover all of it: the batch will stop in time"]
        return "\n".join(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a batch is; `spent` in nano-rho, by this run alone."""

    done: int
    total: int
    name: str
    spent: int
    balances: tuple[BudgetBalance, ...]


@dataclass(slots=True, kw_only=True)
class Finished(Generic[A]):
    """What came of a batch, by name: answers, documents refused, and what was not asked for want of budget."""

    answers: dict[str, A] = field(default_factory=dict[str, A])
    refused: dict[str, KohortProblem] = field(default_factory=dict[str, KohortProblem])
    not_asked: list[str] = field(default_factory=list[str])
    spent: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether every question has an answer."""
        return not self.refused and not self.not_asked


def unsaid(_: Progress) -> None:
    """Tell nobody."""


def print_progress(progress: Progress) -> None:
    """Tell the terminal, one line a question."""
    shares = [each.remaining / each.cap for each in progress.balances if each.cap > 0]
    left = f", {min(shares):.1%} of the budget left" if shares else ""
    sys.stderr.write(f"{progress.done:,} of {progress.total:,}{left}: {progress.name}\n")


def batch(plan: Plan[A], saved: Saved, told: Callable[[Progress], None]) -> Steps[Finished[A]]:
    """Asks a plan's questions one after the other.

    Before each question its price is held against every account's balance as the last answer told it.
    """
    finished: Finished[A] = Finished()
    balances: Sequence[BudgetBalance] = plan.budget.remaining_budget
    for place, planned in enumerate(plan.questions):
        answer = saved.find(planned.asked, plan.budget)
        if answer is None and not affords(balances, planned.price, plan.reserve):
            finished.not_asked = [each.name for each in plan.questions[place:]]
            break
        if answer is None:
            try:
                answer = yield from planned.asked
            except (DocumentWrong, NotPermitted) as wrong:
                finished.refused[planned.name] = wrong
            except BudgetExhausted:  # somebody else of the project spent meanwhile
                finished.not_asked = [each.name for each in plan.questions[place:]]
                break
            if answer is not None:
                saved.keep(planned.asked, answer)
                finished.spent += answer.charged
                balances = answer.remaining_budget
        if answer is not None:
            finished.answers[planned.name] = answer
        told(_progress(plan, place, finished, balances))
    return finished


def _progress(plan: Plan[A], place: int, finished: Finished[A], balances: Sequence[BudgetBalance]) -> Progress:
    return Progress(
        done=place + 1,
        total=len(plan.questions),
        name=plan.questions[place].name,
        spent=finished.spent,
        balances=tuple(balances),
    )


def affords(balances: Sequence[BudgetBalance], price: int, reserve: float) -> bool:
    """Whether every account with a limit has the price left, and its reserve after that.

    >>> account = BudgetBalance(account="project", spent=60, cap=100, remaining=40)
    >>> affords([account], 40, 0.0), affords([account], 40, 0.1)
    (True, False)
    """
    return all(each.remaining - price >= reserve * each.cap for each in balances if each.cap > 0)


def unique_names(names: Sequence[str]) -> list[str]:
    """Names by which answers can be told apart: one that comes again has its place after it.

    >>> unique_names(["Adults", "Women", "Adults"])
    ['Adults', 'Women', 'Adults (3)']
    """
    found: list[str] = []
    for place, name in enumerate(names, 1):
        while name in found:
            name = f"{name} ({place})"
        found.append(name)
    return found
