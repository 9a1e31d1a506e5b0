"""The last way out when a file of people is lost and no copy of it is left."""

import contextlib
from pathlib import Path

from engine.disclosure.ledger import Ledger
from engine.disclosure.ledger_file import LEDGER_FILE
from engine.disclosure.operator import Operator
from engine.disclosure.persons import PersonAxis
from schemas.errors import DataProblem


def rebuild_persons(state: Path, operator: Operator) -> tuple[PersonAxis, ...]:
    """Make the lost files of people anew, each person at the worst case by the log; gives whose they are.

    Files that are whole stay as they are. Servers may go on answering. Raises `DataProblem` when there is no ledger.
    """
    if not (state / LEDGER_FILE).is_file():
        raise DataProblem("backup-source", "the state folder has no ledger")
    with contextlib.closing(Ledger(state)) as ledger:
        return ledger.rebuild_persons(operator.entry("rebuild", "rebuilt"))
