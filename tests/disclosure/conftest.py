"""A gate over a throw-away ledger, and short ways to ask it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from engine.aggregate import RawHistogram
from engine.disclosure.gate import Evaluate, Gate
from engine.disclosure.ledger import Ledger
from engine.disclosure.noise import DiscreteGaussian, NoiseSource
from engine.disclosure.request import Breakdown, GateRequest, Principal, Steps
from engine.disclosure.safe import SafeAttrition, SafeCounts, SafeTable
from schemas.policy import DEFAULT_POLICY, AccessTier, Precision

PEOPLE = 50_003


def histogram(labels: tuple[tuple[str, ...], ...], counts: list[int]) -> Evaluate:
    return lambda: RawHistogram(labels, np.array(counts, np.int64))


@dataclass
class Asker:
    """Asks one gate; `evaluated` counts how often a true count was computed."""

    gate: Gate
    evaluated: int = 0
    hash: str = "q"
    tier: AccessTier = AccessTier.CONTROLLED
    precision: Precision | None = Precision.FINE
    names: dict[str, str] = field(default_factory=lambda: {"user": "u", "project": "p", "institution": "i"})

    def request(self, query: str, precision: Precision | None = None, **names: str) -> GateRequest:
        principal = Principal(**(self.names | names), tier=self.tier)
        return GateRequest(
            principal=principal, query_hash=query, consent_base_id="c", precision=precision or self.precision
        )

    def _counted(self, evaluate: Evaluate) -> Evaluate:
        def run() -> RawHistogram:
            self.evaluated += 1
            return evaluate()

        return run

    def count(self, query: str, true: int, precision: Precision | None = None, **names: str) -> SafeCounts:
        evaluate = self._counted(histogram(((),), [true]))
        return self.gate.release_count(self.request(query, precision, **names), evaluate)

    def table(self, query: str, cells: list[int], *, spec: str = "sex", **names: str) -> SafeTable:
        labels = tuple((f"cell {i}",) for i in range(len(cells)))
        return self.gate.release_table(
            self.request(query, **names),
            Breakdown(spec=spec, labels=labels),
            evaluate_count=self._counted(histogram(((),), [sum(cells)])),
            evaluate_table=self._counted(histogram(labels, cells)),
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
    def make(noise: NoiseSource, *, is_rehearsal: bool = False, **settings: object) -> Asker:
        gate = Gate(
            DEFAULT_POLICY, ledger, noise, key=b"k" * 32, release_id="r1", population=PEOPLE, is_rehearsal=is_rehearsal
        )
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
