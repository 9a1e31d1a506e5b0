"""Examining a log: whether it is whole, whether it is what was signed, and whether the balances follow from it."""

import datetime
import itertools
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from engine.disclosure.audit.budgets import Budgets
from engine.disclosure.audit.checkpoint import Checkpoint, SignedNote, VerifierKey, read_checkpoint, read_note
from engine.disclosure.audit.entry import GENESIS
from engine.disclosure.audit.findings import Finding, Kind, LogReport
from engine.disclosure.audit.log import ENTRIES_A_CHECKPOINT
from engine.disclosure.audit.place import Row, misplaced
from engine.disclosure.audit.tree import GrowingTree
from schemas.errors import DataProblem

CLOCK_TOLERANCE = datetime.timedelta(seconds=5)
"""How far a clock may be set back, as time synchronisation does, without being told."""

MOST_FINDINGS = 20
"""After so many the rest is not looked at: it is another log."""


def examine(
    database: sqlite3.Connection, *, keys: tuple[VerifierKey, ...], witnessed: Mapping[str, SignedNote] | None = None
) -> LogReport:
    """Examine the log in the tables of a ledger; others may go on writing.

    `witnessed` are checkpoints kept elsewhere, by what to call them; they and the log's own must be signed by one of
    the keys.
    """
    database.execute("begin")  # one view of all tables
    try:
        return _Examination(database, keys, witnessed or {}).report()
    finally:
        database.execute("rollback")


class _Examination:
    """One pass over the log, from its first entry to its last."""

    def __init__(
        self, database: sqlite3.Connection, keys: tuple[VerifierKey, ...], witnessed: Mapping[str, SignedNote]
    ) -> None:
        self._database = database
        self._findings: list[Finding] = []
        self._budgets = Budgets()
        self._tree = GrowingTree(database)
        self._size = 0
        self._previous: str = GENESIS
        self._first: datetime.datetime | None = None
        self._last: datetime.datetime | None = None
        stored = list(self._checkpoints(self._stored_notes(), keys))
        self._signed_sizes = [checkpoint.size for _, checkpoint in stored]
        self._signed: defaultdict[int, list[tuple[str, Checkpoint]]] = defaultdict(list)
        for name, checkpoint in [*stored, *self._checkpoints(witnessed.items(), keys)]:
            self._signed[checkpoint.size].append((name, checkpoint))

    def report(self) -> LogReport:
        """What was found."""
        for number, text, sealed in self._database.execute("select number, entry, hash from audit order by number"):
            if len(self._findings) >= MOST_FINDINGS:
                break
            self._examine(Row(number=number, text=str(text), hash=str(sealed)))
        else:
            self._check_end()
        return LogReport(
            entries=self._size,
            first=self._first.isoformat() if self._first else None,
            last=self._last.isoformat() if self._last else None,
            checkpoints=sum(map(len, self._signed.values())),
            findings=tuple(self._findings),
        )

    def _examine(self, row: Row) -> None:
        is_moved = any(finding.kind is Kind.REORDERED for finding in self._findings)
        found = misplaced(self._database, row, self._size + 1, self._previous, is_moved=is_moved)
        if found is not None:
            self._findings.append(found)
        self._size, self._previous = row.number, row.hash
        self._check_text(row)
        if not self._findings:  # what is already known to be another log fits no tree and no signature
            self._findings.extend(self._tree.add(row.hash))
            self._check_roots()

    def _check_text(self, row: Row) -> None:
        try:
            entry = json.loads(row.text)
            time = datetime.datetime.fromisoformat(entry["time"])
            self._budgets.add(entry)
            self._check_time(row.number, time)
        except (ValueError, KeyError, TypeError, AttributeError):
            self._find(Kind.EDITED, f"entry {row.number} is not one that this service writes", row.number)

    def _check_time(self, number: int, time: datetime.datetime) -> None:
        if self._last is not None and time < self._last - CLOCK_TOLERANCE:
            self._find(
                Kind.CLOCK,
                f"entry {number} is of {_shown(time)} and the one before it of {_shown(self._last)}: the clock was set "
                "back between them",
                number,
            )
        self._first, self._last = self._first or time, time

    def _check_roots(self) -> None:
        for name, checkpoint in self._signed.get(self._size, ()):
            if checkpoint.root != self._tree.root():
                since = max((size for size in self._signed_sizes if size < self._size), default=0)
                self._find(
                    Kind.FORKED,
                    f"{name} was signed over {self._size} entries at {checkpoint.time}, and these are others: what was "
                    f"signed and what is here part between entries {since + 1} and {self._size}",
                    self._size,
                )
            self._check_signing_time(name, checkpoint)

    def _check_signing_time(self, name: str, checkpoint: Checkpoint) -> None:
        signed = datetime.datetime.fromisoformat(checkpoint.time)
        if self._last is not None and signed < self._last - CLOCK_TOLERANCE:
            self._find(
                Kind.CLOCK,
                f"{name} is of {_shown(signed)} and the last entry under it of {_shown(self._last)}: the clock was set "
                "back between them",
                checkpoint.size,
            )

    def _check_end(self) -> None:
        for name, checkpoint in itertools.chain.from_iterable(self._signed.values()):
            if checkpoint.size > self._size:
                self._find(
                    Kind.TRUNCATED,
                    f"the log ends at entry {self._size}, and {name} was signed over {checkpoint.size} at "
                    f"{checkpoint.time}: {checkpoint.size - self._size} entries were cut off",
                    self._size,
                )
        if self._last is not None and self._last > datetime.datetime.now(datetime.UTC) + CLOCK_TOLERANCE:
            self._find(
                Kind.CLOCK,
                f"the last entry is of {_shown(self._last)}, which is not yet: the clock was ahead then, or was set "
                "back since",
                self._size,
            )
        if not self._findings:
            self._check_intervals()
        self._findings.extend(self._budgets.findings(self._database))

    def _check_intervals(self) -> None:
        """A checkpoint is due at the first entry and after so many more; without one, what came between is unsigned."""
        sizes = [0, *sorted(self._signed_sizes), self._size]
        for before, after in itertools.pairwise(sizes):
            if after - before > ENTRIES_A_CHECKPOINT:
                message = f"no checkpoint was signed between entries {before + 1} and {after}, where one was due"
                self._find(Kind.UNSIGNED, message, before + 1)

    def _stored_notes(self) -> Iterator[tuple[str, SignedNote]]:
        for size, note in self._database.execute("select size, note from audit_checkpoint order by size"):
            try:
                yield f"the log's checkpoint {size}", read_note(str(note))
            except DataProblem as problem:
                self._find(Kind.SIGNATURE, f"the log's checkpoint {size}: {problem.message}", size)

    def _checkpoints(
        self, notes: Iterable[tuple[str, SignedNote]], keys: tuple[VerifierKey, ...]
    ) -> Iterator[tuple[str, Checkpoint]]:
        for name, note in notes:
            try:
                checkpoint = read_checkpoint(note)
            except DataProblem as problem:
                self._find(Kind.SIGNATURE, f"{name}: {problem.message}")
                continue
            if note.signer_among(keys) is None:
                self._find(
                    Kind.SIGNATURE,
                    f"{name} over {checkpoint.size} entries was not signed by {' or '.join(key.name for key in keys)}",
                    checkpoint.size,
                )
                continue
            yield name, checkpoint

    def _find(self, kind: Kind, message: str, entry: int | None = None) -> None:
        self._findings.append(Finding(kind=kind, message=message, entry=entry))


def _shown(time: datetime.datetime) -> str:
    return time.isoformat(sep=" ", timespec="seconds")
