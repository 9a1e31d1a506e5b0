"""Which tables of an aborted ingest are finished, so that the next one need not read them again.

The journal lies in the staging folder. A table counts as finished only for the same source files (by size and
time of change), the same plan, and while its files are as it left them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from engine.ingest.report import TableReport

_NAME = "journal.json"


@dataclass(frozen=True, slots=True)
class Journal:
    """Finished tables of the ingest whose work folder is `folder`."""

    folder: Path
    entries: dict[str, dict[str, object]] = field(default_factory=dict)

    def finished(self, table: str, key: str, files: tuple[Path, ...]) -> TableReport | None:
        """The report of a table finished under this key, absent when it has to be read."""
        entry = self.entries.get(table)
        if entry is None or entry.get("key") != key or entry.get("sizes") != _sizes(files):
            return None
        report = entry.get("report")
        return TableReport.from_json(report) if isinstance(report, Mapping) else None

    def add(self, report: TableReport, key: str, files: tuple[Path, ...]) -> None:
        """Note that a table is finished; durable before this returns."""
        self.entries[report.table] = {
            "key": key, "sizes": _sizes(files), "report": json.loads(json.dumps(asdict(report)))
        }  # fmt: skip
        aside = self.folder / f"{_NAME}.new"
        aside.write_text(json.dumps(self.entries))
        aside.replace(self.folder / _NAME)


def read_journal(folder: Path) -> Journal:
    """The journal in a work folder; an empty one when there is none or it cannot be read."""
    try:
        entries = json.loads((folder / _NAME).read_text())
    except (OSError, ValueError):
        return Journal(folder)
    return Journal(folder, entries if isinstance(entries, dict) else {})


def key_of(*parts: str) -> str:
    """One short key of everything a table's content depends on."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _sizes(files: tuple[Path, ...]) -> list[int]:
    return [file.stat().st_size if file.is_file() else -1 for file in files]
