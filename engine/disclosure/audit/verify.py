"""Examining a log: whether it is whole, whether it is what was signed, and whether the balances follow from it."""

import datetime
import itertools
import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Final

from engine.disclosure.audit.anchors import Anchors, cut_off
from engine.disclosure.audit.budgets import Answers, Balances, NewAnswers
from engine.disclosure.audit.checkpoint import SignedNote, VerifierKey
from engine.disclosure.audit.clock import Clock
from engine.disclosure.audit.entry import GENESIS
from engine.disclosure.audit.findings import ANOTHER_LOG, Finding, Kind, LogReport
from engine.disclosure.audit.growth import Reached, lost, parted
from engine.disclosure.audit.log import CLOCK_AHEAD, ENTRIES_A_CHECKPOINT
from engine.disclosure.audit.place import Row, misplaced
from engine.disclosure.audit.tree import GrowingTree

MOST_FINDINGS = 20
"""After so many the rest is not looked at: it is another log."""

_ALL: Final = -1
"""As SQL's `limit`."""

_FIRST: Final = "select number, entry, hash from audit order by number limit ?"
_NEXT: Final = "select number, entry, hash from audit where number > ? order by number limit ?"


def examine(
    database: sqlite3.Connection, *, keys: tuple[VerifierKey, ...], witnessed: Mapping[str, SignedNote] | None = None
) -> LogReport:
    """Examine the log in the tables of a ledger from its first entry to its last; others may go on writing.

    `witnessed` are checkpoints kept elsewhere, by what to call them; they and the log's own must be signed by one of
    the keys.
    """
    database.execute("begin")  # one view of all tables
    try:
        examination = Examination(keys, witnessed or {})
        examination.advance(database)
        return examination.report(database)
    finally:
        database.execute("rollback")


class Examination:
    """One pass over a log, entry by entry. It may be taken up again when entries were added; what it went over must be
    there still.

    Each method wants a connection with a transaction open, so that all tables are of one moment.
    """

    def __init__(self, keys: tuple[VerifierKey, ...], witnessed: Mapping[str, SignedNote]) -> None:
        self._anchors = Anchors(keys, witnessed)
        self._findings = [*self._anchors.findings]
        self._balances = Balances()
        self._answers: Answers | NewAnswers = Answers()
        self._tree = GrowingTree()
        self._size = 0
        self._after: int | None = None
        self._previous: str = GENESIS
        self._clock = Clock()

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found that makes it another log than the one that was written and signed."""
        return not any(finding.kind in ANOTHER_LOG for finding in self._findings)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the entries and checkpoints examined."""
        return tuple(self._findings)

    def advance(self, database: sqlite3.Connection, most: int = _ALL) -> bool:
        """Examine the entries that follow, at most so many; gives whether there may be more."""
        before = self._reached() if self.is_sound else None
        if before is not None and (gone := lost(database, before)) is not None:
            self._findings.append(gone)
            return False
        self._findings.extend(self._anchors.read(database, self._size))
        self._check_roots()
        taken = 0
        for row in self._rows(database, most):
            if len(self._findings) >= MOST_FINDINGS:
                return False
            self._examine(database, row)
            taken += 1
        if before is not None and self.is_sound:
            self._findings.extend(parted(database, before, self._reached()))
        return taken == most

    def carry_on(self, database: sqlite3.Connection) -> None:
        """Hold no longer every answer that was given: of those to come the ledger's rows are compared, of those before
        only their number. What was found of them stays."""
        self._findings.extend(self._answers.findings(database))
        self._answers = NewAnswers(database)

    def report(self, database: sqlite3.Connection) -> LogReport:
        """What was found up to the last entry examined, and by what the ledger says of all of them."""
        is_stopped = len(self._findings) >= MOST_FINDINGS
        return LogReport(
            entries=self._size,
            first=self._clock.first.isoformat() if self._clock.first else None,
            last=self._clock.last.isoformat() if self._clock.last else None,
            checkpoints=self._anchors.number,
            findings=(*self._findings, *(() if is_stopped else self._at_the_end(database))),
            records=self._clock.records,
        )

    def _reached(self) -> Reached:
        return Reached(size=self._size, root=self._tree.root(), hash=self._previous)

    def _rows(self, database: sqlite3.Connection, most: int) -> Iterator[Row]:
        rows = (
            database.execute(_FIRST, (most,)) if self._after is None else database.execute(_NEXT, (self._after, most))
        )
        for number, text, sealed in rows:
            yield Row(number=number, text=str(text), hash=str(sealed))

    def _examine(self, database: sqlite3.Connection, row: Row) -> None:
        is_moved = any(finding.kind is Kind.REORDERED for finding in self._findings)
        found = misplaced(database, row, self._size + 1, self._previous, is_moved=is_moved)
        if found is not None:
            self._findings.append(found)
        self._size = self._after = row.number
        self._previous = row.hash
        self._check_text(row)
        if self.is_sound:  # what is already known to be another log fits no tree and no signature
            self._findings.extend(self._tree.add(database, row.hash))
            self._check_roots()

    def _check_text(self, row: Row) -> None:
        try:
            entry = json.loads(row.text)
            time = datetime.datetime.fromisoformat(entry["time"]).astimezone(datetime.UTC)
            self._balances.add(entry)
            self._answers.add(entry)
            if (back := self._clock.met(row.number, time)) is not None:
                self._findings.append(back)
            if entry["outcome"] == CLOCK_AHEAD:
                explained = self._clock.recorded(row.number, time, entry)
                self._findings = [each for each in self._findings if each not in explained]
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
            self._find(Kind.EDITED, f"entry {row.number} is not one that this service writes", row.number)

    def _check_roots(self) -> None:
        for name, checkpoint in self._anchors.met(self._size):
            if checkpoint.root != self._tree.root():
                since = max((size for size in self._anchors.own_sizes if size < self._size), default=0)
                self._find(
                    Kind.FORKED,
                    f"{name} was signed over {self._size} entries at {checkpoint.time}, and these are others: what was "
                    f"signed and what is here part between entries {since + 1} and {self._size}",
                    self._size,
                )
            if (back := self._clock.signed(name, checkpoint)) is not None:
                self._findings.append(back)

    def _at_the_end(self, database: sqlite3.Connection) -> Iterator[Finding]:
        for name, checkpoint in self._anchors.ahead():
            if checkpoint.size > self._size:
                yield cut_off(name, checkpoint, self._size)
        if (ahead := self._clock.now(self._size)) is not None:
            yield ahead
        if self.is_sound:
            yield from self._intervals()
        yield from self._anchors.changed(database)
        yield from self._balances.findings(database)
        yield from self._answers.findings(database)

    def _intervals(self) -> Iterator[Finding]:
        """A checkpoint is due at the first entry and after so many more; without one, what came between is unsigned."""
        sizes = [0, *(size for size in self._anchors.own_sizes if size <= self._size), self._size]
        for before, after in itertools.pairwise(sizes):
            if after - before > ENTRIES_A_CHECKPOINT:
                message = f"no checkpoint was signed between entries {before + 1} and {after}, where one was due"
                yield Finding(kind=Kind.UNSIGNED, message=message, entry=before + 1)

    def _find(self, kind: Kind, message: str, entry: int | None = None) -> None:
        self._findings.append(Finding(kind=kind, message=message, entry=entry))
