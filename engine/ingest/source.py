"""Source tables on disk: finding them in a folder, their columns, and a query that reads their rows in order."""

import csv
import difflib
import gzip
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from sqlglot import exp

from engine.ingest.session import Session, not_utf8, reading, select, unreadable
from schemas.errors import DataProblem

ROW = "source row number"
"""The column `read` adds: the row's number in its file, from 1."""

_FILE_ROW = "file_row_number"
"""The column that DuckDB adds to a Parquet file to make `ROW` of."""

_PIECE = 1 << 20

_DELIMITERS = ",\t;|"
"""What may separate the columns of a CSV file: the one that its header has most of, the first where two are equal."""

_SUFFIXES = (".parquet", ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A readable table. `columns`: lower-case name -> (name as the file writes it, SQL type)."""

    path: Path
    columns: Mapping[str, tuple[str, str]]
    query: exp.Select
    """Every column and `ROW`, in file order."""

    @property
    def fingerprint(self) -> str:
        """Size and time of last change, which tell whether the file is still the one that was read."""
        stat = self.path.stat()
        return f"{stat.st_size}:{stat.st_mtime_ns}"


def find_tables(folder: Path, known: Collection[str]) -> dict[str, Path]:
    """Lower-case table name -> file, for every data file in the folder.

    Raises one `DataProblem` when the folder is absent, holds a data file whose name is not in `known`, or
    holds a table twice or only in a form that is not read.
    """
    if not folder.is_dir():
        hint = "it is a file: give the folder, unpacked, that the tables lie in" if folder.is_file() else None
        raise DataProblem("source-missing", f"there is no folder {folder.name!r} to ingest", hint=hint, place=folder)
    found: dict[str, Path] = {}
    others: list[Path] = []
    for path in sorted(folder.iterdir()):
        name = table_name(path)
        if name is None:
            others.append(path)
            continue
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else "move it out of the folder if it is not a source table"
            raise DataProblem(
                "source-unknown-file", f"{path.name} is not a table this folder may hold", hint=hint, place=path
            )
        if name in found:
            raise DataProblem("source-twice", f"{found[name].name} and {path.name} are both table {name}", place=path)
        found[name] = path
    _refuse_other_forms(others, set(known) - set(found))
    return found


def _refuse_other_forms(paths: Iterable[Path], absent: Collection[str]) -> None:
    """A table that is there as a spreadsheet, packed, or as a folder of parts is not to be taken for an absent one."""
    for path in paths:
        if path.name.lower().partition(".")[0] in absent:
            raise DataProblem(
                "source-unknown-file", f"{path.name} is not a file that a table can be read from",
                expected=[f"one file that ends in {suffix}" for suffix in (".parquet", ".csv", ".csv.gz", ".tsv")],
                hint="write it as one of these, or move it out of the folder if it is not a source table", place=path,
            )  # fmt: skip


def table_name(path: Path) -> str | None:
    """The table a file holds by its name, absent when it is not a data file."""
    lower = path.name.lower()
    for suffix in sorted(_SUFFIXES, key=len, reverse=True):
        if lower.endswith(suffix) and not lower.startswith(".") and path.is_file():
            return lower.removesuffix(suffix)
    return None


def open_source(session: Session, path: Path) -> SourceFile:
    """A file's columns and the query that reads it; `DataProblem` naming the file when it cannot be read."""
    parquet = path.name.lower().endswith(".parquet")
    query = _parquet(path) if parquet else _csv(path)
    with reading(path):
        types = session.types(query)
    types.pop(ROW)
    columns = {name.lower(): (name, type_name) for name, type_name in types.items()}
    return SourceFile(path=path, columns=columns, query=query)


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """While the block reads packed text, compare it with its checksum, which DuckDB does not: a changed bit may
    change a value and nothing else. `DataProblem` at the end of the block where they differ."""
    if not path.name.lower().endswith(".gz"):
        yield
        return
    with ThreadPoolExecutor(1) as beside:
        checked = beside.submit(_unpack, path)
        yield
    try:
        checked.result()
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise unreadable(path) from None


def _unpack(path: Path) -> None:
    with gzip.open(path, "rb") as stream:
        while stream.read(_PIECE):
            pass


def _parquet(path: Path) -> exp.Select:
    with reading(path):
        names = pq.read_schema(path).names
    _check_names(path, names)
    return select(
        "SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS $row "
        "FROM READ_PARQUET($path, file_row_number = TRUE)",
        path=path,
        row=exp.to_identifier(ROW, quoted=True),
    )


def _csv(path: Path) -> exp.Select:
    # Tab-separated files are what Athena gives: their quotation marks are text, not quoting.
    names, delimiter = _header(path)
    quote = "" if delimiter == "\t" else '"'
    return select(
        "SELECT *, ROW_NUMBER() OVER () AS $row FROM READ_CSV($path, columns = $columns, header = TRUE, "
        "delim = $delimiter, quote = $quote, escape = $quote, nullstr = '', auto_detect = FALSE)",
        path=path,
        columns=_struct(names),
        delimiter=delimiter,
        quote=quote,
        row=exp.to_identifier(ROW, quoted=True),
    )


def _struct(names: list[str]) -> exp.Struct:
    varchar = exp.convert("VARCHAR")
    return exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=varchar.copy()) for name in names
        ]
    )


def _header(path: Path) -> tuple[list[str], str]:
    """The column names of a CSV file, and what separates them."""
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as stream:
            line = stream.readline(_PIECE)
    except UnicodeDecodeError:
        raise not_utf8(path) from None
    except PermissionError:
        raise
    except (OSError, EOFError, zlib.error):
        raise unreadable(path) from None
    delimiter = max(_DELIMITERS, key=line.count)
    names = _fields(line, delimiter)
    _check_names(path, names)
    return names, delimiter


def _fields(line: str, delimiter: str) -> list[str]:
    """The fields of a line; none where it is too long to be one of names."""
    try:
        return [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _check_names(path: Path, names: list[str]) -> None:
    if not any(names):
        raise DataProblem("source-columns", f"{path.name} has no header line of column names", place=path)
    if not all(names):
        number = names.index("") + 1
        raise DataProblem("source-columns", f"column {number} of {path.name} has no name in the header line",
                          hint="give it one, or leave the column out", place=path)  # fmt: skip
    times = Counter(name.lower() for name in (*names, ROW, _FILE_ROW))
    twice = [name for name in times if times[name] > 1]
    if twice:
        raise DataProblem("source-columns", f"{path.name} has two columns of one name, or one that reading it needs",
                          hint=f"rename {', '.join(twice)}", place=path)  # fmt: skip
