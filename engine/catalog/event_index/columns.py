"""Writing one column of the index from its Parquet file, a batch at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.catalog.event_index.layout import MOST_CODES, PLAIN_TYPES, ColumnPlan, Ends, Form
from schemas.omop import STILL_THERE
from schemas.tables import ColumnType

_BATCH = 1 << 20

Values = Any
"""An Arrow array."""


@dataclass(frozen=True, slots=True)
class ColumnForm:
    """How a column was written: its form, and the name of the NumPy type in its file where there is one."""

    form: Form
    dtype: str | None = None


def write_column(parquet: Path, plan: ColumnPlan, folder: Path, *, ends: Ends | None = None,
                 is_row: str | None = None) -> ColumnForm:  # fmt: skip
    """Write a column to the folder in the form that suits its values.

    With `is_row` only the rows where that column is null are rows of the index.
    """
    if plan.is_plain:
        return _write_plain(parquet, plan, folder, ends, is_row)
    values = _distinct(parquet, plan, is_row)
    if values is None and plan.type is ColumnType.TEXT:
        return ColumnForm(Form.APART)
    if values is None:
        return _write_plain(parquet, plan, folder, None, is_row)
    _write_values(folder / f"{plan.name}.values", values)
    if len(values) <= 1:
        return ColumnForm(Form.CONSTANT)
    return _write_codes(parquet, plan, folder, values, is_row)


def has_values(parquet: Path, column: str) -> bool:
    """Whether any row has a value, by the statistics of the file or else its rows."""
    metadata = pq.read_metadata(parquet)
    place = metadata.schema.names.index(column)
    for group in range(metadata.num_row_groups):
        part = metadata.row_group(group)
        statistics = part.column(place).statistics
        if statistics is None or statistics.null_count is None:
            return any(len(batch[0]) > batch[0].null_count for batch in batches(parquet, (column,)))
        if statistics.null_count < part.num_rows:
            return True
    return False


def batches(parquet: Path, columns: tuple[str, ...], is_row: str | None = None) -> Iterator[list[Values]]:
    """The columns named, a batch of rows at a time; with `is_row` only the rows where that column is null."""
    read = list(dict.fromkeys((*columns, *(() if is_row is None else (is_row,)))))
    with pq.ParquetFile(parquet) as file:
        for batch in file.iter_batches(batch_size=_BATCH, columns=read, use_threads=False):
            kept = batch if is_row is None else batch.filter(pc.is_null(batch[is_row]))
            yield [kept[name] for name in columns]


def _distinct(parquet: Path, plan: ColumnPlan, is_row: str | None) -> Values | None:
    """The different values of a column, null first, then ascending; absent where they are too many to be listed."""
    found: set[object] = set()
    for (values,) in batches(parquet, plan.sources, is_row):
        own = pc.unique(_positive_zero(values))
        if len(own) > MOST_CODES:
            return None
        found.update(own.to_pylist())
        if len(found) > MOST_CODES:
            return None
    ordered: list[Any] = [value for value in found if value is not None]
    ordered.sort()
    return pa.array([*([None] if None in found else []), *ordered], _listed_type(plan.type))


def _listed_type(type_: ColumnType) -> pa.DataType:
    return pa.string() if type_ is ColumnType.TEXT else pa.from_numpy_dtype(np.dtype(PLAIN_TYPES[type_]))


def _positive_zero(values: Values) -> Values:
    """The values without a negative zero, which equals zero and would be a second value of the list."""
    if pa.types.is_floating(values.type):
        return pc.add(values, 0.0)
    return values.cast(pa.int32()) if pa.types.is_date32(values.type) else values


def _write_values(path: Path, values: Values) -> None:
    table = pa.table({"value": values})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _write_codes(parquet: Path, plan: ColumnPlan, folder: Path, values: Values, is_row: str | None) -> ColumnForm:
    dtype = np.dtype("<u1" if len(values) <= 1 << 8 else "<u2")
    with (folder / f"{plan.name}.bin").open("wb") as out:
        for (batch,) in batches(parquet, plan.sources, is_row):
            codes = pc.index_in(_positive_zero(batch), value_set=values, skip_nulls=False)
            out.write(codes.to_numpy(zero_copy_only=False).astype(dtype).tobytes())
    return ColumnForm(Form.CODES, dtype.str)


def _write_plain(parquet: Path, plan: ColumnPlan, folder: Path, ends: Ends | None, is_row: str | None) -> ColumnForm:
    dtype = np.dtype(PLAIN_TYPES[plan.type]).newbyteorder("<")
    with (folder / f"{plan.name}.bin").open("wb") as out:
        for arrays in batches(parquet, plan.sources, is_row):
            values = arrays[0] if ends is None else _last_days(arrays, ends)
            out.write(plain_values(values, dtype).tobytes())
    return ColumnForm(Form.PLAIN, dtype.str)


def plain_values(values: Values, dtype: np.dtype[np.generic]) -> npt.NDArray[np.generic]:
    """The values as a NumPy array; an absent one is the least of an integer type, or NaN."""
    values = _positive_zero(values)
    if values.null_count:
        absent = np.nan if dtype.kind == "f" else np.iinfo(dtype.str).min
        values = pc.fill_null(values, pa.scalar(absent, values.type))
    return values.to_numpy(zero_copy_only=False).astype(dtype, copy=False)


def _last_days(arrays: list[Values], ends: Ends) -> Values:
    """The last day of each event; `arrays` are the first days, the source's last days and any days of supply."""
    start, given = (array.cast(pa.int32()) for array in arrays[:2])
    rules: list[Any] = [pc.add(start, 1)]
    match ends:
        case Ends.SUPPLY:
            rules.insert(0, pc.add(start, arrays[2]))
        case Ends.STILL_THERE:
            rules.insert(0, pa.scalar(STILL_THERE).cast(pa.int32()))
        case Ends.NEXT_DAY:
            pass
    return pc.coalesce(given, *rules)
