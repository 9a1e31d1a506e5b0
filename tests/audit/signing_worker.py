"""Processes that answer until a checkpoint is due and kill themselves at a step of it: `signing_worker.py STATE STEP…`.

Each has its own ledger in STATE/STEP, and STATE/STEP/signal holds what it died of. They are forked from one process that
has imported everything already.
"""

import os
import signal
import sys
from pathlib import Path

from engine.disclosure.audit import log as writing
from engine.disclosure.audit.log import ENTRIES_A_CHECKPOINT
from engine.disclosure.ledger import Ledger
from tests.audit.conftest import answer


def die(*arguments: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def answer_until_killed(state: Path, step: str) -> None:
    ledger = Ledger(state)
    for number in range(ENTRIES_A_CHECKPOINT):
        answer(ledger, f"q{number}")
    sign = ledger._audit.sign
    match step:
        case "entered":
            ledger._audit.sign = die
        case "signed":
            ledger._audit.sign = lambda: (sign(), die())
        case "committed":
            ledger._audit.publish = die
        case "publishing":
            writing.os.fsync = die
    answer(ledger, "last")


def main(state: str, *steps: str) -> None:
    for step in steps:
        child = os.fork()
        if child == 0:
            answer_until_killed(Path(state) / step, step)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        (Path(state) / step / "signal").write_text(str(os.WTERMSIG(status)))


if __name__ == "__main__":
    main(*sys.argv[1:])
