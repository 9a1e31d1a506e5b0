"""Putting a copy of the ledger back, so that no balance is lower than it was.

A copy does not know what was answered after it. What the log still tells (exports, a ledger that can be read in part)
is added to it: every charge again, and everybody counted as the worst case allows. Answers are not in the log, so they
are forgotten, and asking again costs again. Unless the operator vouches that nothing was answered after the last entry
known, every year from that entry to this one is closed: all accounts and all people count as having spent everything,
and new questions wait for the next year.

Everything is made aside and moved into place at the end. While files are moved a marker keeps the ledger shut; what a
killed process had moved is put back by whoever runs the restore again.
"""

import contextlib
import datetime
import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from engine.disclosure.audit.checkpoint import Checkpoint, read_checkpoint, read_note
from engine.disclosure.audit.entry import GENESIS
from engine.disclosure.audit.log import (
    CHECKPOINT_FILE,
    ENTRIES_A_CHECKPOINT,
    VERIFIER_KEY_FILE,
    AuditLog,
    log_size,
    newest_time,
    stored_nodes,
)
from engine.disclosure.audit.merkle import root
from engine.disclosure.audit.reading import verify_log
from engine.disclosure.audit.sealing import REVIEW_KEY_FILE
from engine.disclosure.backup import KEYS, LedgerCopy, check_copy, copy_file
from engine.disclosure.cube.build import CUBE_PERIOD
from engine.disclosure.ledger_file import (
    LEDGER_FILE,
    PERSONS_FOLDER,
    UNFINISHED_FILE,
    failing_closed,
    hold,
    open_database,
    sync_folder,
)
from engine.disclosure.linked import links_of, remember_links
from engine.disclosure.lost_entries import LostEntry, lost_entries
from engine.disclosure.operator import Operator
from engine.disclosure.persons import PersonAxis, PersonBalances, PersonLedger
from engine.disclosure.worst_case import (
    all_spent,
    answered_by_axis,
    generation_of,
    keep_generation,
    without_own,
    worst_case,
)
from engine.disclosure.years import KOREA, year_of
from schemas.errors import DataProblem

