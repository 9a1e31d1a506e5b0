"""What an ingest of variants puts aside: alleles as rows of Parquet, their calls as compressed bytes.

Files come in any order and in any number, so calls are written as they are read and fetched again in the order
of the release; only one allele's calls are in memory at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engine.kernels.calls import Calls
from schemas.release import VARIANT
from schemas.tables import ColumnType, TableSpec

_CODEC = pa.Codec("zstd", 1)
_BATCH = 20_000


class CalledAllele(NamedTuple):
    """One allele of one file. `call_start` and `call_bytes` find its calls; counts are over the file's samples."""

    rank: int
    position: int
    ref: str
    alt: str
    ordinal: int
    file: int
    call_start: int
    call_bytes: int
    allele_count: int
    allele_number: int
    homozygotes: int
    missing: int
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
    """One allele of the annotation; `ordinal` is its place there."""

    rank: int
    position: int
    ref: str
    alt: str
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


_WHOLE_NUMBERS = frozenset(
    {"rank", "position", "ordinal", "file", "call_start", "call_bytes"}
    | {"allele_count", "allele_number", "homozygotes", "missing"}
)


def _schema(names: tuple[str, ...]) -> pa.Schema:
    types = {name: pa.int64() for name in _WHOLE_NUMBERS} | {"af_external": pa.float64()}
    return pa.schema([pa.field(name, types.get(name, pa.string())) for name in names])


CALLED_SCHEMA = _schema(CalledAllele._fields)
ANNOTATED_SCHEMA = _schema(AnnotatedAllele._fields)


_TYPES: Mapping[ColumnType, pa.DataType] = {
    ColumnType.PERSON: pa.uint32(),
    ColumnType.INT32: pa.int32(),
    ColumnType.FLOAT64: pa.float64(),
    ColumnType.TEXT: pa.string(),
}


def table_schema(table: TableSpec) -> pa.Schema:
    """The Arrow schema of a genotype table of the release."""
    return pa.schema([pa.field(column.name, _TYPES[column.type]) for column in table.columns])


VARIANT_SCHEMA = table_schema(VARIANT)


class RowWriter:
    """Writes tuples, one a row, to a Parquet file, a batch at a time. Use it as a context manager."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._rows: list[tuple[int | float | str | None, ...]] = []
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")

    def append(self, row: tuple[int | float | str | None, ...]) -> None:
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
    """Calls put aside, each found again by where it starts and its length in bytes."""

    file: BinaryIO = field(repr=False)
    used: int = 0

    def put(self, calls: Calls) -> tuple[int, int]:
        """Append int8 calls; returns where they start and how many bytes they take."""
        packed = _CODEC.compress(calls.tobytes(), asbytes=True)
        self.file.write(packed)
        start, self.used = self.used, self.used + len(packed)
        return start, len(packed)

    def get(self, start: int, length: int, samples: int) -> Calls:
        """int8[samples] put aside before."""
        self.file.seek(start)
        return np.frombuffer(_CODEC.decompress(self.file.read(length), samples, asbytes=True), np.int8)


def read_rows(path: Path) -> Iterator[CalledAllele]:
    """Called alleles in the order of the file, which is read in batches."""
    for batch in pq.ParquetFile(path).iter_batches(_BATCH, columns=list(CalledAllele._fields)):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield CalledAllele(*row)
