"""The connection that answers questions reads the release's tables and does nothing else, whatever SQL it is given."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from engine.catalog.database import Database
from engine.catalog.release import Release
from schemas.errors import InternalError
from tests.lib.releases import write_release

REFUSED = (
    "select * from read_csv('{outside}')",
    "select * from read_text('{outside}')",
    "select * from read_blob('/etc/passwd')",
    "select * from read_parquet('{folder}/person.parquet.copy')",
    "select * from read_json('{folder}/manifest.json')",
    "select * from '{folder}/manifest.json'",
    "select * from '{outside}'",
    "select * from glob('/etc/*')",
    "select * from glob('{folder}/*')",
    "select * from read_csv('https://example.org/x.csv')",
    "select * from a_python_variable",
    "select getenv('HOME')",
    "select * from person; select 1",
    "attach '{folder}/x.db'",
    "attach ':memory:' as m",
    "copy (select 1) to '{folder}/x.csv'",
    "copy (select 1) to '{folder}/person.parquet' (use_tmp_file false)",
    "copy person to '{outside}'",
    "export database '{folder}/x'",
    "import database '{folder}'",
    "install httpfs",
    "load httpfs",
    "create secret (type s3)",
    "set threads = 8",
    "set enable_external_access = true",
    "set allowed_directories = ['/']",
    "set lock_configuration = false",
    "reset lock_configuration",
    "pragma threads = 8",
    "pragma enable_profiling",
    "call enable_logging()",
    "create table z as select 1",
    "create or replace view person as select 1",
    "create macro f(a) as a",
    "drop table person",
    "delete from person",
    "checkpoint",
    "use memory",
    "explain analyze select 1",
    "prepare p as select 1",
    "",
)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return write_release(tmp_path_factory.mktemp("lockdown"), {"person": [{}, {}]})


@pytest.fixture(scope="module")
def database(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(release, threads=1, temporary=tmp_path_factory.mktemp("spill"), held_bytes=0)
    yield database
    database.close()


@pytest.mark.parametrize("sql", REFUSED)
def test_a_statement_that_does_more_than_read_is_refused(
    database: Database, release: Release, tmp_path: Path, sql: str
) -> None:
    a_python_variable = pa.table({"x": [1]})
    outside = tmp_path / "outside.csv"
    outside.write_text("x\n1\n")
    before = {file: file.read_bytes() for file in release.path.rglob("*") if file.is_file()}
    written = sql.format(folder=release.path, outside=outside)
    for ask in (database.rows, lambda text: database.columns(text, {})):
        with pytest.raises(InternalError) as refused:
            ask(written)
        assert refused.value.message in ("the query could not be run", "only a SELECT is run")
    assert {file: file.read_bytes() for file in release.path.rglob("*") if file.is_file()} == before
    assert outside.read_text() == "x\n1\n"
    assert database.rows("select count(*) from person")[0][0]
    assert a_python_variable.num_rows == 1


def test_every_cursor_has_the_settings(database: Database) -> None:
    found = dict(database.rows("select name, value from duckdb_settings()"))
    expected = {
        "enable_external_access": "false",
        "lock_configuration": "true",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "allow_unsigned_extensions": "false",
        "allow_persistent_secrets": "false",
        "python_enable_replacements": "false",
        "max_execution_time": "300000",
        "max_expression_depth": "250",
        "threads": "1",
    }
    assert {name: str(found[name]) for name in expected} == expected


def test_an_expression_has_a_depth(database: Database) -> None:
    assert database.rows("select " + "(" * 200 + "1" + ")" * 200) == [(1,)]
    with pytest.raises(InternalError):
        database.rows("select " + "(" * 300 + "1" + ")" * 300)


def test_a_query_that_runs_away_is_stopped_and_others_run_on(release: Release) -> None:
    database = Database(release, threads=1, query_seconds=0.2)
    with pytest.raises(InternalError) as stopped:
        database.rows("select count(*) from range(1000000000000) t(i) where i % 7 = 3")
    assert isinstance(stopped.value.__cause__, duckdb.InterruptException)
    assert stopped.value.message == "the query could not be run"
    assert database.rows("select 1") == [(1,)]
    database.close()


def test_a_query_that_needs_too_much_memory_fails_like_any_other(release: Release) -> None:
    database = Database(release, threads=1, memory_limit="64MB")
    with pytest.raises(InternalError) as failed:
        database.rows("select list(i) from range(100000000) t(i)")
    assert isinstance(failed.value.__cause__, duckdb.OutOfMemoryException)
    assert failed.value.message == "the query could not be run"
    assert database.rows("select 1") == [(1,)]
    database.close()
