"""A source that cannot be used is one clear problem that names the file, and nothing is published."""

import gzip
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from engine.catalog.release import release_ids
from engine.ingest.report import IngestReport
from schemas.errors import DataProblem


def refused(load: Callable[..., IngestReport], root: Path, folder: Path, **options: object) -> DataProblem:
    with pytest.raises(DataProblem) as caught:
        load(folder, **options)
    assert release_ids(root) == ()
    return caught.value


def test_missing_and_unknown_files(omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path) -> None:
    folder = omop()
    assert refused(load, root, folder / "nowhere").code == "source-missing"
    (folder / "observation_period.csv").rename(folder / "observation_perod.csv")
    problem = refused(load, root, folder)
    assert (problem.code, problem.hint) == ("source-unknown-file", "did you mean observation_period?")
    (folder / "observation_perod.csv").unlink()
    problem = refused(load, root, folder)
    assert problem.code == "source-missing-table"
    assert "observation_period" in problem.message


def test_a_table_given_twice(omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path) -> None:
    folder = omop()
    (folder / "PERSON.CSV.GZ").write_bytes(gzip.compress((folder / "person.csv").read_bytes()))
    assert refused(load, root, folder).code == "source-twice"


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("", "source-columns", "no header"),
        ("measurement_id,person_id,Person_ID\n", "source-columns", "two columns of one name"),
        ("measurement_id,person_id,measurement_dat,measurement_concept_id\n", "source-columns", "measurement_date"),
        ("measurement_id,person_id,measurement_date\n", "source-columns", "lacks measurement_concept_id"),
        ("measurement_id,person_id,measurement_date,measurement_concept_id\n1,10,2010-01-01,3,4\n", "source-unreadable",
         "at line 2"),
        ('measurement_id,person_id,measurement_date,measurement_concept_id\n1,10,"secret,3\n', "source-unreadable",
         "damaged"),
    ],
)  # fmt: skip
def test_a_malformed_table(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path, text: str, code: str, says: str
) -> None:
    folder = omop()
    (folder / "measurement.csv").write_text(text)
    problem = refused(load, root, folder)
    assert problem.code == code
    assert says in problem.message
    assert "measurement.csv" in problem.message
    assert "secret" not in str(problem)


def test_bytes_that_are_not_text(omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path) -> None:
    folder = omop()
    header = b"measurement_id,person_id,measurement_date,measurement_concept_id,unit_source_value\n"
    (folder / "measurement.csv").write_bytes(header + b"1,10,2010-01-01,3,\xe9\n")
    assert refused(load, root, folder).code == "source-unreadable"
    (folder / "measurement.csv").rename(folder / "measurement.csv.gz")
    assert refused(load, root, folder).code == "source-unreadable"


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.98])
def test_truncated_parquet(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path, keep: float
) -> None:
    folder = omop()
    file = folder / "drug_exposure.parquet"
    duckdb.connect().execute(
        "COPY (SELECT i AS drug_exposure_id, 10 AS person_id, 5 AS drug_concept_id, DATE '2010-01-01' AS "
        f"drug_exposure_start_date FROM range(1000) t(i)) TO '{file}'"
    )
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * keep)])
    problem = refused(load, root, folder)
    assert problem.code == "source-unreadable"
    assert "drug_exposure.parquet" in problem.message


def test_parquet_with_a_damaged_page(omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path) -> None:
    folder = omop()
    file = folder / "drug_exposure.parquet"
    duckdb.connect().execute(
        "COPY (SELECT i AS drug_exposure_id, 10 AS person_id, 5 AS drug_concept_id, DATE '2010-01-01' AS "
        f"drug_exposure_start_date FROM range(1000) t(i)) TO '{file}' (COMPRESSION zstd)"
    )
    data = bytearray(file.read_bytes())
    data[20:60] = bytes(40)
    file.write_bytes(bytes(data))
    assert refused(load, root, folder).code == "source-unreadable"


def test_people_are_needed(omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path) -> None:
    folder = omop(person="person_id,gender_concept_id,year_of_birth\n")
    assert refused(load, root, folder).code == "source-no-persons"


def test_a_limit_that_is_not_one(omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path) -> None:
    assert refused(load, root, omop(), memory_limit="lots").code == "memory-limit"
