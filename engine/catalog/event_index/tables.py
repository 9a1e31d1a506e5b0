"""One table of the event index: where the rows of a concept lie, and its columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.catalog.event_index.checked import CheckedFile
from engine.catalog.event_index.layout import OFFSETS, Form
from engine.kernels.ranges import Rows

Array = npt.NDArray[Any]
Stretches = tuple[Rows, Rows]
"""The first row of each stretch, and the row after its last."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: `stored` are the values of a plain one or the positions of one in codes, read-only and mapped.

    `values` is the list that codes are positions in, of a constant column the only value (none in a table without
    rows); an absent value is None there, and in a plain column the least of an integer type or NaN.
    """

    name: str
    form: Form
    values: tuple[object, ...] = field(repr=False)
    file: CheckedFile | None = field(repr=False)
    stored: Array = field(repr=False)

    @staticmethod
    def open(folder: Path, name: str, form: Form, dtype: str | None, file: CheckedFile | None) -> "Column":
        """The column of a table's folder."""
        values: tuple[object, ...] = ()
        if form in (Form.CODES, Form.CONSTANT):
            with pa.memory_map(str(folder / f"{name}.values")) as source:
                values = tuple(pa.ipc.open_file(source).read_all()["value"].to_pylist())
        stored = np.zeros(0, np.uint8) if file is None or dtype is None else file.data.view(dtype)
        return Column(name=name, form=form, values=values, file=file, stored=stored)

    @cached_property
    def listed(self) -> tuple[Array, npt.NDArray[np.bool_]]:
        """`values` as an array (int64, float64, or objects for text), and which of them are absent; what stands for
        those means nothing."""
        missing = np.array([value is None for value in self.values], np.bool_)
        filler = next((value for value in self.values if value is not None), 0)
        kind = object if isinstance(filler, str) else np.float64 if isinstance(filler, float) else np.int64
        return np.array([filler if value is None else value for value in self.values], kind), missing

    def check(self, stretches: Stretches) -> None:
        """Compare the blocks that hold these rows; raises `DataProblem` when they are damaged."""
        if self.file is not None:
            self.file.check(*stretches, self.stored.itemsize)

    def let_go(self) -> None:
        """See `CheckedFile.let_go`."""
        if self.file is not None:
            self.file.let_go()


@dataclass(frozen=True, slots=True)
class Runs:
    """The rows of one concept and one person are a run. Runs of the `i`-th concept of the table lie from `firsts[i]` to
    before `firsts[i + 1]`, in order of person; rows of run `j` from `row[j]` to before `row[j + 1]`.

    `start` is the first day of each run.
    """

    firsts: Rows = field(repr=False)
    person: npt.NDArray[np.uint32] = field(repr=False)
    start: npt.NDArray[np.int32] = field(repr=False)
    row: Rows = field(repr=False)
    files: tuple[CheckedFile, ...] = field(repr=False)

    def check(self, stretches: Stretches) -> None:
        """Compare the blocks that hold these runs; raises `DataProblem` when they are damaged."""
        first, last = stretches
        for file, column in zip(self.files, (self.person, self.start, self.row), strict=True):
            file.check(first, last + (1 if column is self.row else 0), column.itemsize)


