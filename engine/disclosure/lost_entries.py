"""What is still known of the log after a copy was made: entries from exports, or from a ledger that still reads."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.disclosure.audit.entry import entry_hash, entry_text
from schemas.errors import DataProblem

_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class LostEntry:
    """An entry that was in the log, as it was written; its hash follows from those before it."""

    number: int
    text: str

    def fields(self) -> Mapping[str, Any]:
        """What the entry says."""
        return dict(json.loads(self.text))


def lost_entries(files: Sequence[Path], *, after: int, sealed: str) -> tuple[LostEntry, ...]:
    """The entries that go on from entry `after`, whose hash is `sealed`, in order; each is checked to follow.

    `files` are months as `kohort audit export` writes them, or ledgers. Raises `DataProblem` when one cannot be read,
    or when the entries are not those of this log or not all that lie between.
    """
    found = {number: (text, told) for file in files for number, text, told in _read(file) if number > after}
    entries: list[LostEntry] = []
    previous = sealed
    for place, (number, (text, told)) in enumerate(sorted(found.items()), start=after + 1):
        if number != place:
            raise DataProblem(
                "restore-log",
                f"the logs given lack entry {place}",
                hint="give the exports of all months since the copy was made",
            )
        if entry_hash(previous, text) != told:
            raise DataProblem("restore-log", f"entry {number} of the logs given does not go on from the copy's log")
        entries.append(LostEntry(number=number, text=text))
        previous = told
    return tuple(entries)


def _read(file: Path) -> Iterator[tuple[int, str, str]]:
    """Number, text and hash of each entry in a file."""
    try:
        with file.open("rb") as stream:
            is_ledger = stream.read(len(_SQLITE)) == _SQLITE
        yield from _read_ledger(file) if is_ledger else _read_export(file)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, sqlite3.Error):
        raise DataProblem(
            "restore-log", f"{file.name} cannot be read as an export of the log, or as a ledger", place=file
        ) from None


def _read_ledger(file: Path) -> Iterator[tuple[int, str, str]]:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("pragma query_only = on")
        for number, text, told in database.execute("select number, entry, hash from audit order by number"):
            yield int(number), str(text), str(told)


def _read_export(file: Path) -> Iterator[tuple[int, str, str]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            read = json.loads(line)
            if "number" in read:
                yield int(read["number"]), entry_text(read["entry"]), str(read["hash"])
