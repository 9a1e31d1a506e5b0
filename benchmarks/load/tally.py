"""What was asked in a phase, kept small (some bytes an answer), and told in a line a minute on the terminal."""

import asyncio
import random
import statistics
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.load.researchers import Asked
from benchmarks.load.server import Memory

OK = 200
_MINUTE = 60.0
_ENOUGH = 5
"""Answers that a project needs for its median to be compared."""
_SHUFFLES = 200
_DIFFERENT = 100
"""Refusals of one status that are told apart: there should be one."""


@dataclass(slots=True)
class Tally:
    """Seconds of the answers with the question and the project of each, in order; of everything else the number."""

    statuses: Counter[int] = field(default_factory=Counter)
    first: float = float("inf")
    last: float = 0.0
    _refusals: defaultdict[int, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    _seconds: "array[float]" = field(default_factory=lambda: array("d"))
    _questions: "array[int]" = field(default_factory=lambda: array("H"))
    _projects: "array[int]" = field(default_factory=lambda: array("H"))
    _numbers: dict[str, int] = field(default_factory=dict)

    def add(self, asked: Asked) -> None:
        """Note one request that has come to its end."""
        self.statuses[asked.status] += 1
        self.first, self.last = min(self.first, asked.sent), max(self.last, asked.sent)
        if asked.status == OK:
            self._seconds.append(asked.seconds)
            self._questions.append(asked.question)
            self._projects.append(self._numbers.setdefault(asked.project, len(self._numbers)))
        elif len(self._refusals[asked.status]) < _DIFFERENT:
            self._refusals[asked.status].add(asked.refusal)

    @property
    def asked(self) -> int:
        """How many requests."""
        return self.statuses.total()

    @property
    def answers(self) -> int:
        """How many of them were answered."""
        return len(self._seconds)

    @property
    def refusals(self) -> dict[int, int]:
        """How many different bytes each status was told in."""
        return {status: len(told) for status, told in sorted(self._refusals.items())}

    def seconds(self, after: int = 0) -> list[float]:
        """Of the answers after so many, shortest first; NaN where there is none."""
        return sorted(self._seconds[after:]) or [float("nan")]

    def fairness(self) -> float:
        """How much longer the slowest project waits for the same question than the quickest: medians of seconds over
        the question's own median, of projects with enough answers; NaN where fewer than two have."""
        return self._unfairness(self._projects)

    def chance(self) -> float:
        """What `fairness` is at most in 95 of 100 shares of the same answers among the projects by lot."""
        lots, random_ = list(self._projects), random.Random(1)
        found = []
        for _ in range(_SHUFFLES):
            random_.shuffle(lots)
            found.append(self._unfairness(lots))
        return quantile(sorted(found), 0.95)

    def _unfairness(self, projects: Sequence[int]) -> float:
        of_question: defaultdict[int, list[float]] = defaultdict(list)
        of_project: defaultdict[int, list[float]] = defaultdict(list)
        for question, seconds in zip(self._questions, self._seconds, strict=True):
            of_question[question].append(seconds)
        usual = {question: statistics.median(times) for question, times in of_question.items()}
        for project, question, seconds in zip(projects, self._questions, self._seconds, strict=True):
            of_project[project].append(seconds / usual[question])
        medians = [statistics.median(times) for times in of_project.values() if len(times) >= _ENOUGH]
        return max(medians) / min(medians) if len(medians) > 1 else float("nan")


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all do not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def tell(name: str, tally: Tally, memory: Memory) -> None:
    """Every minute what it came to, until cancelled."""
    began, answers = time.monotonic(), 0
    while True:
        await asyncio.sleep(_MINUTE)
        seconds, answers = tally.seconds(after=answers), tally.answers
        print(f"{name}, {(time.monotonic() - began) / _MINUTE:.0f} min: {answers:,} answers of {tally.asked:,}, in the "
              f"last minute p50 {1e3 * quantile(seconds, 0.5):,.0f} ms, p95 {1e3 * quantile(seconds, 0.95):,.0f} ms; "
              f"memory {memory.samples[-1][1]:,.0f} MiB", flush=True)  # fmt: skip
