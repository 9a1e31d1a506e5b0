"""What is to be done, told step by step to whoever has the connection and the clock."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from api.client.asking import Asked
from api.client.problems import KohortProblem, problem_of, unreachable
from api.client.retrying import AGAIN, Retries

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Send the question once, and give the `Reply` or that it was `Lost`."""

    asked: Asked[Any]


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What came."""

    status: int
    content: bytes
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing came; `words` say why."""

    words: str


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """All is done; `value` came of it."""

    value: T


Outcome = Reply | Lost | None
"""What came of `Send`; None of `Wait`."""

Effect = Send | Wait | Asked[Any]
"""Of a whole question comes its answer; its problem, where there is one, is raised where it was asked."""

Steps = Generator[Effect, Any, T]
"""What is to be done, one thing after the other; each is told what came of the one before."""


def next_step(steps: Steps[T], came: object) -> Effect | Done[T]:
    """Tells what came of the last effect, None at first, and gives the next one."""
    try:
        return steps.throw(came) if isinstance(came, KohortProblem) else steps.send(came)
    except StopIteration as done:
        return Done(done.value)


def exchange(asked: Asked[T], retries: Retries, chance: Callable[[], float]) -> Generator[Send | Wait, Outcome, T]:
    """One question from the first try to its answer: sends, waits and sends again within the bounds.

    Returns the answer or raises `KohortProblem`.
    """
    tries, waited = 0, 0.0
    while True:
        came = yield Send(asked)
        tries += 1
        if isinstance(came, Reply) and 200 <= came.status < 300:
            return asked.read(came.content)
        problem = _problem(came)
        seconds = retries.wait(tries, waited, problem.retry_after, chance()) if _may_pass(problem, asked) else None
        if seconds is None:
            raise problem
        waited += seconds
        yield Wait(seconds)


def _problem(came: Outcome) -> KohortProblem:
    match came:
        case Reply():
            return problem_of(came.status, came.content, _seconds(came.retry_after))
        case Lost(words):
            return unreachable(words)
        case None:
            return unreachable("nothing came")


def _may_pass(problem: KohortProblem, asked: Asked[T]) -> bool:
    """Whether the same question may be answered later. Asked again it is the same answer, and free."""
    return problem.status in AGAIN or (problem.status == 0 and asked.is_repeatable)


def _seconds(header: str | None) -> float | None:
    """Of `Retry-After`, where it is a number of seconds."""
    return float(header) if header and header.isascii() and header.isdecimal() and len(header) < 10 else None
