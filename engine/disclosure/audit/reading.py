"""The log of a state folder, read without changing it, also while a server writes to it."""

import contextlib
import itertools
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.disclosure.audit import export, proof, verify
from engine.disclosure.audit.checkpoint import Checkpoint, VerifierKey, read_note, read_verifier_key
from engine.disclosure.audit.findings import LogReport
from engine.disclosure.audit.log import CHECKPOINT_FILE, VERIFIER_KEY_FILE, newest_note
from engine.disclosure.audit.proof import EntryProof, GrowthProof
from engine.disclosure.ledger import Ledger
from engine.disclosure.ledger_file import check_schema
from engine.disclosure.ledger_folder import require_ledger
from schemas.errors import DataProblem, located

PUBLISHED: Final = "the published checkpoint"


def verify_log(state: Path, *, witnessed: Mapping[str, str] | None = None, keys: Sequence[str] = ()) -> LogReport:
    """Examine the log of a state folder, with its published checkpoint and those that a witness kept.

    `witnessed` maps what to call each to its text. `keys` are those that signatures may be of, the folder's own if
    there are none. Raises `DataProblem` when the log, a key or a checkpoint cannot be read.
    """
    notes = {name: read_note(text) for name, text in (witnessed or {}).items()}
    if (published := published_text(state)) is not None:
        notes[PUBLISHED] = read_note(published)
    with open_log(state) as database:
        return verify.examine(database, keys=verifier_keys(state, keys), witnessed=notes)


def published_text(state: Path) -> str | None:
    """The newest checkpoint as it was published; absent before the first."""
    try:
        return (state / CHECKPOINT_FILE).read_text(errors="replace")
    except FileNotFoundError:
        return None


def sign_log(state: Path) -> str:
    """Sign a checkpoint over all entries, publish it and give it; raises `DataProblem` when there is no log."""
    with open_log(state) as database, contextlib.closing(Ledger(state)) as ledger:
        ledger.sign_log()
        note = newest_note(database)
    if note is None:
        raise DataProblem(
            "audit-unreadable",
            "there is nothing in the log that could be signed",
            place=state,
            hint="sign it once something was answered",
        )
    return note


def verifier_key(state: Path) -> str:
    """The key that checkpoints of the folder's log are verified with."""
    return str(verifier_keys(state)[0])


def prove_entry(state: Path, number: int) -> EntryProof:
    """That an entry is in the log, for somebody who does not have it."""
    with open_log(state) as database:
        return proof.prove_entry(database, number)


def prove_growth(state: Path, older: str) -> GrowthProof:
    """That the log goes on from an older checkpoint, for somebody who does not have it."""
    with open_log(state) as database:
        return proof.prove_growth(database, older)


def check_proof(found: EntryProof | GrowthProof, keys: Sequence[str]) -> Checkpoint:
    """The checkpoint that a proof leads to; raises `DataProblem` when it does not hold. Needs no log."""
    known = tuple(map(read_verifier_key, keys))
    match found:
        case EntryProof():
            return proof.check_entry(found, known)
        case GrowthProof():
            return proof.check_growth(found, known)


def export_log(state: Path, month: str) -> Iterator[str]:
    """One month of the log as lines of JSON, examined first; the first line says what was found."""
    report = verify_log(state)
    with open_log(state) as database:
        yield from export.export_month(database, month, report)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """An entry in short: its number, and who asked for what, when, and why where that is told."""

    number: int
    time: str
    user: str
    project: str
    tier: str
    action: str
    outcome: str
    reason: str


def find_entries(state: Path, *, project: str | None, user: str | None, limit: int) -> tuple[LogEntry, ...]:
    """The newest entries of a project and a user, of all where absent."""
    with open_log(state) as database:
        rows = database.execute("select number, entry from audit order by number desc")
        entries = (short_entry(int(number), str(text)) for number, text in rows)
        wanted = (each for each in entries if project in (None, each.project) and user in (None, each.user))
        return tuple(itertools.islice(wanted, limit))


def short_entry(number: int, text: str) -> LogEntry:
    """An entry in short, from its text."""
    entry: Mapping[str, Any] = json.loads(text)
    names = ("time", "user", "project", "tier", "action", "outcome", "reason")
    return LogEntry(number=number, **{name: str(entry.get(name, "")) for name in names})


def verifier_keys(state: Path, given: Sequence[str] = ()) -> tuple[VerifierKey, ...]:
    """The keys that checkpoints are verified with: those given, or else the folder's own; raises `DataProblem`."""
    if given:
        return tuple(map(read_verifier_key, given))
    try:
        return (read_verifier_key((state / VERIFIER_KEY_FILE).read_text()),)
    except (OSError, UnicodeDecodeError):
        raise DataProblem(
            "audit-unreadable",
            f"{VERIFIER_KEY_FILE} cannot be read in the state folder",
            place=state / VERIFIER_KEY_FILE,
            hint="name the server's state folder with --state or KOHORT_STATE; `audit verify` takes it as --key, too",
        ) from None


@contextlib.contextmanager
def open_log(state: Path) -> Iterator[sqlite3.Connection]:
    """The tables of the log, which cannot be changed by this; raises `DataProblem` when they cannot be read."""
    file = require_ledger(state, "audit-unreadable")
    try:
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
            database.execute("pragma query_only = on")
            with located(file):
                check_schema(database)
            yield database
    except sqlite3.Error as error:
        raise DataProblem("audit-unreadable", f"the log cannot be read: {error}", place=file) from None
