"""A process that answers questions until it kills itself at a chosen step: `python crash_worker.py STATE STEP`.

It prints each query id after the answer has come back, as a caller would have seen it.
"""

import os
import signal
import sys
from pathlib import Path

import numpy as np

from engine.aggregate import RawHistogram
from engine.disclosure.gate import Gate
from engine.disclosure.ledger import Ledger
from engine.disclosure.noise import DiscreteGaussian
from engine.disclosure.request import GateRequest, Principal
from schemas.policy import DEFAULT_POLICY, AccessTier, Precision

ANSWERS_BEFORE_DEATH = 7


def die_after(calls: int):
    left = [calls]

    def maybe_die() -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return maybe_die


def main(state: str, step: str) -> None:
    ledger = Ledger(Path(state))
    maybe_die = die_after(ANSWERS_BEFORE_DEATH)
    if step != "evaluate":
        real = getattr(ledger, step)

        def dying(*arguments):
            if step in ("charge_and_release", "_settle"):  # dies after the step: all done, nothing told
                result = real(*arguments)
                maybe_die()
                return result
            # of the steps done for each account, the user's: the project is charged by then and the institution is not
            if step not in ("_charge", "_mark_seen") or arguments[0].kind.value == "user":
                maybe_die()
            return real(*arguments)

        setattr(ledger, step, dying)
    gate = Gate(
        DEFAULT_POLICY, ledger, DiscreteGaussian([10], pool_size=64), key=b"k" * 32, release_id="r1", population=10_000
    )
    principal = Principal(user="u", project="p", institution="i", tier=AccessTier.CONTROLLED)

    def evaluate() -> RawHistogram:
        if step == "evaluate":
            maybe_die()
        return RawHistogram(((),), np.array([500], np.int64))

    for number in range(50):
        request = GateRequest(
            principal=principal, query_hash=str(number), consent_base_id="c", precision=Precision.FINE
        )
        sys.stdout.write(" ".join(gate.release_count(request, evaluate).receipt.query_ids) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
