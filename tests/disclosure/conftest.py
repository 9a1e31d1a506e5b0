"""A gate over a throw-away ledger, and short ways to ask it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from engine.aggregate import RawCells
from engine.disclosure.gate import Gate
from engine.disclosure.ledger import Ledger
from engine.disclosure.measurement import Evaluate
from engine.disclosure.noise import DiscreteGaussian, NoiseSource
from engine.disclosure.request import Breakdown, GateRequest, Principal, Steps
from engine.disclosure.safe import SafeAttrition, SafeCounts, SafeTable
from schemas.policy import DEFAULT_POLICY, AccessTier, DisclosurePolicy, Precision

PEOPLE = 50_003


def people_in(labels: tuple[tuple[str, ...], ...], counts: list[int], *, first: int = 0) -> RawCells:
    """As many people as the counts say in each cell, from number `first` on and round the release."""
    persons = (np.arange(first, first + sum(counts)) % PEOPLE).astype(np.uint32)
    return RawCells(labels=labels, persons=persons, cells=np.repeat(np.arange(len(counts), dtype=np.int32), counts))


def histogram(labels: tuple[tuple[str, ...], ...], counts: list[int], *, first: int = 0) -> Evaluate:
    return lambda: people_in(labels, counts, first=first)


@dataclass
class Asker:
    """Asks one gate; `evaluated` counts how often it was found out who is where.

    People take turns: each question is about the next ones, so that nobody is asked about so often that the ledger
    per person leaves them out.
    """

    gate: Gate
    evaluated: int = 0
    next_person: int = 0
    hash: str = "q"
    tier: AccessTier = AccessTier.CONTROLLED
    precision: Precision | None = Precision.FINE
    names: dict[str, str] = field(default_factory=lambda: {"user": "u", "project": "p", "institution": "i"})

    def request(self, query: str, precision: Precision | None = None, **names: str) -> GateRequest:
        reason = "a test of exact numbers" if self.tier is AccessTier.INTERNAL else None
        principal = Principal(**(self.names | names), tier=self.tier, reason=reason)
        return GateRequest(
            principal=principal, query_hash=query, consent_base_id="c", precision=precision or self.precision
        )

    def _counted(self, evaluate: Evaluate) -> Evaluate:
        def run() -> RawCells:
            self.evaluated += 1
            return evaluate()

        return run

    def _turn(self, people: int) -> int:
        first, self.next_person = self.next_person, (self.next_person + people) % PEOPLE
        return first

    def count(self, query: str, true: int, precision: Precision | None = None, **names: str) -> SafeCounts:
        evaluate = self._counted(histogram(((),), [true], first=self._turn(true)))
        return self.gate.release_count(self.request(query, precision, **names), evaluate)

    def table(self, query: str, cells: list[int], *, spec: str = "sex", **names: str) -> SafeTable:
        labels = tuple((f"cell {i}",) for i in range(len(cells)))
        first = self._turn(sum(cells))
        return self.gate.release_table(
            self.request(query, **names),
            Breakdown(spec=spec, labels=labels),
            evaluate_count=self._counted(histogram(((),), [sum(cells)], first=first)),
            evaluate_table=self._counted(histogram(labels, cells, first=first)),
        )

    def attrition(self, query: str, left: list[int], **names: str) -> SafeAttrition:
        labels = tuple((f"step {i}",) for i in range(len(left)))
        failures = [before - after for before, after in zip([PEOPLE, *left], left, strict=False)]
        return self.gate.release_attrition(
            self.request(query, **names),
            Steps(spec=query, labels=labels),
            evaluate_count=self._counted(histogram(((),), [left[-1]])),
            evaluate_failures=self._counted(histogram(labels, failures)),
        )


@pytest.fixture(scope="session")
def noise() -> DiscreteGaussian:
    return DiscreteGaussian(sorted({p.sigma for p in Precision}))


@pytest.fixture
def ledger(tmp_path: Path):
    opened = Ledger(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def make_asker(ledger: Ledger) -> Callable[..., Asker]:
    def make(
        noise: NoiseSource,
        *,
        policy: DisclosurePolicy = DEFAULT_POLICY,
        is_rehearsal: bool = False,
        **settings: object,
    ) -> Asker:
        gate = Gate(policy, ledger, noise, key=b"k" * 32, release_id="r1", population=PEOPLE, is_rehearsal=is_rehearsal)
        return Asker(gate, **settings)

    return make


@pytest.fixture
def asker(make_asker, noise: DiscreteGaussian) -> Asker:
    return make_asker(noise)


class ScriptedNoise:
    """Deterministic 'noise', which only a rehearsal gate takes: the values given, then zeros."""

    def __init__(self, *values: int) -> None:
        self.values = list(values)
        self.asked: list[tuple[int, int]] = []

    def draw(self, sigma: int, count: int) -> tuple[int, ...]:
        self.asked.append((sigma, count))
        drawn = [self.values.pop(0) if self.values else 0 for _ in range(count)]
        return tuple(drawn)


@pytest.fixture
def rehearse(make_asker) -> Callable[..., Asker]:
    return lambda *values, **settings: make_asker(ScriptedNoise(*values), is_rehearsal=True, **settings)
