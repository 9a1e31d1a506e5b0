"""A ledger on a disk that is truly full: `python tmpfs_worker.py FOLDER`, where FOLDER is a small file system of its own.

Again and again it leaves another number of bytes free, answers until that is refused, makes room, and looks at what is
there. Writes a line a round: bytes free, the code of the refusal, and how many answers it had got by then in all.
"""

import os
import sys
from pathlib import Path

from engine.disclosure.audit.reading import verify_log
from engine.disclosure.ledger import Ledger
from engine.disclosure.ledger_file import PERSONS_FOLDER
from engine.disclosure.persons import PersonLedger
from schemas.errors import DataProblem
from tests.disclosure.backup_world import AXIS, COST, ask, spent

FREE = (0, 4_096, 9_000, 13_000, 20_000, 33_000, 50_000, 90_000, 150_000)


def fill(folder: Path, free: int) -> Path:
    """A file that leaves so many bytes."""
    ballast, state = folder / "ballast", os.statvfs(folder)
    with ballast.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, max(4096, state.f_bavail * state.f_frsize - free))
    return ballast


def main(folder: Path) -> None:
    state, answered = folder / "state", 0
    Ledger(state).close()
    for free in FREE:
        ballast, code = fill(folder, free), ""
        while not code:
            try:
                ask(state, f"q{answered}", noisy=answered)
                answered += 1
            except DataProblem as problem:
                code = problem.code
        ballast.unlink()
        assert not verify_log(state).findings
        kept = PersonLedger(state / PERSONS_FOLDER).newest(AXIS)
        assert spent(state) == answered * COST
        assert (0 if kept is None else int(kept.spent[0])) >= answered * COST
        for number in range(answered):
            assert ask(state, f"q{number}") == [(number,)]
        sys.stdout.write(f"{free} {code} {answered}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
