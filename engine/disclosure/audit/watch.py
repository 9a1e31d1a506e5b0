"""A log under watch: examined whole now and then, and between at what is new, held against what was there before.

What is new takes as long as there is of it. What was examined before is remembered by its size, root and last hash, so
that a log cut short, put back or rewritten with fitting hashes is noticed at the next look. An old entry that alone was
changed or taken out is not: the next whole examination finds it.
"""

import contextlib
import datetime
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from engine.disclosure.audit.anchors import contradiction
from engine.disclosure.audit.checkpoint import VerifierKey
from engine.disclosure.audit.findings import ANOTHER_LOG, Finding, Kind, LogReport
from engine.disclosure.audit.reading import PUBLISHED, open_log, published_text, verifier_keys
from engine.disclosure.audit.verify import Examination

_A_SLICE: Final = 200
"""Entries examined at a time, which takes some milliseconds."""

_STAYS: Final = ANOTHER_LOG | {Kind.SIGNATURE}
"""Once found it is told as long as the watch lasts, also when somebody put back what was there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is known of a log: everything found so far, and when all entries were last examined from the first.

    `whole_entries` are those that were examined then, and `whole_seconds` how long that took.
    """

    report: LogReport
    whole: datetime.datetime
    whole_entries: int
    whole_seconds: float


@dataclass(frozen=True, slots=True)
class _Whole:
    ended: datetime.datetime
    seconds: float
    report: LogReport


class LogWatch:
    """Watches the log of a state folder. Thread-safe; a look does not wait for an examination of the whole."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._keys: tuple[VerifierKey, ...] | None = None
        self._going_on: Examination | None = None
        self._whole: _Whole | None = None
        self._stays: dict[Finding, None] = {}

    def examine_whole(self, rest: Callable[[], None] = lambda: None) -> LogReport:
        """Examine every entry from the first, in slices with a `rest` between them; raises `DataProblem`.

        What `rest` raises ends it. Looks go on meanwhile, but for a moment at the end.
        """
        began = datetime.datetime.now(datetime.UTC)
        examination = Examination(self._known_keys(), {})
        while self._takes_a_slice(examination):
            rest()
        with self._lock, self._reading() as (database, published):
            examination.advance(database)
            self._go_on(database)  # what is remembered must be the beginning of what is there before it is forgotten
            if examination.is_sound:
                examination.carry_on(database)
                self._going_on = examination
            report = self._report(database, examination, published)
            ended = datetime.datetime.now(datetime.UTC)
            self._whole = _Whole(ended, (ended - began).total_seconds(), report)
        return report

    def look(self) -> Watched | None:
        """Examine what is new; absent before the first examination of the whole has ended. Raises `DataProblem`."""
        with self._lock:
            if (whole := self._whole) is None:
                return None
            with self._reading() as (database, published):
                going_on = self._go_on(database)
                report = whole.report if going_on is None else self._report(database, going_on, published)
            told = dict.fromkeys((*self._stays, *report.findings))
            return Watched(
                report=replace(report, findings=tuple(told)),
                whole=whole.ended,
                whole_entries=whole.report.entries,
                whole_seconds=whole.seconds,
            )

    def _known_keys(self) -> tuple[VerifierKey, ...]:
        """Those of the first examination: who puts other keys into the folder signs with none that is known."""
        with self._lock:
            if self._keys is None:
                self._keys = verifier_keys(self._state)
            return self._keys

    def _takes_a_slice(self, examination: Examination) -> bool:
        with self._reading() as (database, _):
            return examination.advance(database, _A_SLICE)

    def _go_on(self, database: sqlite3.Connection) -> Examination | None:
        """The examination that is gone on with, brought up to the last entry; absent once it cannot be gone on with."""
        if self._going_on is not None:
            self._going_on.advance(database)
            if not self._going_on.is_sound:
                self._keep(self._going_on.findings)
                self._going_on = None
        return self._going_on

    def _report(self, database: sqlite3.Connection, examination: Examination, published: str | None) -> LogReport:
        """The report of an examination that came to the end, with what is wrong with the published checkpoint."""
        report = examination.report(database)
        found = list(report.findings)
        if published is not None and examination.is_sound:
            keys = self._keys or ()
            wrong = contradiction(database, PUBLISHED, published, keys=keys, size=report.entries)
            found.extend([] if wrong is None else [wrong])
        self._keep(found)
        return replace(report, findings=tuple(found))

    def _keep(self, findings: Iterable[Finding]) -> None:
        self._stays |= dict.fromkeys(each for each in findings if each.kind in _STAYS)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[tuple[sqlite3.Connection, str | None]]:
        """The tables as they are at one moment, and the checkpoint that was published before it."""
        published = published_text(self._state)
        with open_log(self._state) as database:
            database.execute("begin")
            yield database, published
