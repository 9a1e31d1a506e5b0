"""What an ingest of variants puts aside: alleles as rows of Parquet, their calls and dosages as compressed bytes.

Files come in any order and in any number, so calls are written as they are read and fetched again in the order
of the release; only one allele's calls are in memory at a time.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engine.genotypes.pgen import Levels
from engine.kernels.calls import Calls
from schemas.tables import TableSpec

Value = int | float | str | bool | None
_CODEC = pa.Codec("zstd", 1)
_BATCH = 10_000
_MOST_OPEN = 200


class CalledAllele(NamedTuple):
    """One allele of one file. `part` is the number of the part it was read in and `ordinal` its place there; the calls
    begin at `start` of the part's bin and take `call_bytes`, the dosages behind them `dosage_bytes` (0 for none).

    `ploidy` is that of the place (`Ploidy`). Counts are over the file's kept samples; `called` have a copy
    and a call.
    """

    rank: int
    position: int
    ref: str
    alt: str
    part: int
    ordinal: int
    start: int
    call_bytes: int
    dosage_bytes: int
    ploidy: int
    called: int
    allele_count: int
    allele_number: int
    homozygotes: int
    hemizygotes: int
    source_variant: str
    filter: str | None
    rsid: str | None
    gene: str | None
    transcript: str | None
    consequence: str | None
    hgvs_c: str | None
    hgvs_p: str | None
    lof: str | None
    clinvar: str | None
    af_external: float | None


class AnnotatedAllele(NamedTuple):
    """One allele of the annotation; `part` and `ordinal` are its place there."""

    rank: int
    position: int
    ref: str
    alt: str
    part: int
    ordinal: int
    rsid: str | None
    gene: str | None
    transcript: str | None
    consequence: str | None
    hgvs_c: str | None
    hgvs_p: str | None
    lof: str | None
    clinvar: str | None
    af_external: float | None


_TYPES = {int: pa.int64(), str: pa.string(), str | None: pa.string(), float | None: pa.float64()}


def _schema(row: type[CalledAllele] | type[AnnotatedAllele]) -> pa.Schema:
    return pa.schema([pa.field(name, _TYPES[kind]) for name, kind in row.__annotations__.items()])


CALLED_SCHEMA = _schema(CalledAllele)
ANNOTATED_SCHEMA = _schema(AnnotatedAllele)


def table_schema(table: TableSpec) -> pa.Schema:
    """The Arrow schema of a table of the release."""
    # pyrefly: ignore[no-matching-overload] -- the stub lists the aliases as literals
    return pa.schema([pa.field(column.name, pa.type_for_alias(column.type.arrow)) for column in table.columns])


class RowWriter:
    """Writes tuples, one a row, to a Parquet file, a batch at a time. Use it as a context manager."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._rows: list[Sequence[Value]] = []
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")

    def append(self, row: Sequence[Value]) -> None:
        """One more row, in the order of the schema."""
        self._rows.append(row)
        if len(self._rows) == _BATCH:
            self._flush()

    def _flush(self) -> None:
        columns = zip(*self._rows, strict=True) if self._rows else ((),) * len(self._schema)
        arrays = [pa.array(column, kind.type) for column, kind in zip(columns, self._schema, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows.clear()

    def __enter__(self) -> "RowWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self._rows:
            self._flush()
        self._writer.close()


@dataclass(slots=True)
class CallsBin:
    """Calls put aside, one allele after another."""

    file: BinaryIO = field(repr=False)
    used: int = 0

    def put(self, calls: Calls, levels: Levels | None) -> tuple[int, int, int]:
        """Append int8 calls and any dosages; returns where they start and how many bytes each takes."""
        start = self.used
        return start, self._append(calls.data), 0 if levels is None else self._append(levels.data)

    def _append(self, data: memoryview) -> int:
        packed = _CODEC.compress(data, asbytes=True)
        self.file.write(packed)
        self.used += len(packed)
        return len(packed)


class CallsBins:
    """The bins of every part, opened as they are needed. A context manager."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._open: OrderedDict[int, BinaryIO] = OrderedDict()

    def calls(self, row: CalledAllele, samples: int) -> Calls:
        """int8[samples] of an allele."""
        packed = self._read(row.part, row.start, row.call_bytes)
        return np.frombuffer(_CODEC.decompress(packed, samples, asbytes=True), np.int8)

    def levels(self, row: CalledAllele, samples: int) -> Levels | None:
        """Its dosages, where there are any."""
        if not row.dosage_bytes:
            return None
        packed = self._read(row.part, row.start + row.call_bytes, row.dosage_bytes)
        return np.frombuffer(_CODEC.decompress(packed, 2 * samples, asbytes=True), np.uint16)

    def _read(self, part: int, start: int, length: int) -> bytes:
        if part not in self._open:
            if len(self._open) == _MOST_OPEN:
                self._open.popitem(last=False)[1].close()
            self._open[part] = self._paths[part].open("rb")
        file = self._open[part]
        file.seek(start)
        return file.read(length)

    def __enter__(self) -> "CallsBins":
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.close()
