"""Runs of the event index: the rows of one concept and one person, which lie together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.catalog.event_index.checked import CheckedFile
from engine.catalog.event_index.derived import Part
from engine.catalog.event_index.layout import DIRECTORY, RUNS, RUNS_FORMAT
from engine.catalog.event_index.tables import EventTable, Runs

_COLUMNS: Mapping[str, np.dtype[Any]] = {
    "person": np.dtype("<u4"),
    "start": np.dtype("<i4"),
    "row": np.dtype("<i8"),
}
_ROWS = 1 << 22
"""Rows that are read at a time."""


def open_runs(table: str, files: Mapping[str, CheckedFile]) -> Runs:
    """The runs of a table, of the files of `RUNS_PART`."""
    directory = files[f"{table}/{DIRECTORY}"]
    directory.check_all()
    own = {name: files[f"{table}/{name}.bin"] for name in _COLUMNS}
    arrays = {name: file.data.view(_COLUMNS[name]) for name, file in own.items()}
    firsts = np.array(directory.data.view(np.int64))
    return Runs(firsts, arrays["person"], arrays["start"], arrays["row"], tuple(own.values()))


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


RUNS_PART = Part(RUNS, RUNS_FORMAT, _write)
