"""Processes that answer questions until each kills itself at another step: `python crash_worker.py STATE STEP…`.

Each has its own ledger in STATE/STEP, and writes a query id to STATE/STEP/told after the answer has come back, as a
caller would have seen it. STATE/STEP/signal holds what it died of. They are forked from one process that has
imported everything already.
"""

import os
import signal
import sys
from pathlib import Path

import numpy as np

from engine.aggregate import RawCells
from engine.disclosure import persons
from engine.disclosure.gate import Gate
from engine.disclosure.ledger import Ledger
from engine.disclosure.noise import DiscreteGaussian
from engine.disclosure.request import GateRequest, Principal
from schemas.policy import DEFAULT_POLICY, AccessTier, Precision

ANSWERS_BEFORE_DEATH = 7
PEOPLE, COHORT = 10_000, 500
AFTERWARDS = ("_settle", "charge_and_release", "persons.write")
"""All written, or even committed, and nobody told."""


def die_after(calls: int):
    left = [calls]

    def maybe_die() -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return maybe_die


def deadly(ledger: Ledger, step: str, maybe_die) -> None:
    """Make one step of the ledger, or of `persons.` in it, kill the process, before it is done or, for some, after."""
    owner = ledger._persons if step.startswith("persons.") else ledger
    name = step.removeprefix("persons.")
    real = getattr(owner, name)

    def dying(*arguments, **named):
        if step in AFTERWARDS:
            result = real(*arguments, **named)
            maybe_die()
            return result
        # of the steps done for each account, the user's: the project is charged by then and the institution is not
        if step not in ("_charge", "_mark_seen") or arguments[0].kind.value == "user":
            maybe_die()
        return real(*arguments, **named)

    setattr(owner, name, dying)


def deadly_head(maybe_die) -> None:
    """Die when the balances of all people are written and the head that makes them count is not."""
    real = persons._write_all

    def dying(descriptor: int, content: bytes, at: int) -> None:
        if len(content) < PEOPLE:
            maybe_die()
        real(descriptor, content, at)

    persons._write_all = dying


def answer_until_dead(state: Path, step: str) -> None:
    ledger = Ledger(state)
    maybe_die = die_after(ANSWERS_BEFORE_DEATH)
    if step == "persons.head":
        deadly_head(die_after(ANSWERS_BEFORE_DEATH + 1))  # one more when the file is made
    elif step != "evaluate":
        deadly(ledger, step, maybe_die)
    noise = DiscreteGaussian([10], pool_size=64)
    gate = Gate(DEFAULT_POLICY, ledger, noise, key=b"k" * 32, release_id="r1", population=PEOPLE)
    principal = Principal(user="u", project="p", institution="i", tier=AccessTier.CONTROLLED)

    def evaluate() -> RawCells:
        if step == "evaluate":
            maybe_die()
        return RawCells(labels=((),), persons=np.arange(COHORT, dtype=np.uint32), cells=np.zeros(COHORT, np.int32))

    with (state / "told").open("w") as told:
        for number in range(50):
            request = GateRequest(
                principal=principal, query_hash=str(number), consent_base_id="c", precision=Precision.FINE
            )
            told.write(" ".join(gate.release_count(request, evaluate).receipt.query_ids) + "\n")
            told.flush()


def main(state: str, *steps: str) -> None:
    for step in steps:
        child = os.fork()
        if child == 0:
            answer_until_dead(Path(state) / step, step)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        (Path(state) / step / "signal").write_text(str(os.WTERMSIG(status)))


if __name__ == "__main__":
    main(*sys.argv[1:])