_MOVED: Final = (
    LEDGER_FILE,
    f"{LEDGER_FILE}-wal",
    f"{LEDGER_FILE}-shm",
    PERSONS_FOLDER,
    CHECKPOINT_FILE,
    VERIFIER_KEY_FILE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is beside the copy: logs that go on from it, checkpoints of witnesses, and the operator's word.

    `is_complete` says that nothing was answered after the last entry known. `logs` are files; `witnessed` maps what to
    call each checkpoint to its text.
    """

    logs: Sequence[Path] = ()
    witnessed: Mapping[str, str] = field(default_factory=dict)
    is_complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was done: entries of the copy and from elsewhere, years that are closed, and where the old files are."""

    copied: int
    added: int
    closed: tuple[str, ...]
    before: Path


@dataclass(frozen=True, slots=True)
class _Folders:
    """In service, copied, and made aside."""

    state: Path
    source: Path
    aside: Path


def restore_ledger(state: Path, source: Path, known: Known, operator: Operator) -> Restored:
    """Put the copy `source` into the state folder, which no server may have open.

    Raises `DataProblem`, with nothing changed, when the copy is damaged, a log or checkpoint contradicts it, the keys
    are missing, or `is_complete` is not true by what is there.
    """
    with failing_closed(state):
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = hold(state, alone=True)
        aside = state / f".restore-{secrets.token_hex(4)}"
        try:
            _roll_back(state)
            copy, _ = check_copy(source)
            aside.mkdir(mode=0o700)
            _stage(state, source, aside)
            added, closed = _bring_up(_Folders(state, source, aside), copy, known, operator)
            before = _exchange(state, aside)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            os.close(held)
    return Restored(copied=copy.entries, added=added, closed=closed, before=before)


def _stage(state: Path, source: Path, aside: Path) -> None:
    """A state folder aside, of the copy's ledger and the keys, those in service before those of the copy."""
    copy_file(source / LEDGER_FILE, aside / LEDGER_FILE)
    copy_file(source / VERIFIER_KEY_FILE, aside / VERIFIER_KEY_FILE)
    for name in (*KEYS, REVIEW_KEY_FILE):
        held = next((folder / name for folder in (state, source) if (folder / name).is_file()), None)
        if held is not None:
            copy_file(held, aside / name)
        elif name in KEYS:
            raise DataProblem(
                "restore-key",
                f"neither the state folder nor the copy has {name}",
                hint="put the key into the state folder, from where keys are kept",
                place=state,
            )


def _bring_up(folders: _Folders, copy: LedgerCopy, known: Known, operator: Operator) -> tuple[int, tuple[str, ...]]:
    """Everything that is known to be missing, in the ledger aside; gives how many entries came, and years closed."""
    aside = folders.aside
    with contextlib.closing(open_database(aside / LEDGER_FILE)) as database:
        audit = AuditLog(database, aside)
        if str(audit.key) != (aside / VERIFIER_KEY_FILE).read_text().strip():
            raise DataProblem("restore-key", "the signing key is not the one that the copy's log was signed with")
        last = database.execute("select hash from audit where number = ?", (copy.entries,)).fetchone()
        lost = lost_entries(known.logs, after=copy.entries, sealed=GENESIS if last is None else str(last[0]))
        database.execute("begin immediate")
        _adopt(database, audit, lost)
        reached = _check_witnesses(database, folders.state, known)
        closed = () if known.is_complete else _periods_since(database, copy)
        database.executemany("insert or ignore into closed values (?)", [(year,) for year in closed])
        _raise_people(database, folders)
        outcome = {"copy": copy.entries, "closed": list(closed), "witnessed": reached}
        audit.append({**operator.entry("restore", "restored"), **outcome})
        audit.sign()
        database.execute("commit")
        audit.publish()
        database.execute("pragma journal_mode = delete")
    findings = verify_log(aside).findings
    if findings:
        raise DataProblem("audit-broken", f"the restored ledger would not be whole: {findings[0].message}")
    return len(lost), closed


def _adopt(database: sqlite3.Connection, audit: AuditLog, lost: Sequence[LostEntry]) -> None:
    """Entries after the copy: into the log as they were, and their charges onto the accounts.

    Answers are not in the log. A question first answered there is forgotten: nobody is marked as having paid for it.
    """
    for one in lost:
        entry = one.fields()
        audit.append_text(one.text)
        for kind, amount in entry.get("charged", {}).items():
            database.execute(
                "insert into account values (?, ?, ?, ?) "
                "on conflict (kind, id, period) do update set spent = spent + excluded.spent",
                (kind, entry[kind], entry["period"], amount),
            )
            if entry["outcome"] == "answered":
                database.executemany(
                    "insert or ignore into seen select ?, ?, qid from memo where qid = ?",
                    [(kind, entry[kind], qid) for qid in entry["qids"]],
                )
        remember_links(database, links_of(entry))
        if entry["outcome"] == "restored":
            database.executemany("insert or ignore into closed values (?)", [(year,) for year in entry["closed"]])
        if one.number % ENTRIES_A_CHECKPOINT == 0:
            audit.sign()


def _check_witnesses(database: sqlite3.Connection, state: Path, known: Known) -> int:
    """How many entries were ever signed or charged for, by all that is there; it must be this log that was signed."""
    size = log_size(database)
    notes = dict(known.witnessed)
    with contextlib.suppress(FileNotFoundError):
        notes["the published checkpoint"] = (state / CHECKPOINT_FILE).read_text()
    reached = PersonLedger(state / PERSONS_FOLDER).newest_entries()
    for name, text in notes.items():
        checkpoint = read_checkpoint(read_note(text))
        reached = max(reached, checkpoint.size)
        _check_is_ours(database, checkpoint, name, size)
    if known.is_complete and reached > size:
        raise DataProblem(
            "restore-incomplete",
            f"the log is known up to entry {size}, and there were {reached}: something was answered since",
            hint="give the logs that reach so far, or restore without --complete, which closes the year",
        )
    return reached


def _check_is_ours(database: sqlite3.Connection, checkpoint: Checkpoint, name: str, size: int) -> None:
    if checkpoint.size <= size and root(stored_nodes(database), checkpoint.size) != checkpoint.root:
        raise DataProblem("audit-broken", f"{name} was signed over other entries than those of the copy and the logs")


def _periods_since(database: sqlite3.Connection, copy: LedgerCopy) -> tuple[str, ...]:
    """The periods in which something may have been answered that nobody knows of: years, and that of public cubes.

    Answers are booked in the newest year that the log has reached, which a clock that was ahead made a later one.
    """
    row = database.execute("select entry from audit order by number desc limit 1").fetchone()
    since = copy.made if row is None else str(json.loads(row[0])["time"])
    last = max(datetime.datetime.now(KOREA).year, int(year_of(newest_time(database) or since)))
    return (*(str(year) for year in range(int(year_of(since)), last + 1)), CUBE_PERIOD)


def _raise_people(database: sqlite3.Connection, folders: _Folders) -> None:
    """New files for all people of the log: the most that any file left says, and what none of them knows on top.

    In a period that is closed, now or before, they have spent everything.
    """
    closed = {str(period) for (period,) in database.execute("select period from closed")}
    people = PersonLedger(folders.aside / PERSONS_FOLDER)
    for axis, answered in answered_by_axis(database).items():
        raised = worst_case(axis, list(_people_left(database, folders, axis)), answered)
        generation = max(raised.generation, generation_of(database, axis))
        if axis.period in closed:
            raised = all_spent(raised)
        keep_generation(database, axis, people.replace(axis, replace(raised, generation=generation)))


def _people_left(database: sqlite3.Connection, folders: _Folders, axis: PersonAxis) -> Iterator[PersonBalances]:
    """The newest balances in service and in the copy, each saying no more of its last change than is sure."""
    in_service = PersonLedger(folders.state / PERSONS_FOLDER)
    served, copied = in_service.newest(axis), PersonLedger(folders.source / PERSONS_FOLDER).newest(axis)
    if served is not None:
        yield served if in_service.is_last(axis) else without_own(served)
    if copied is not None:
        yield copied if copied.generation == generation_of(database, axis) else without_own(copied)


def _exchange(state: Path, aside: Path) -> Path:
    """Move what was in service away, and what was made aside into its place."""
    before = state / f"before-restore-{datetime.datetime.now(datetime.UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    before.mkdir(mode=0o700)
    had = [name for name in _MOVED if (state / name).exists()]
    marker = state / UNFINISHED_FILE
    with marker.open("w") as stream:
        json.dump({"before": before.name, "had": had}, stream)
        stream.flush()
        os.fsync(stream.fileno())
    sync_folder(state)
    for name in had:
        (state / name).rename(before / name)
    for name in (*_MOVED, *KEYS, REVIEW_KEY_FILE):
        if (aside / name).exists() and not (state / name).exists():
            (aside / name).rename(state / name)
    sync_folder(before)
    sync_folder(state)
    marker.unlink()
    sync_folder(state)
    return before


def _roll_back(state: Path) -> None:
    """Put back what a restore had moved when it was killed, so that it starts from what was there."""
    for left in state.glob(".restore-*"):
        shutil.rmtree(left, ignore_errors=True)
    marker = state / UNFINISHED_FILE
    if not marker.exists():
        return
    with contextlib.suppress(ValueError):  # killed while it was written: nothing had moved yet
        said = json.loads(marker.read_text())
        before = state / str(said["before"])
        for name in _MOVED:
            if (before / name).exists() or name not in said["had"]:
                _remove(state / name)
            if (before / name).exists():
                (before / name).rename(state / name)
        sync_folder(state)
        with contextlib.suppress(OSError):
            before.rmdir()
    marker.unlink()
    sync_folder(state)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
