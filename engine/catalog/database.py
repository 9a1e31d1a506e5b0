"""The one door to DuckDB for reading: an in-memory database of views over a release, locked down.

After opening nothing but the release's tables can be read, nothing can be attached, installed or configured, and every
statement but one SELECT is refused: DuckDB itself would let a file that may be read be written too. Each query runs on
a cursor of its own, so queries may run in threads side by side.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.catalog.interruption import Interruption
from engine.catalog.lookups import FOLDER as LOOKUPS
from engine.catalog.release import Release
from schemas.errors import InternalError
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import GENOTYPE_TABLES, PERSON, RELEASE_TABLES

HELD_BYTES = 16 * 1024 * 1024
"""How much of a release's files is held in memory by default: the dictionaries, and small tables that are read whole.
At national size larger ones, which few questions that need DuckDB name, would make a quarter of the time of opening."""

QUERY_SECONDS = 300.0
"""After how long a query is stopped by default: ten times the longest deadline of an answer, so that no query that is
meant to run comes near, and none runs for ever."""

_DEEPEST_EXPRESSION = 250

Columns = Mapping[str, npt.NDArray[np.generic]]


class Database:
    """The tables of `schemas.release` by name: views over the Parquet files of one release, or held in memory.

    People and their observation periods, which every question joins, are always held; other tables but those of
    variants are while their files are no larger than `held_bytes` together, the smallest first (in memory they take
    about seven times that).
    """

    def __init__(
        self,
        release: Release,
        *,
        threads: int = 2,
        memory_limit: str = "4GB",
        temporary: Path | None = None,
        held_bytes: int = HELD_BYTES,
        query_seconds: float = QUERY_SECONDS,
    ):
        self._connection = duckdb.connect()
        settings = {
            "threads": threads,
            "memory_limit": memory_limit,
            "max_execution_time": round(query_seconds * 1000),
            "max_expression_depth": _DEEPEST_EXPRESSION,
            "allowed_directories": [str(release.path / LOOKUPS)],
            "allowed_paths": [str(release.file(table.path)) for table in RELEASE_TABLES if release.has(table)],
            "temp_directory": str(temporary or ""),
            "allow_persistent_secrets": False,
            "python_enable_replacements": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "parquet_metadata_cache": True,
            "preserve_insertion_order": False,
        }
        for name, value in settings.items():
            self._connection.execute(f"SET GLOBAL {name} = $value", {"value": value})  # for every cursor
        held = _held(release, held_bytes)
        for table in RELEASE_TABLES:
            if release.has(table):
                rows = self._connection.read_parquet(str(release.file(table.path)))
                if table.name in held:
                    rows.create(table.name)
                else:
                    rows.create_view(table.name)
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def columns(
        self,
        sql: str,
        parameters: Mapping[str, object],
        tables: Mapping[str, pa.Table] | None = None,
        stop: Interruption | None = None,
    ) -> Columns:
        """The result as NumPy arrays by column name. `tables` are visible to this query only, under their names.

        Raises `InternalError` when it cannot be run, and `TooExpensive` when it is given up through `stop`; its memory
        is free then.
        """
        try:
            with self._cursor(tables or {}) as cursor:
                select = _only_select(cursor, sql)
                with nullcontext() if stop is None else stop.stopping(cursor.interrupt):
                    return cursor.execute(select, dict(parameters)).fetchnumpy()
        except InternalError:
            if stop is not None:
                stop.check()
            raise

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[tuple[object, ...]]:
        """The result as Python tuples, for small answers."""
        with self._cursor({}) as cursor:
            return cursor.execute(_only_select(cursor, sql), dict(parameters or {})).fetchall()

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()

    @contextmanager
    def _cursor(self, tables: Mapping[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._connection.cursor()
        try:
            for name, table in tables.items():
                cursor.register(name, table)
            yield cursor
        except duckdb.Error as error:
            # Whether memory or time ran out depends on the data, so the caller learns what any fault of ours tells.
            raise InternalError("database", "the query could not be run") from error
        finally:
            for name in tables:
                cursor.unregister(name)
            cursor.close()


def _only_select(cursor: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """The one statement of a text; whatever else it may be is a fault of ours."""
    match cursor.extract_statements(sql):
        case [statement] if statement.type is duckdb.StatementType.SELECT:
            return statement
        case _:
            raise InternalError("database", "only a SELECT is run")


def _held(release: Release, held_bytes: int) -> frozenset[str]:
    """The names of the tables to hold in memory."""
    names = {PERSON.name, EVENT_TABLES[Domain.OBSERVATION_PERIOD].name}
    tables = [table for table in RELEASE_TABLES if release.has(table) and table not in GENOTYPE_TABLES]
    for table in sorted(tables, key=lambda table: release.file(table.path).stat().st_size):
        held_bytes -= release.file(table.path).stat().st_size
        if held_bytes >= 0:
            names.add(table.name)
    return frozenset(names)
