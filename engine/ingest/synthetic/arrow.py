"""Columns to Parquet: every table of a release is written through here, in its specification's order and types."""

from collections.abc import Mapping, Sequence, Sized
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.tables import ColumnSpec, ColumnType, TableSpec

ROW_GROUP = 122_880
"""Rows a Parquet row group, as the ingest writes them."""

_ARROW = {
    ColumnType.PERSON: pa.uint32(), ColumnType.CONCEPT: pa.int32(), ColumnType.INT32: pa.int32(),
    ColumnType.INT64: pa.int64(), ColumnType.FLOAT64: pa.float64(), ColumnType.DATE: pa.date32(),
    ColumnType.TEXT: pa.string(), ColumnType.BOOLEAN: pa.bool_(),
}  # fmt: skip

Column: TypeAlias = "pa.Array[pa.Scalar[pa.DataType]]"

Columns = Mapping[str, object]
"""Column name -> NumPy array, list or Arrow array; a column left out is null in every row."""


class TableWriter:
    """Writes one table in batches that are already in its order. Use it as a context manager."""

    def __init__(self, path: Path, spec: TableSpec) -> None:
        self._spec = spec
        self._schema = pa.schema([(column.name, _ARROW[column.type]) for column in spec.columns])
        delta = [column.name for column in spec.columns if column.name in _INCREASING]
        plain = [column.name for column in spec.columns if column.name in _VARIED]
        repeated = [name for name in self._schema.names if name not in delta and name not in plain]
        self._writer = pq.ParquetWriter(
            path, self._schema, compression="zstd", compression_level=1, store_schema=False,
            use_dictionary=repeated,  # pyrefly: ignore[bad-argument-type]  # the stubs know only the boolean form
            column_encoding=dict.fromkeys(delta, "DELTA_BINARY_PACKED") or None,
        )  # fmt: skip

    def write(self, columns: Columns, rows: int) -> None:
        """`rows` rows; nothing is kept in memory afterwards."""
        arrays = [_array(column, columns.get(column.name), rows) for column in self._spec.columns]
        self._writer.write_table(pa.table(arrays, schema=self._schema), row_group_size=ROW_GROUP)

    def __enter__(self) -> "TableWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()


_INCREASING = frozenset({"event_id"})
_VARIED = frozenset({"person", "visit_occurrence_id", "value_as_number"})


def write_rows(path: Path, spec: TableSpec, columns: Columns) -> None:
    """A whole small table; the length is that of its first given column."""
    first = next(iter(columns.values()))
    assert isinstance(first, Sized)
    with TableWriter(path, spec) as writer:
        writer.write(columns, len(first))


def days(values: npt.NDArray[np.int32]) -> Column:
    """Days since 1970-01-01 as dates."""
    return pa.array(values, pa.int32()).cast(pa.date32())


def coded(values: Sequence[str | None], codes: npt.NDArray[np.integer]) -> Column:
    """The text each code stands for; code i is `values[i]`."""
    return gathered(values, pa.string(), codes)


def gathered(values: Sequence[object], kind: pa.DataType, codes: npt.NDArray[np.integer]) -> Column:
    """The value each code stands for, None as null; code i is `values[i]`."""
    return pa.array(list(values), kind).take(codes)


def _array(column: ColumnSpec, values: object, rows: int) -> Column:
    kind = _ARROW[column.type]
    if values is None:
        return pa.nulls(rows, kind)
    if isinstance(values, pa.Array):
        return values
    assert isinstance(values, (list, np.ndarray))
    return pa.array(values, kind)
