"""Small files people have, plain or gzipped, and the small tables made from them."""

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.errors import DataProblem
from schemas.tables import TableSpec

_GZIP = b"\x1f\x8b"
_DELIMITERS = ",\t;|"
"""As in tables of OMOP; the first where two are equal."""

_DAMAGE = (OSError, EOFError, ValueError, zlib.error, csv.Error, pa.ArrowException)
"""What readers raise of files that are missing, cut short, or not text."""


@contextmanager
def reading(path: Path, code: str) -> Iterator[None]:
    """Damage met inside becomes one `DataProblem` with this code."""
    try:
        yield
    except _DAMAGE as error:
        raise DataProblem(
            code,
            f"{path.name} cannot be read",
            hint="check that it exists, is whole, and is text, gzip or Parquet",
            place=path,
        ) from error


def open_bytes(path: Path) -> BinaryIO:
    """The file's bytes, unpacked where it is gzipped, whatever its name."""
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def is_parquet(path: Path) -> bool:
    """Whether the file says that it is Parquet."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def delimiter_of(header: str) -> str:
    """What separates columns: of comma, tab, semicolon and bar the one that the line has most of."""
    return max(_DELIMITERS, key=header.count)


def header_of(line: str) -> tuple[list[str], str]:
    """The names of columns that a first line gives, in lower case, and what separates them."""
    delimiter = delimiter_of(line)
    return [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter), [])], delimiter


def write_table(path: Path, spec: TableSpec, columns: Mapping[str, Iterable[object]]) -> None:
    """The rows given, sorted by what the table is clustered by; `columns` has every column of the specification."""
    # pyrefly: ignore[no-matching-overload] -- the stub lists the aliases as literals
    fields = [pa.field(column.name, pa.type_for_alias(column.type.arrow)) for column in spec.columns]
    arrays = [pa.array(columns[column.name], field.type) for column, field in zip(spec.columns, fields, strict=True)]
    table = pa.table(arrays, schema=pa.schema(fields))
    pq.write_table(table.sort_by([(name, "ascending") for name in spec.clustered_by]), path, compression="zstd")
