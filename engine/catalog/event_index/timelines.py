"""Timelines of the event index: the rows of a table person by person, those of one in order of first day and key,
whatever their concept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.catalog.event_index.checked import CheckedFile
from engine.catalog.event_index.derived import Part
from engine.catalog.event_index.layout import OFFSETS, TIMELINES, TIMELINES_FORMAT
from engine.catalog.event_index.tables import EventTable, Timelines
from engine.kernels.groups import group_in_order, order_by_day, sort_groups
from engine.kernels.ranges import Rows, list_rows, narrow

_PEOPLE = 1 << 14
"""People whose rows are put in order at a time."""
_READ = ("person", "start", "event_id")
_MOST_ROWS, _MOST_CONCEPTS = 1 << 32, 1 << 16
"""Rows and concepts of a table that numbers of four and two bytes can name; a larger one has no timelines."""


def timelines_part(persons: int) -> Part:
    """The timelines of so many people."""
    return Part(TIMELINES, TIMELINES_FORMAT, lambda folder, table: _write(folder, table, persons))


def open_timelines(table: str, files: Mapping[str, CheckedFile]) -> Timelines | None:
    """The timelines of a table, of the files of the part; absent where it has none."""
    if f"{table}/{OFFSETS}" not in files:
        return None
    offsets, start, concept, row = own = tuple(
        files[f"{table}/{name}"] for name in (OFFSETS, "start.bin", "concept.bin", "row.bin")
    )
    return Timelines(
        offsets=offsets.data.view(np.int64),
        start=start.data.view(np.int32),
        concept=concept.data.view(np.uint16),
        row=row.data.view(np.uint32),
        files=own,
    )


def _write(folder: Path, table: EventTable, persons: int) -> None:
    if table.rows > _MOST_ROWS or table.concepts.size > _MOST_CONCEPTS:
        return
    for name in _READ:
        table.columns[name].check((table.starts[:-1], table.starts[1:]))
        table.columns[name].let_go()
    offsets, used = np.zeros(persons + 1, "<i8"), 0
    with (
        (folder / "start.bin").open("wb") as days,
        (folder / "concept.bin").open("wb") as concepts,
        (folder / "row.bin").open("wb") as rows,
    ):
        for low in range(0, persons, _PEOPLE):
            high = min(low + _PEOPLE, persons)
            own, ordered = _ordered(table, low, high)
            offsets[low : high + 1] = own + used
            used = int(offsets[high])
            days.write(table.columns["start"].stored[ordered].tobytes())
            concepts.write((np.searchsorted(table.starts, ordered, side="right") - 1).astype("<u2").tobytes())
            rows.write(ordered.astype("<u4").tobytes())
            for name in _READ:
                table.columns[name].let_go()
    (folder / OFFSETS).write_bytes(offsets.tobytes())


def _ordered(table: EventTable, low: int, high: int) -> tuple[Rows, Rows]:
    """Of people `low` to before `high`: where each one's rows begin, and all their rows."""
    person, start, key = (table.columns[name].stored for name in _READ)
    first, last = np.empty(table.concepts.size, np.int64), np.empty(table.concepts.size, np.int64)
    used = narrow(person, table.starts[:-1], table.starts[1:], low, high, first, last)
    first, last = first[:used], last[:used]
    rows, offsets = np.empty(int((last - first).sum()), np.int64), np.zeros(high - low + 1, np.int64)
    if not rows.size:
        return offsets, rows
    list_rows(first, last, rows)
    owner, day, own_key = _held(person[rows]), _held(start[rows]), _held(key[rows])
    earliest = int(day.min())
    by_day, order = np.empty(rows.size, np.int64), np.empty(rows.size, np.int64)
    order_by_day(day, earliest, np.empty(int(day.max()) - earliest + 2, np.int64), by_day)
    group_in_order(owner, low, by_day, offsets, order)
    sort_groups(offsets, order, day, own_key)
    return offsets, rows[order]


def _held(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array, read-only as the columns that kernels are compiled for."""
    array.flags.writeable = False
    return array
