"""What the index holds person by person: observation periods in order, and visits by key."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.catalog.event_index.checked import mapped
from engine.catalog.event_index.columns import ColumnForm
from engine.catalog.event_index.layout import DIRECTORY, OFFSETS, PERIODS, VISITS
from engine.kernels.groups import group, sort_groups
from engine.kernels.ranges import Rows, list_rows, narrow

Forms = dict[str, ColumnForm]
Days = npt.NDArray[np.int32]

_PEOPLE = 1 << 15
"""People whose rows are put in order at a time."""


def write_by_person(folder: Path, *, periods: Forms, visits: Forms, persons: int) -> None:
    """Write `periods/` and `visits/` from the columns of the observation periods and the visits, which lie in the
    folder; a release without such a table has none of them."""
    _write(folder, PERIODS, "observation_period", ("start", "end"), periods, persons)
    _write(folder, VISITS, "visit", ("event_id", "concept_id"), visits, persons)


def _write(folder: Path, name: str, table: str, columns: tuple[str, str], forms: Forms, persons: int) -> None:
    """For each person the rows of the table, in order of the two columns."""
    target = folder / name
    target.mkdir()
    offsets, used = np.zeros(persons + 1, np.int64), 0
    with ExitStack() as stack:
        files = [stack.enter_context((target / f"{column}.bin").open("wb")) for column in columns]
        for start, stop in _blocks(persons) if forms else ():
            own, arrays = _ordered(folder / table, columns, forms, start, stop)
            offsets[start : stop + 1] = own + used
            used = int(offsets[stop])
            for file, array in zip(files, arrays, strict=True):
                file.write(array.tobytes())
    (target / OFFSETS).write_bytes(offsets.astype("<i8").tobytes())


def _blocks(persons: int) -> Iterator[tuple[int, int]]:
    for start in range(0, persons, _PEOPLE):
        yield start, min(start + _PEOPLE, persons)


def _ordered(
    folder: Path, columns: tuple[str, str], forms: Forms, start: int, stop: int
) -> tuple[Rows, list[npt.NDArray[np.generic]]]:
    """Of people `start` to before `stop`: where each one's rows begin, and the columns with their rows together."""
    concepts, starts = read_directory(folder / DIRECTORY)
    person = mapped(folder / "person.bin").view(np.uint32)
    first, last = np.empty(concepts.size, np.int64), np.empty(concepts.size, np.int64)
    used = narrow(person, starts[:-1], starts[1:], start, stop, first, last)
    first, last = first[:used], last[:used]
    rows = np.empty(int((last - first).sum()), np.int64)
    list_rows(first, last, rows)
    values = [_values(folder, column, forms, concepts, starts, rows) for column in columns]
    offsets, order = np.empty(stop - start + 1, np.int64), np.empty(rows.size, np.int64)
    group(person[rows], start, offsets, order)
    has_days = columns[0] == "start"
    day = values[0].astype(np.int32) if has_days else np.zeros(rows.size, np.int32)
    key = values[1] if has_days else values[0]
    sort_groups(offsets, order, day, key.astype(np.int64))
    return offsets, [array[order] for array in values]


def _values(
    folder: Path, column: str, forms: Forms, concepts: Days, starts: Rows, rows: Rows
) -> npt.NDArray[np.generic]:
    if column == "concept_id":
        return concepts[np.searchsorted(starts, rows, side="right") - 1]
    if column not in forms:  # an end that no row of the source gives: the day after the first
        return mapped(folder / "start.bin").view(np.int32)[rows] + np.int32(1)
    dtype = forms[column].dtype
    assert dtype is not None, "the columns that kernels read are plain"
    return mapped(folder / f"{column}.bin").view(dtype)[rows]


def read_directory(path: Path) -> tuple[Days, Rows]:
    """The concepts of a table, ascending, and the first row of each, then the number of rows."""
    data = mapped(path)
    number = (data.size - 8) // 12  # padding takes less than another concept would
    words = (4 * number + 7) // 8 * 8
    return data[: 4 * number].view(np.int32), data[words:].view(np.int64)
