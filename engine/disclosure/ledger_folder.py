"""Whether a folder is one that a ledger is kept in."""

from pathlib import Path

from engine.disclosure.ledger_file import LEDGER_FILE
from schemas.errors import DataProblem


def require_ledger(state: Path, code: str) -> Path:
    """The ledger's file; raises `DataProblem` with this code where the folder has none, without making one."""
    file = state / LEDGER_FILE
    if file.is_file():
        return file
    raise DataProblem(
        code,
        "the state folder has no ledger",
        place=state,
        expected=(f"a state folder, with {LEDGER_FILE} in it",),
        hint="name the server's state folder with --state or KOHORT_STATE; it has a ledger once a server started",
    )