@dataclass(frozen=True, slots=True)
class Timelines:
    """The rows of each person, in order of first day and key, whatever their concept: those of person `p` lie from
    `offsets[p]` to before `offsets[p + 1]` of `start`, the first day of each, `concept`, the place of its concept among
    those of the table, and `row`, its row."""

    offsets: Rows = field(repr=False)
    start: npt.NDArray[np.int32] = field(repr=False)
    concept: npt.NDArray[np.uint16] = field(repr=False)
    row: npt.NDArray[np.uint32] = field(repr=False)
    files: tuple[CheckedFile, ...] = field(repr=False)

    def check(self, start: int, stop: int) -> None:
        """Compare the blocks that hold the rows of people `start` to before `stop`; raises `DataProblem`."""
        _check_people(self.files, (self.start, self.concept, self.row), self.offsets, start, stop)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTable:
    """A table: rows of concept `concepts[i]` (ascending) lie from `starts[i]` to before `starts[i + 1]`, in order of
    person, first day, key."""

    name: str
    parquet: Path
    rows: int
    concepts: npt.NDArray[np.int32] = field(repr=False)
    starts: Rows = field(repr=False)
    columns: Mapping[str, Column] = field(repr=False)
    runs: Runs | None = field(default=None, repr=False)
    """Absent of the survey answers."""
    timelines: Timelines | None = field(default=None, repr=False)
    """Absent of the survey answers, and of a table of more than 2^32 rows or 65,536 concepts."""
    is_row: str | None = None
    """The column of the Parquet file that is null in rows of the table, where others are none of its rows."""

    def stretches(self, concepts: Iterable[int] | None) -> Stretches:
        """The rows of the concepts, or all, one stretch a concept that has rows."""
        places = self._places(concepts)
        return self.starts[:-1][places], self.starts[1:][places]

    def run_stretches(self, concepts: Iterable[int] | None) -> Stretches:
        """The runs of the concepts, or all, one stretch a concept that has rows."""
        assert self.runs is not None, "event tables have runs"
        places = self._places(concepts)
        return self.runs.firsts[:-1][places], self.runs.firsts[1:][places]

    def has(self, concepts: Iterable[int] | None) -> npt.NDArray[np.bool_]:
        """For each concept of the table whether it is one of these, or all."""
        found = np.zeros(self.concepts.size, np.bool_)
        found[self._places(concepts)] = True
        return found

    def _places(self, concepts: Iterable[int] | None) -> Rows:
        """Where the concepts that have rows lie in `concepts`."""
        if concepts is None:
            return np.arange(self.concepts.size)
        wanted = np.fromiter(concepts, np.int32)
        if not self.concepts.size:
            return np.zeros(0, np.int64)
        places = np.minimum(self.concepts.searchsorted(wanted), self.concepts.size - 1)
        return places[self.concepts[places] == wanted]

    def concept_at(self, rows: Rows) -> npt.NDArray[np.int32]:
        """The concept of each row."""
        return self.concepts[self.starts.searchsorted(rows, "right") - 1]

    def texts(self, name: str, rows: Rows) -> list[str | None]:
        """The values of a column that is held apart, read from the row groups of the Parquet file that have them."""
        found: list[str | None] = [None] * rows.size
        with pq.ParquetFile(self.parquet) as file:
            ends = np.cumsum([self._rows_in(file, group) for group in range(file.metadata.num_row_groups)])
            groups = np.searchsorted(ends, rows, side="right")
            for group in np.unique(groups).tolist():
                own = np.flatnonzero(groups == group)
                values = self._values_in(file, group, name)
                first = int(ends[group - 1]) if group else 0
                for place, value in zip(own.tolist(), values.take(rows[own] - first).to_pylist(), strict=True):
                    found[place] = value
        return found

    def _rows_in(self, file: pq.ParquetFile, group: int) -> int:
        """How many rows of the table a row group of the Parquet file has, by its statistics or else its rows."""
        part = file.metadata.row_group(group)
        if self.is_row is None:
            return int(part.num_rows)
        statistics = part.column(file.schema_arrow.get_field_index(self.is_row)).statistics
        if statistics is not None and statistics.null_count is not None:
            return int(statistics.null_count)
        return int(file.read_row_group(group, columns=[self.is_row])[0].null_count)

    def _values_in(self, file: pq.ParquetFile, group: int, name: str) -> "pa.ChunkedArray[Any]":
        """A column of those rows."""
        if self.is_row is None:
            return file.read_row_group(group, columns=[name])[0]
        read = file.read_row_group(group, columns=[name, self.is_row])
        return read[name].filter(pc.is_null(read[self.is_row]))


@dataclass(frozen=True, slots=True)
class PersonRows:
    """Rows person by person: those of person `p` lie from `offsets[p]` to before `offsets[p + 1]` of each column."""

    offsets: Rows = field(repr=False)
    columns: Mapping[str, Array] = field(repr=False)
    files: tuple[CheckedFile, ...] = field(repr=False)

    @staticmethod
    def open(folder: str, files: Mapping[str, CheckedFile], columns: Mapping[str, np.dtype[Any]]) -> "PersonRows":
        """The rows of a folder of the index."""
        own = {name: files[f"{folder}/{name}.bin"] for name in columns}
        offsets = files[f"{folder}/{OFFSETS}"]
        return PersonRows(
            offsets.data.view(np.int64),
            {name: file.data.view(columns[name]) for name, file in own.items()},
            (offsets, *own.values()),
        )

    def check(self, start: int, stop: int) -> None:
        """Compare the blocks that hold the rows of people `start` to before `stop`."""
        _check_people(self.files, tuple(self.columns.values()), self.offsets, start, stop)


def _check_people(
    files: tuple[CheckedFile, ...], columns: tuple[Array, ...], offsets: Rows, start: int, stop: int
) -> None:
    """Compare the blocks of offsets (the first file) and columns that hold the rows of these people."""
    files[0].check_between(start, stop + 1, 8)
    low, high = int(offsets[start]), int(offsets[stop])
    for file, column in zip(files[1:], columns, strict=True):
        file.check_between(low, high, column.itemsize)
