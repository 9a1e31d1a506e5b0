"""The problems a caller can meet, one family a fault, each with a stable code.

A problem never carries a person's value. `schemas.codes.CODES` explains every code;
a test fails when a code is raised that is not explained there.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters, `start` to `end`, in the text a caller sent."""

    start: int
    end: int

    def to(self, other: "Span") -> "Span":
        """The smallest span that covers both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


class Problem(Exception):
    """One fault, said once: what was wrong, where, what was expected and what to do.

    `place` is the file or folder of this machine that was looked at. It is told to whoever gives commands here, and is
    in no text of the problem, so that nobody who asks over HTTP learns it.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        span: Span | None = None,
        expected: Iterable[str] = (),
        hint: str | None = None,
        place: Path | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.span = span
        self.expected = tuple(expected)
        self.hint = hint
        self.place = place

    def __reduce__(self) -> tuple[Callable[[], "Problem"], tuple[()]]:
        """So that a process can tell another what it met."""
        parts = {"span": self.span, "expected": self.expected, "hint": self.hint, "place": self.place}
        return partial(type(self), self.code, self.message, **parts), ()

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.code}: {self.message}{hint}"


class SyntaxProblem(Problem):
    """The document cannot be read: the text is not in the language."""


class AnalysisProblem(Problem):
    """The document reads, and says something that cannot be meant: wrong type, name or unit."""


class Unsupported(Problem):
    """A target or an importer cannot say this; it refuses rather than change the meaning."""


class NotAllowed(Problem):
    """The caller's tier or token does not permit this."""


class OverBudget(Problem):
    """The privacy budget left is smaller than what this answer costs."""


class TooExpensive(Problem):
    """The document is larger than the limits, judged from its text alone."""


class DataProblem(Problem):
    """A source file or a release is damaged, missing or not what its schema says."""


class InternalError(Problem):
    """Our bug."""


class Problems(Exception):
    """Several problems found in one pass over one document, in the order of their place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.span.start if p.span else -1, p.code)))
        super().__init__("; ".join(str(problem) for problem in self.problems))


def problems_of(error: Problem | Problems) -> tuple[Problem, ...]:
    """The problems an error carries, whichever of the two forms it has."""
    return error.problems if isinstance(error, Problems) else (error,)


@contextmanager
def located(place: Path) -> Iterator[None]:
    """Problems met in here that name no place are of this one."""
    try:
        yield
    except Problem as problem:
        problem.place = problem.place or place
        raise
