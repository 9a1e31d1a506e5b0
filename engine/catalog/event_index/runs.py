"""Runs of the event index: the rows of one concept and one person, which lie together.

They are derived from the columns of the index and lie beside it, so that an index made before there were runs need not
be made again. The reference of the event index describes their files.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalog.event_index.checked import CheckedFile, block_count, checksums
from engine.catalog.event_index.layout import CHECKSUMS, DIRECTORY, RUNS, RUNS_FORMAT, SEAL
from engine.catalog.event_index.tables import EventTable, Runs
from engine.catalog.release import Release
from schemas.errors import DataProblem

_COLUMNS: Mapping[str, np.dtype[Any]] = {
    "person": np.dtype("<u4"),
    "start": np.dtype("<i4"),
    "row": np.dtype("<i8"),
}
_ROWS = 1 << 22
"""Rows that are read at a time."""


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The runs of every table, and their files."""

    tables: Mapping[str, Runs] = field(repr=False)
    files: tuple[CheckedFile, ...] = field(repr=False)


def open_runs(release: Release, tables: Mapping[str, EventTable], source: Mapping[str, str]) -> RunFiles:
    """The runs of the tables; built first when they are absent, not whole or made from something else.

    Raises `DataProblem` where they cannot be written.
    """
    seal = _sealed(release, source)
    if seal is None:
        build_runs(release, tables, source)
        seal = _sealed(release, source)
        if seal is None:
            raise DataProblem("event-index-unwritable", "the runs of the event index changed while they were opened")
    return _opened(release.file(RUNS), tables, seal)


def build_runs(release: Release, tables: Mapping[str, EventTable], source: Mapping[str, str]) -> None:
    """Write the runs aside and rename them into place, replacing what is there."""
    folder = release.file(RUNS)
    aside = folder.with_name(f".{folder.name}.new-{os.getpid()}")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        for name, table in tables.items():
            (aside / name).mkdir(parents=True)
            _write(aside / name, table)
        _write_seal(aside, source)
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except OSError as error:
        raise DataProblem(
            "event-index-unwritable",
            f"the runs of the event index cannot be written: {error.strerror}",
            hint=f"make {RUNS}/ of the release writable, or free some space",
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write(folder: Path, table: EventTable) -> None:
    """The runs of one table, concept by concept."""
    person, start = table.columns["person"], table.columns["start"]
    person.check((table.starts[:-1], table.starts[1:]))
    start.check((table.starts[:-1], table.starts[1:]))
    firsts, used = np.zeros(table.concepts.size + 1, "<i8"), 0
    with (
        (folder / "person.bin").open("wb") as people,
        (folder / "start.bin").open("wb") as days,
        (folder / "row.bin").open("wb") as rows,
    ):
        for concept, (first, last) in enumerate(
            zip(table.starts[:-1].tolist(), table.starts[1:].tolist(), strict=True)
        ):
            for low in range(first, last, _ROWS):
                own = person.stored[low : min(low + _ROWS, last)].astype(np.int64)
                before = int(person.stored[low - 1]) if low > first else -1
                opens = np.flatnonzero(np.diff(own, prepend=before)) + low
                people.write(person.stored[opens].tobytes())
                days.write(start.stored[opens].tobytes())
                rows.write(opens.astype("<i8").tobytes())
                used += opens.size
            firsts[concept + 1] = used
        rows.write(np.array([table.rows], "<i8").tobytes())
    (folder / DIRECTORY).write_bytes(firsts.tobytes())


def _write_seal(folder: Path, source: Mapping[str, str]) -> None:
    files = sorted(folder.rglob("*.bin"))
    (folder / CHECKSUMS).write_bytes(checksums(files).astype("<u8").tobytes())
    seal = {
        "format": RUNS_FORMAT,
        "source": dict(source),
        "files": {path.relative_to(folder).as_posix(): path.stat().st_size for path in files},
        "sha256": {CHECKSUMS: _sha256(folder / CHECKSUMS)},
    }
    (folder / SEAL).write_text(json.dumps(seal, indent=1, ensure_ascii=False))


def _sealed(release: Release, source: Mapping[str, str]) -> dict[str, Any] | None:
    folder = release.file(RUNS)
    try:
        seal: dict[str, Any] = json.loads((folder / SEAL).read_text())
        if seal["format"] != RUNS_FORMAT or seal["source"] != source:
            return None
        sizes = all((folder / name).stat().st_size == size for name, size in seal["files"].items())
        return seal if sizes and _sha256(folder / CHECKSUMS) == seal["sha256"][CHECKSUMS] else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _opened(folder: Path, tables: Mapping[str, EventTable], seal: Mapping[str, Any]) -> RunFiles:
    expected = np.fromfile(folder / CHECKSUMS, "<u8")
    files: dict[str, CheckedFile] = {}
    used = 0
    for name, size in seal["files"].items():
        files[name] = CheckedFile.open(folder / name, expected[used : used + block_count(size)], f"runs/{name}")
        used += block_count(size)
    runs = {name: _runs(name, files) for name in tables}
    return RunFiles(runs, tuple(files.values()))


def _runs(table: str, files: Mapping[str, CheckedFile]) -> Runs:
    directory = files[f"{table}/{DIRECTORY}"]
    directory.check_all()
    own = {name: files[f"{table}/{name}.bin"] for name in _COLUMNS}
    arrays = {name: file.data.view(_COLUMNS[name]) for name, file in own.items()}
    firsts = np.array(directory.data.view(np.int64))
    return Runs(firsts, arrays["person"], arrays["start"], arrays["row"], tuple(own.values()))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
