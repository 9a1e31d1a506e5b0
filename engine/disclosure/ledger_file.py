"""The ledger's SQLite file: its tables, how it is opened, and who may have it open.

Nothing here knows what a charge means; see `engine.disclosure.ledger`.
"""

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from engine.disclosure.audit.log import LOG_TABLES
from engine.disclosure.linked import LINKED_TABLE
from schemas.errors import DataProblem

LEDGER_FILE: Final = "ledger.sqlite"
PERSONS_FOLDER: Final = "persons"
LOCK_FILE: Final = "ledger.lock"
UNFINISHED_FILE: Final = "ledger-restore-unfinished"
"""Is there while a restore moves files: a ledger that was half put back is not opened."""

SCHEMA_VERSION: Final = 3
BUSY_SECONDS: Final = 10.0
"""How long to wait for another process's transaction before refusing."""

_RETRY_SECONDS: Final = 0.01

# Triggers state as law of the file what the code relies on: answers and log are only added, balances only rise, and a
# period that was closed stays closed.
_SCHEMA = """
create table if not exists version (number integer not null);
insert into version select 3 where not exists (select 1 from version);
create table if not exists account (
    kind text not null, id text not null, period text not null, spent integer not null check (spent >= 0),
    primary key (kind, id, period)) without rowid;
create table if not exists seen (
    kind text not null, id text not null, qid text not null, primary key (kind, id, qid)) without rowid;
create table if not exists memo (qid text primary key, sigma integer not null, noisy text not null) without rowid;
create table if not exists closed (period text primary key) without rowid;
create table if not exists person_ledger (
    release_id text not null, period text not null, generation integer not null,
    primary key (release_id, period)) without rowid;
create trigger if not exists account_rises before update on account
    when new.spent < old.spent begin select raise(abort, 'a balance never moves back'); end;
create trigger if not exists account_stays before delete on account begin select raise(abort, 'accounts stay'); end;
create trigger if not exists seen_stays before delete on seen begin select raise(abort, 'charges stay'); end;
create trigger if not exists memo_stays before delete on memo begin select raise(abort, 'answers stay'); end;
create trigger if not exists memo_fixed before update on memo begin select raise(abort, 'answers stay'); end;
create trigger if not exists closed_stays before delete on closed begin select raise(abort, 'it stays closed'); end;
create trigger if not exists closed_fixed before update on closed begin select raise(abort, 'it stays closed'); end;
create trigger if not exists person_ledger_rises before update on person_ledger
    when new.generation < old.generation begin select raise(abort, 'generations only rise'); end;
create trigger if not exists person_ledger_stays before delete on person_ledger
    begin select raise(abort, 'generations stay'); end;
"""


def open_database(file: Path, busy_seconds: float = BUSY_SECONDS) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions are opened and closed by the ledger and by nothing else."""
    file.touch(mode=0o600)
    database = sqlite3.connect(file, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    try:
        _prepare(database, busy_seconds)
    except BaseException:
        database.close()
        raise
    return database


def check_schema(database: sqlite3.Connection) -> None:
    """Raise `DataProblem` when another version wrote the ledger; nothing is changed in it."""
    is_new = database.execute("select 1 from sqlite_master where name = 'version'").fetchone() is None
    number = SCHEMA_VERSION if is_new else database.execute("select number from version").fetchone()[0]
    if number != SCHEMA_VERSION:
        raise DataProblem(
            "ledger-schema",
            f"the ledger has schema {number}; this version reads {SCHEMA_VERSION}",
            hint="answer with the version that wrote it, or publish a new release and start a new state folder; a "
            "ledger is never converted, since its log is signed as it is",
        )


def hold(state: Path, *, alone: bool = False) -> int:
    """A descriptor that holds the state folder's lock until it is closed: shared by all who answer, or alone.

    Raises `DataProblem` when others answer and it is wanted alone, when somebody has it alone, or when a restore did
    not come to its end.
    """
    descriptor = os.open(state / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise DataProblem(
            "ledger-in-use",
            "another process has the ledger open",
            hint="stop every server of this state folder first",
            place=state,
        ) from None
    if not alone and (state / UNFINISHED_FILE).exists():
        os.close(descriptor)
        raise DataProblem(
            "ledger-unfinished",
            "a restore of this ledger did not come to its end",
            hint="run the same `kohort ledger restore` again",
            place=state,
        )
    return descriptor


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def failing_closed(state: Path) -> Iterator[None]:
    """Whatever SQLite or the disk says of the state folder, the caller learns only that there is no answer now."""
    try:
        yield
    except (sqlite3.Error, OSError, ValueError) as error:
        raise DataProblem(
            "ledger-unavailable",
            "the privacy ledger cannot be read or written, so nothing can be answered",
            hint="try again later; the operator finds the cause in the ledger's state folder",
            place=state,
        ) from error


def _prepare(database: sqlite3.Connection, busy_seconds: float) -> None:
    check_schema(database)
    _write_ahead(database, busy_seconds)
    # FULL syncs the write-ahead log at every commit: a charge survives a power cut, not only a crash.
    database.execute("pragma synchronous = full")
    database.execute("begin immediate")
    for statement in _statements(_SCHEMA + LINKED_TABLE + LOG_TABLES):
        database.execute(statement)
    database.execute("commit")
    (health,) = database.execute("pragma quick_check(1)").fetchone()
    if health != "ok":
        raise sqlite3.DatabaseError(health)


def _write_ahead(database: sqlite3.Connection, busy_seconds: float) -> None:
    """Keep a write-ahead log. SQLite does not wait by itself while another process does the same to a new file."""
    until = time.monotonic() + busy_seconds
    while True:
        try:
            database.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            return


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would commit between them."""
    statement = ""
    for line in script.strip().splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
