"""Writing the log: entries, the subtrees they complete, and checkpoints, in tables beside the ledger's own.

Everything but publishing happens inside a transaction of the ledger, so that an entry and what it is about are on
disk together or not at all.
"""

import contextlib
import datetime
import os
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path

from engine.disclosure.audit.checkpoint import Checkpoint, Signer, VerifierKey, read_checkpoint, read_note
from engine.disclosure.audit.entry import GENESIS, Entry, entry_hash, entry_text
from engine.disclosure.audit.merkle import Nodes, completed_by, root
from engine.disclosure.audit.sealing import read_review_key, seal
from engine.disclosure.query_id import read_or_create_key
from schemas.errors import DataProblem

SIGNING_KEY_FILE = "audit-signing.key"
VERIFIER_KEY_FILE = "audit-verifier-key"
"""The public half of the signing key, for whoever verifies."""

CHECKPOINT_FILE = "audit-checkpoint"
"""The newest checkpoint, for whoever witnesses the log from outside."""

ENTRIES_A_CHECKPOINT = 100
TIME_A_CHECKPOINT = datetime.timedelta(minutes=10)
CLOCK_TOLERANCE = datetime.timedelta(seconds=5)
"""How far a clock may be set back, as time synchronisation does, without being told."""

LATE = datetime.timedelta(days=1)
"""How far a clock may be behind the log before nothing is charged: as much as time zones and corrections of it make."""

CLOCK_AHEAD = "clock-ahead"
"""The outcome of an entry that records that the clock was ahead when entries before it were written."""

# Triggers state as law of the file that the log is only added to.
LOG_TABLES = """
create table if not exists audit (number integer primary key, entry text not null, hash text not null);
create table if not exists audit_node (
    level integer not null, place integer not null, hash blob not null, primary key (level, place)) without rowid;
create table if not exists audit_checkpoint (size integer primary key, note text not null);
create index if not exists audit_time on audit (case when json_valid(entry) then json_extract(entry, '$.time') end);
create index if not exists audit_clock on audit (number)
    where case when json_valid(entry) then json_extract(entry, '$.outcome') end = 'clock-ahead';
create trigger if not exists audit_stays before delete on audit begin select raise(abort, 'the log stays'); end;
create trigger if not exists audit_fixed before update on audit begin select raise(abort, 'the log stays'); end;
create trigger if not exists audit_node_stays before delete on audit_node
    begin select raise(abort, 'the log stays'); end;
create trigger if not exists audit_node_fixed before update on audit_node
    begin select raise(abort, 'the log stays'); end;
create trigger if not exists audit_checkpoint_stays before delete on audit_checkpoint
    begin select raise(abort, 'the log stays'); end;
create trigger if not exists audit_checkpoint_fixed before update on audit_checkpoint
    begin select raise(abort, 'the log stays'); end;
"""


def utc_now() -> str:
    """The time now in UTC, to the millisecond."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def stored_nodes(database: sqlite3.Connection) -> Nodes:
    """The complete subtrees of the log's tree, from its tables."""

    def node(level: int, index: int) -> bytes:
        if level == 0:
            query, values = "select hash from audit where number = ?", (index + 1,)
        else:
            query, values = "select hash from audit_node where level = ? and place = ?", (level, index)
        row = database.execute(query, values).fetchone()
        if row is None:
            raise DataProblem("audit-broken", f"the log's tree has no node {index} of height {level}")
        return bytes.fromhex(row[0]) if level == 0 else bytes(row[0])

    return node


def log_size(database: sqlite3.Connection) -> int:
    """How many entries the log holds."""
    (size,) = database.execute("select coalesce(max(number), 0) from audit").fetchone()
    return int(size)


def newest_note(database: sqlite3.Connection) -> str | None:
    """The newest checkpoint as it was signed; absent before the first."""
    row = database.execute("select note from audit_checkpoint order by size desc limit 1").fetchone()
    return None if row is None else str(row[0])


def newest_time(database: sqlite3.Connection) -> str | None:
    """The newest time that an entry bears, wherever it stands; absent in an empty log. Its index gives it at once."""
    # to the letter what is indexed
    (newest,) = database.execute(
        "select max(case when json_valid(entry) then json_extract(entry, '$.time') end) from audit"
    ).fetchone()
    return None if newest is None else str(newest)


def clock_recorded(database: sqlite3.Connection) -> int:
    """The number of the newest entry that records that the clock had been ahead, 0 when there is none."""
    (number,) = database.execute(
        "select coalesce(max(number), 0) from audit "
        "where case when json_valid(entry) then json_extract(entry, '$.outcome') end = 'clock-ahead'"
    ).fetchone()
    return int(number)


def ahead_of(database: sqlite3.Connection, now: str) -> list[tuple[int, str]]:
    """Number and text of the entries that bear a time that has not come, and of which no later entry records that the
    clock had been ahead; in their order."""
    latest = (datetime.datetime.fromisoformat(now) + CLOCK_TOLERANCE).isoformat(timespec="milliseconds")
    rows = database.execute(
        "select number, entry from audit "
        "where case when json_valid(entry) then json_extract(entry, '$.time') end > ? and +number >= ? order by number",
        (latest, clock_recorded(database)),
    )
    return [(int(number), str(text)) for number, text in rows]


def standing_time(database: sqlite3.Connection) -> str | None:
    """The newest time by which the clock is judged: of the entries from the last record of a clock that was ahead on.

    The index on times is walked from its end; `+` keeps SQLite from choosing the numbers instead.
    """
    row = database.execute(
        "select case when json_valid(entry) then json_extract(entry, '$.time') end from audit where +number >= ? "
        "order by case when json_valid(entry) then json_extract(entry, '$.time') end desc limit 1",
        (clock_recorded(database),),
    ).fetchone()
    return None if row is None or row[0] is None else str(row[0])


