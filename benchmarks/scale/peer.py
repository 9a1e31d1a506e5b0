"""OHDSI's SQL over a release: native DuckDB tables of the same people, and one statement a question.

The tables hold what OHDSI's SQL reads: keys, days, concepts and numbers, without the texts of the source. They lie in
the order of the release (concept, person, day), where DuckDB's own min-max index of each block skips most of a table.
"""

import shutil
import sys
from pathlib import Path

import duckdb

from engine.catalog.release import Release
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import RELEASE_TABLES
from schemas.tables import ColumnSpec, ColumnType, TableSpec

_VOCABULARY = ("concept", "concept_ancestor", "concept_relationship")
_PEOPLE = ("person", "location", "care_site", "provider")


def native_tables(release: Release, file: Path, threads: int) -> duckdb.DuckDBPyConnection:
    """A connection that OHDSI's SQL runs in: views of the release as OMOP tables, and where it writes cohorts, which is
    in memory. The tables are made where `file` is not there yet."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_suffix(".part")
        aside.unlink(missing_ok=True)
        _require_space(file.parent, release)
        with duckdb.connect(str(aside), config={"threads": threads, "memory_limit": "10GB"}) as connection:
            _fill(connection, release)
        aside.rename(file)
    connection = duckdb.connect(config={"threads": threads, "memory_limit": "12GB"})
    connection.execute(f"ATTACH '{file}' AS omop (READ_ONLY)")
    for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'omop'").fetchall():
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM omop.{name}")
    connection.execute(
        "CREATE TABLE cohort (cohort_definition_id BIGINT, subject_id BIGINT,"
        " cohort_start_date DATE, cohort_end_date DATE)"
    )
    return connection


def _require_space(folder: Path, release: Release) -> None:
    """End where the tables will not fit: they take about one and a half times what they do as Parquet."""
    needed = 2 * sum(release.file(table.path).stat().st_size for table in _tables(release))
    free = shutil.disk_usage(folder).free
    if free < needed:
        sys.exit(
            f"the peer's tables need {needed / 1e9:.1f} GB in {folder}, where {free / 1e9:.1f} GB are free: give"
            " --state another folder, or --engines without `official`"
        )


def _tables(release: Release) -> list[TableSpec]:
    """What OHDSI's SQL reads of the release."""
    plain = [table for table in RELEASE_TABLES if table.name in (*_VOCABULARY, *_PEOPLE)]
    return [table for table in (*plain, *EVENT_TABLES.values()) if release.has(table)]


def _fill(connection: duckdb.DuckDBPyConnection, release: Release) -> None:
    for table in _tables(release):
        file = str(release.file(table.path))
        connection.execute(f"CREATE TABLE {table.source} AS SELECT {_columns(table)} FROM read_parquet(?)", [file])


def _columns(table: TableSpec) -> str:
    """The source's columns of a release table; a person is named by the person index."""
    kept = [_column(column) for column in table.columns if _is_kept(table, column)]
    if table.name == "person":
        return ", ".join(["CAST(person AS BIGINT) AS person_id", *kept])
    return ", ".join(kept)


def _column(column: ColumnSpec) -> str:
    if column.type is ColumnType.PERSON:
        return f"CAST({column.name} AS BIGINT) AS {column.source}"
    return f"{column.name} AS {column.source}"


def _is_kept(table: TableSpec, column: ColumnSpec) -> bool:
    if column.source is None or column.name == "source_person_id":
        return False
    is_event = table.name in {domain.value for domain in Domain}
    return not (is_event and column.type is ColumnType.TEXT)
