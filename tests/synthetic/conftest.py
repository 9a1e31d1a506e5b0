"""One synthetic release of 4,000 people, made once for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from engine.catalog.release import Release
from engine.ingest.synthetic import synthesize
from schemas.release import RELEASE_TABLES

PERSONS = 4_000
SEED = 7


def quiet(step: str, done: float) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    root: Path = tmp_path_factory.mktemp("releases")
    return synthesize(root, "small", persons=PERSONS, seed=SEED, events_per_person=120, progress=quiet)


@pytest.fixture(scope="session")
def tables(release: Release) -> Iterator[duckdb.DuckDBPyConnection]:
    """The release's tables as views of their names (`drug_event` for events, since some names are SQL words)."""
    with duckdb.connect() as connection:
        for table in RELEASE_TABLES:
            name = f"{table.name}_event" if table.path.startswith("events/") else table.name
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{release.file(table.path)}')")
        yield connection


def one(tables: duckdb.DuckDBPyConnection, query: str) -> tuple:
    """The only row of a query."""
    (row,) = tables.execute(query).fetchall()
    return row