class AuditLog:
    """The log of one open ledger. `state` holds the signing key and the published checkpoint.

    Raises `DataProblem` when the log does not reach what was published of it: it is older, or another.
    """

    def __init__(self, database: sqlite3.Connection, state: Path, *, clock: Callable[[], str] = utc_now) -> None:
        self._database = database
        self._nodes = stored_nodes(database)
        self._file = state / CHECKPOINT_FILE
        self._clock = clock
        self._published = 0
        self._check_published()
        self._signer = Signer(read_or_create_key(state, SIGNING_KEY_FILE))
        self._review_key = read_review_key(state)
        if not (state / VERIFIER_KEY_FILE).exists():
            _replace(state / VERIFIER_KEY_FILE, f"{self.key}\n")

    @property
    def key(self) -> VerifierKey:
        """What this log's checkpoints are verified with."""
        return self._signer.verifier

    def check_clock(self) -> None:
        """Raise `DataProblem` when the clock is behind the newest time in the log by more than a day.

        What is charged is charged to the year of today, and a clock that was set back opens the budget of a year gone
        by. The newest time counts and not that of the last entry, so that many small steps back come no further. Times
        before an operator's record that the clock was ahead are told of by that record.
        """
        newest = standing_time(self._database)
        if newest is None:
            return
        written, now = (datetime.datetime.fromisoformat(each) for each in (newest, self._clock()))
        if now < written - LATE:
            raise DataProblem(
                "clock-behind",
                f"the server's clock says {now:%Y-%m-%d}, and answers were logged on {written:%Y-%m-%d}, so that it "
                "is not known which year's budget pays for a new answer",
                hint="the operator sets the clock or, where it was ahead before, records that with `kohort ledger "
                "clock`; a question that is paid costs nothing and is answered",
            )

    def record_clock(self, entry: Entry) -> int:
        """Record by an entry that the clock was ahead, and sign it; gives how many entries bear a time that has not
        come. Nothing is written when there are none."""
        ahead = len(ahead_of(self._database, self._clock()))
        if ahead:
            newest = standing_time(self._database) or ""
            self.append({**entry, "outcome": CLOCK_AHEAD, "ahead": ahead, "newest": newest})
            self.sign()
        return ahead

    def now(self) -> str:
        """The time now by this log's clock, as entries bear it."""
        return self._clock()

    def append(self, entry: Entry, document: str = "") -> None:
        """Add an entry, and sign a checkpoint when one is due. `document` is what the entry is about: it is encrypted
        for those who review the log, or left out where they have no key."""
        if document and self._review_key is not None:
            entry = {**entry, "document": seal(self._review_key, document)}
        self.append_text(entry_text({"time": self._clock(), **entry}))

    def append_text(self, text: str) -> None:
        """Add an entry by its text, as one that was in the log and is known from elsewhere."""
        row = self._database.execute("select number, hash from audit order by number desc limit 1").fetchone()
        last, previous = row or (0, GENESIS)
        sealed = entry_hash(previous, text)
        self._database.execute("insert into audit values (?, ?, ?)", (last + 1, text, sealed))
        self._database.executemany(
            "insert into audit_node values (?, ?, ?)", completed_by(self._nodes, last, bytes.fromhex(sealed))
        )
        if self._is_due(last + 1):
            self.sign()

    def sign(self) -> None:
        """Sign a checkpoint over all entries, unless the newest covers them already."""
        size, newest = log_size(self._database), self._newest()
        if size == (newest.size if newest else 0):
            return
        checkpoint = Checkpoint(
            origin=self._signer.verifier.name, size=size, root=root(self._nodes, size), time=self._clock()
        )
        self._database.execute("insert into audit_checkpoint values (?, ?)", (size, self._signer.sign(checkpoint.text)))

    def publish(self) -> None:
        """Write the newest checkpoint to its file, after the transaction that signed it.

        That may fail, as on a full disk: the checkpoint is in the log, and the next call tries again.
        """
        newest = self._newest()
        if newest is not None and newest.size > self._published:
            with contextlib.suppress(OSError):
                _replace(self._file, newest_note(self._database) or "")
                self._published = newest.size

    def _newest(self) -> Checkpoint | None:
        note = newest_note(self._database)
        return None if note is None else read_checkpoint(read_note(note))

    def _is_due(self, size: int) -> bool:
        newest = self._newest()
        if newest is None or size - newest.size >= ENTRIES_A_CHECKPOINT:
            return True
        age = datetime.datetime.fromisoformat(self._clock()) - datetime.datetime.fromisoformat(newest.time)
        return age >= TIME_A_CHECKPOINT

    def _check_published(self) -> None:
        """An older copy of the ledger has forgotten charges and answers: it must not go on as if they never were."""
        if not self._file.exists():
            return
        seen = read_checkpoint(read_note(self._file.read_text()))
        size = log_size(self._database)
        if seen.size > size:
            raise DataProblem(
                "ledger-older",
                f"the ledger's log has {size} entries, and a checkpoint of {seen.time} was signed over {seen.size}",
                hint="restore the newest copy with `kohort ledger restore`; this one does not know what was answered "
                "and paid since",
            )
        if root(self._nodes, seen.size) != seen.root:
            raise DataProblem(
                "audit-broken", f"the first {seen.size} log entries are not those of the checkpoint of {seen.time}"
            )


def _replace(file: Path, text: str) -> None:
    """Write aside, synchronise, move into place: a reader finds the old text or the new one."""
    aside = file.with_name(f".{file.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with aside.open("w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
