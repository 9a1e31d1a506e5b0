"""The session that reads sources can do nothing else."""

from pathlib import Path

import duckdb
import pytest
from sqlglot import exp

from engine.ingest.session import open_session, sql
from schemas.errors import DataProblem


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM READ_CSV('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/out.parquet'",
        "ATTACH '/tmp/other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 8",
        "SET enable_external_access = TRUE",
        "RESET lock_configuration",
        "SELECT * FROM outside",
    ],
)
def test_it_is_locked_down(tmp_path: Path, statement: str) -> None:
    outside = [1]  # a Python value that DuckDB must not find by its name
    with open_session(tmp_path, (), memory_limit="256MB", threads=1) as session:
        assert outside
        with pytest.raises(duckdb.Error):
            session.rows(sql(statement))


def test_values_are_literals(tmp_path: Path) -> None:
    with open_session(tmp_path, (), memory_limit="256MB", threads=1) as session:
        assert session.rows(sql("SELECT $text, $number", text="'; DROP TABLE x; --", number=1)) == [
            ("'; DROP TABLE x; --", 1)
        ]
        assert isinstance(sql("SELECT 1"), exp.Select)


def test_too_little_memory_is_said_so(tmp_path: Path) -> None:
    query = sql("SELECT LIST(i) FROM RANGE(10000000) AS t(i)")
    with (
        pytest.raises(DataProblem, match="ingest-memory"),
        open_session(tmp_path, (), memory_limit="16MB", threads=1) as session,
    ):
        session.rows(query)
