"""A DuckDB connection that can read the sources, write the staging folder and do nothing else.

It has no network, no extensions, no other file, and cannot be unlocked; what does not fit in
`memory_limit` spills to the staging folder. Statements come as sqlglot trees.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp, parse_one

from schemas.errors import DataProblem

ROW_GROUP = 122_880
"""Rows a Parquet row group: DuckDB's own vector multiple, and small enough that readers skip by statistics."""

_MEMORY = re.compile(r"\d{1,6}(\.\d{1,3})?\s?[KMGT]i?B")
_NO_SPACE = "No space left"
_NOT_UTF8 = "This file is not utf-8 encoded"
_ENCRYPTED = re.compile("(File is|' is|not read) encrypted")
_CSV_LINE = re.compile(r"CSV Error on Line: (\d+)")


@dataclass(frozen=True, slots=True)
class Session:
    """One locked-down, in-memory DuckDB; each call runs on a cursor of its own."""

    connection: duckdb.DuckDBPyConnection

    def rows(self, query: exp.Expr) -> list[tuple[object, ...]]:
        """Every row of a query whose result is small."""
        with self.connection.cursor() as cursor:
            return cursor.sql(query.sql("duckdb")).fetchall()

    def one(self, query: exp.Expr) -> tuple[int, ...]:
        """The single row of a query of counts; an absent sum counts as zero."""
        return tuple(int(str(value or 0)) for value in self.rows(query)[0])

    def run(self, statement: exp.Expr) -> None:
        """A statement without a result."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement.sql("duckdb"))

    def write(self, query: exp.Expr, path: Path, *, scratch: bool = False) -> None:
        """A query's rows, in its order, as a Parquet file; `scratch` files are quicker to write and larger."""
        with self.connection.cursor() as cursor:
            relation = cursor.sql(query.sql("duckdb"))
            relation.write_parquet(str(path), compression="lz4" if scratch else "zstd", row_group_size=ROW_GROUP)

    def view(self, name: str, path: Path) -> None:
        """Call a Parquet file `name` in later queries."""
        self.run(
            exp.Create(
                this=exp.to_table(name),
                kind="VIEW",
                replace=True,
                expression=sql("SELECT * FROM READ_PARQUET($file)", file=path),
            )
        )

    def types(self, query: exp.Expr) -> dict[str, str]:
        """Column name -> SQL type of a query, which is bound and not run."""
        with self.connection.cursor() as cursor:
            relation = cursor.sql(query.sql("duckdb"))
            return {name: str(type_name) for name, type_name in zip(relation.columns, relation.dtypes, strict=True)}


@contextmanager
def open_session(staging: Path, readable: Iterable[Path], *, memory_limit: str, threads: int) -> Iterator[Session]:
    """A session that may write and spill under `staging` and read under the folders and files `readable`.

    `memory_limit` is written as `4GB`. Raises `DataProblem` when it is not, and when the work needs more
    memory or disk than there is.
    """
    if not _MEMORY.fullmatch(memory_limit):
        raise DataProblem("memory-limit", "the memory limit is a number and a unit", expected=("4GB", "512MB"))
    connection = duckdb.connect(":memory:", config={"memory_limit": memory_limit, "threads": threads})
    try:
        _lock(connection, staging, tuple(readable))
        yield Session(connection)
    except duckdb.OutOfMemoryException:
        raise DataProblem(
            "ingest-memory",
            f"the ingest needs more than {memory_limit} of memory, or more disk than is free to spill to",
            hint="raise the memory limit, or free disk space where releases are kept",
        ) from None
    except duckdb.IOException as error:
        if _NO_SPACE not in str(error):
            raise
        raise DataProblem("ingest-disk", "the disk that holds the releases is full", hint="free some space") from None
    finally:
        connection.close()


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """Faults found while a source file is read become one `DataProblem` that names it, without its content."""
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException):
        raise  # not the file's fault
    except PermissionError:
        raise
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if _NO_SPACE in str(error):
            raise
        raise unreadable(file, str(error)) from None


def unreadable(file: Path, said: str = "") -> DataProblem:
    """What a reader said of the file, in words, without the content that it may have quoted."""
    if _NOT_UTF8 in said:
        return not_utf8(file)
    if _ENCRYPTED.search(said):
        return DataProblem("source-unreadable", f"{file.name} is encrypted", hint="decrypt it first", place=file)
    line = _CSV_LINE.search(said)
    where = f" at line {int(line.group(1)):,}" if line else ""
    return DataProblem(
        "source-unreadable", f"{file.name} cannot be read{where}: it is damaged or cut short",
        hint="write the file again; CSV is UTF-8, with the same number of fields on every line", place=file,
    )  # fmt: skip


def not_utf8(file: Path) -> DataProblem:
    """A text file in another encoding, as a spreadsheet of a Korean Windows writes it."""
    return DataProblem(
        "source-unreadable", f"{file.name} is not UTF-8 text",
        hint="convert it, as `iconv -f CP949 -t UTF-8` does, or write it again as UTF-8", place=file,
    )  # fmt: skip


def sql(text: str, /, **values: "exp.Expr | Path | str | int | list[str]") -> exp.Expr:
    """A statement of ours with its `$names` filled in: paths, text and numbers become literals."""
    filled = {
        name: exp.convert(str(value.resolve()) if isinstance(value, Path) else value) for name, value in values.items()
    }
    return exp.replace_placeholders(parse_one(text, dialect="duckdb"), **filled)


def select(text: str, /, **values: "exp.Expr | Path | str | int | list[str]") -> exp.Select:
    """`sql` of a text that is a SELECT."""
    query = sql(text, **values)
    assert isinstance(query, exp.Select)
    return query


def _lock(connection: duckdb.DuckDBPyConnection, staging: Path, readable: tuple[Path, ...]) -> None:
    folders = [str(path.resolve()) for path in (staging, *readable) if path.is_dir()]
    files = [str(path.resolve()) for path in readable if path.is_file()]
    spill = staging / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    settings: dict[str, exp.Expr] = {
        "temp_directory": exp.convert(str(spill.resolve())),
        "allowed_directories": exp.convert(folders),
        "allowed_paths": exp.convert(files),
        "TimeZone": exp.convert("UTC"),
        "python_enable_replacements": exp.false(),
        "autoinstall_known_extensions": exp.false(),
        "autoload_known_extensions": exp.false(),
        "enable_progress_bar": exp.false(),
        "enable_external_access": exp.false(),
        "lock_configuration": exp.true(),
    }
    for name, value in settings.items():
        connection.execute(f"SET {name} = {value.sql('duckdb')}")
