"""Source tables on disk: finding them in a folder, their columns, and a query that reads their rows in order."""

import csv
import difflib
import gzip
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from engine.ingest.session import Session, not_utf8, reading, select
from schemas.errors import DataProblem

ROW = "source row number"
"""The column `read` adds: the row's number in its file, from 1. No source column has spaces."""

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
    holds a table twice.
    """
    if not folder.is_dir():
        hint = "it is a file: give the folder, unpacked, that the tables lie in" if folder.is_file() else None
        raise DataProblem("source-missing", f"there is no folder {folder.name!r} to ingest", hint=hint, place=folder)
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        name = table_name(path)
        if name is None:
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
    return found


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
    if len(columns) != len(types):
        raise DataProblem("source-columns", f"{path.name} has two columns of one name", place=path)
    return SourceFile(path=path, columns=columns, query=query)


def _parquet(path: Path) -> exp.Select:
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
            line = stream.readline(1 << 20)
    except UnicodeDecodeError:
        raise not_utf8(path) from None
    except (OSError, EOFError):
        raise DataProblem(
            "source-unreadable", f"{path.name} cannot be read: it is damaged or cut short", place=path
        ) from None
    delimiter = max(_DELIMITERS, key=line.count)
    names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
    if not names or not all(names):
        raise DataProblem("source-columns", f"{path.name} has no header line of column names", place=path)
    if len({name.lower() for name in names}) != len(names):
        raise DataProblem("source-columns", f"{path.name} has two columns of one name", place=path)
    return names, delimiter
