"""Releases killed at each durable step, or each few: `python release_crash_worker.py STATE KIND EVERY`.

Answers two questions of a kind, then forks one child a step: it goes on with a copy of the state folder and asks a third
until it dies, by SIGKILL, right before that step. Steps are every SQL statement of the ledger, and every write,
synchronisation and renaming of a file that is not SQLite's. The last child finds no step left to die at, and ends.

Each leaves STATE/NUMBER, in it `told` with the numbers of each answer that came back, and `step` with where it died.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.aggregate import RawCells
from engine.disclosure.gate import Gate
from engine.disclosure.ledger import Ledger
from engine.disclosure.noise import DiscreteGaussian
from engine.disclosure.request import Breakdown, GateRequest, Overlap, Principal, Profile, Steps
from schemas.policy import DEFAULT_POLICY, AccessTier, Precision

PEOPLE, COHORT = 3_000, 500
BEFORE = 2
DURABLE = ("pwrite", "fsync", "fdatasync", "rename", "replace", "posix_fallocate")
KEY = b"k" * 32
MOST_STEPS = 200

SEXES = (("female",), ("male",))
Answer = tuple[list[str], str]
"""Query ids, and what was shown, as text."""


def cells(labels: tuple[tuple[str, ...], ...]) -> Callable[[], RawCells]:
    """The first people of the release, in turn in each of the cells."""
    return lambda: RawCells(
        labels=labels,
        persons=np.arange(COHORT, dtype=np.uint32),
        cells=(np.arange(COHORT) % len(labels)).astype(np.int32),
    )


def request(name: str) -> GateRequest:
    principal = Principal(user="u", project="p", institution="i", tier=AccessTier.CONTROLLED)
    return GateRequest(principal=principal, query_hash=name, consent_base_id="c", precision=Precision.FINE)


def count(gate: Gate, name: str) -> Answer:
    found = gate.release_count(request(name), cells(((),)))
    return list(found.receipt.query_ids), str(found.count)


def table(gate: Gate, name: str) -> Answer:
    by_sex = Breakdown(spec="sex", labels=SEXES)
    found = gate.release_table(request(name), by_sex, evaluate_count=cells(((),)), evaluate_table=cells(SEXES))
    return list(found.receipt.query_ids), str((found.total, found.cells))


def attrition(gate: Gate, name: str) -> Answer:
    labels = (("index",), ("rule",))
    found = gate.release_attrition(
        request(name), Steps(spec=name, labels=labels), evaluate_count=cells(((),)), evaluate_failures=cells(labels)
    )
    return list(found.receipt.query_ids), str(found.steps)


def overlap(gate: Gate, name: str) -> Answer:
    both = Overlap(hashes=(f"{name}-a", f"{name}-b"))
    found = gate.release_overlap(
        request(name), both, evaluate_counts=(cells(((),)), cells(((),))), evaluate_cells=cells(both.labels)
    )
    return list(found.receipt.query_ids), str((found.cohorts, found.cells))


def profile(gate: Gate, name: str) -> Answer:
    groups = Profile(hashes=("a", "b", "c"), most=2)
    found = gate.release_profile(
        request(name), groups, evaluate_count=cells(((),)), evaluate_groups=cells(groups.labels)
    )
    return list(found.receipt.query_ids), str((found.total, found.groups))


KINDS: dict[str, Callable[[Gate, str], Answer]] = {
    "count": count,
    "table": table,
    "attrition": attrition,
    "overlap": overlap,
    "profile": profile,
}


def open_gate(state: Path) -> tuple[Ledger, Gate]:
    ledger, noise = Ledger(state), DiscreteGaussian([Precision.FINE.sigma], pool_size=64)
    return ledger, Gate(DEFAULT_POLICY, ledger, noise, key=KEY, release_id="r1", population=PEOPLE)


class Deadly:
    """Kills the process when so many steps were taken."""

    def __init__(self, steps: int, report: Path) -> None:
        self._left = steps
        self._report = report

    def step(self, what: str) -> None:
        self._left -= 1
        if self._left < 0:
            self._report.write_text(what)
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, ledger: Ledger) -> None:
        ledger._database.set_trace_callback(lambda sql: self.step(f"SQL: {sql.split('(')[0][:60]}"))
        for name in DURABLE:
            setattr(os, name, self._deadly(name, getattr(os, name)))

    def _deadly(self, name: str, real: Callable[..., object]) -> Callable[..., object]:
        def dying(*arguments: object, **named: object) -> object:
            self.step(f"os.{name}")
            return real(*arguments, **named)

        return dying


def ask_until_dead(state: Path, kind: str, steps: int) -> None:
    ledger, gate = open_gate(state)
    with (state / "told").open("a") as told:
        Deadly(steps, state / "step").watch(ledger)
        answer = KINDS[kind](gate, "last")
        told.write(json.dumps(answer) + "\n")
    (state / "done").touch()
    ledger._database.set_trace_callback(None)


def main(root: Path, kind: str, every: int) -> None:
    first = root / "before"
    ledger, gate = open_gate(first)
    with (first / "told").open("w") as told:
        for number in range(BEFORE):
            told.write(json.dumps(KINDS[kind](gate, f"q{number}")) + "\n")
    ledger.close()
    for steps in range(0, MOST_STEPS, every):
        state = shutil.copytree(first, root / str(steps))
        child = os.fork()
        if child == 0:
            ask_until_dead(state, kind, steps)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        (state / "signal").write_text(str(os.WTERMSIG(status)))
        if (state / "done").exists():
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
