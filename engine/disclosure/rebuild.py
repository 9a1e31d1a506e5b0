"""The last way out when a file of people is lost and no copy of it is left."""

import contextlib
from pathlib import Path

from engine.disclosure.ledger import Ledger
from engine.disclosure.ledger_folder import require_ledger
from engine.disclosure.operator import Operator
from engine.disclosure.persons import PersonAxis


def rebuild_persons(state: Path, operator: Operator) -> tuple[PersonAxis, ...]:
    """Make the lost files of people anew, each person at the worst case by the log; gives whose they are.

    Files that are whole stay as they are. Servers may go on answering. Raises `DataProblem` when there is no ledger.
    """
    require_ledger(state, "backup-source")
    with contextlib.closing(Ledger(state)) as ledger:
        return ledger.rebuild_persons(operator.entry("rebuild", "rebuilt"))
