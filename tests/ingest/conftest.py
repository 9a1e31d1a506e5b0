"""A tiny OMOP folder in text, so that a test shows its rows, and ingest with nothing to watch."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from engine.ingest.report import IngestReport
from engine.ingest.run import Sources, ingest_sources

TABLES = {
    "person": """
        person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,race_concept_id,ethnicity_concept_id
        30,8507,1980,,,0,0
        10,8532,1950,2,30,8515,0
        20,8507,1990,12,31,,0
        """,
    "observation_period": """
        observation_period_id,person_id,observation_period_start_date,observation_period_end_date,period_type_concept_id
        1,10,2000-01-01,2020-12-31,32817
        2,20,2010-01-01,2020-12-31,32817
        3,30,2010-01-01,2020-12-31,32817
        """,
}

SOURCES = (
    "survey", "consent", "assume_consent", "variants", "sample_map", "annotation", "reference", "panels", "scores"
)  # fmt: skip
"""Options of `Sources` that a test may give `load`."""


def write_tables(folder: Path, tables: dict[str, str], *, suffix: str = ".csv") -> Path:
    """One file a table; a text of None leaves the table out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}{suffix}").write_text(textwrap.dedent(text).lstrip("\n"))
    return folder


@pytest.fixture
def omop(tmp_path: Path) -> Callable[..., Path]:
    """Makes an OMOP folder of three persons (10, 20, 30) and the tables given as text."""

    def make(**tables: str) -> Path:
        return write_tables(tmp_path / "omop", TABLES | tables)

    return make


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where releases go."""
    return tmp_path / "releases"


@pytest.fixture
def load(root: Path) -> Callable[..., IngestReport]:
    """Ingests a folder as release `r1`, everyone consenting, unless told otherwise."""

    def run(folder: Path, release_id: str = "r1", **options: object) -> IngestReport:
        sources = {"assume_consent": ("GRU",)} | {name: options.pop(name) for name in SOURCES if name in options}
        options.setdefault("progress", quiet)
        return ingest_sources(root, release_id, Sources(omop=folder, **sources), **options)

    return run


@pytest.fixture
def table(root: Path) -> Callable[..., list[tuple]]:
    """Rows of a table of a release: `table("events/condition", "person", "start_date")`."""

    def rows(path: str, *columns: str, release_id: str = "r1") -> list[tuple]:
        names = ", ".join(f'"{column}"' for column in columns) or "*"
        return duckdb.connect().sql(f"SELECT {names} FROM '{root / release_id / path}.parquet'").fetchall()

    return rows


def quiet(step: str, share: float) -> None:
    """Progress nobody watches."""
