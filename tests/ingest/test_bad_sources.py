"""A source that cannot be used is one clear problem that names the file, and nothing is published."""

import gzip
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.catalog.manifest import release_ids
from engine.ingest.report import IngestReport
from schemas.errors import DataProblem, Problems


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


def test_a_folder_without_tables_says_what_it_holds(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path, tmp_path: Path
) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    assert refused(load, root, outer).hint == "the folder is empty"
    omop().rename(outer / "tables")
    problem = refused(load, root, outer)
    assert problem.code == "source-missing-table"
    assert problem.hint is not None and problem.hint.endswith("it holds tables/")
    (tmp_path / "omop.zip").write_bytes(b"PK")
    assert "unpacked" in str(refused(load, root, tmp_path / "omop.zip").hint)


def test_columns_that_lack_are_told_of_all_tables_before_one_is_read(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path
) -> None:
    folder = omop(death="person_id,death_day\n10,2015-01-01\n", specimen="specimen_id,person_id\n1,10\n")
    steps: list[str] = []
    with pytest.raises(Problems) as caught:
        load(folder, progress=lambda step, share: steps.append(step))
    assert [problem.message for problem in caught.value.problems] == [
        "death.csv lacks death_date",
        "specimen.csv lacks specimen_concept_id, specimen_date",
    ]
    assert (steps, release_ids(root)) == ([], ())


@pytest.mark.parametrize(
    ("option", "code"),
    [("variants", "variants-unreadable"), ("sample_map", "sample-map-unreadable"), ("panels", "panel-unreadable"),
     ("scores", "score-unreadable"), ("annotation", "annotation-unreadable"), ("reference", "reference-unreadable"),
     ("consent", "source-missing")],
)  # fmt: skip
def test_a_path_with_nothing_is_told_before_a_table_is_read(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path, tmp_path: Path, option: str, code: str
) -> None:
    for name in ("calls.vcf", "samples.csv"):
        (tmp_path / name).touch()
    absent = tmp_path / "absent.csv"
    given: dict[str, object] = {"variants": (tmp_path / "calls.vcf",), "sample_map": tmp_path / "samples.csv"}
    if option == "consent":
        given = {"assume_consent": ()}
    given[option] = (absent,) if option in ("variants", "panels", "scores") else absent
    steps: list[str] = []
    problem = refused(load, root, omop(), progress=lambda step, share: steps.append(step), **given)
    assert (problem.code, steps) == (code, [])
    assert "absent.csv" in problem.message


def test_nobody_observed_is_no_release(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path
) -> None:
    periods = """
        observation_period_id,person_id,observation_period_start_date,observation_period_end_date
        1,10,31/01/2000,31/12/2020
        2,20,31/01/2000,31/12/2020
        """
    steps: list[str] = []
    folder = omop(observation_period=periods, death="person_id,death_date\n10,2015-01-01\n")
    problem = refused(load, root, folder, progress=lambda step, share: steps.append(step))
    assert problem.code == "source-no-observation"
    assert "death" not in steps
    assert "unparsable-date:observation_period_start_date (2)" in problem.message
    assert problem.hint == "dates are written as 2026-11-30 or 20261130"
    problem = refused(load, root, omop(observation_period=periods.strip().split("\n")[0]))
    assert (problem.code, problem.message) == ("source-no-observation", "observation_period.csv: it has no rows")


def test_a_table_that_is_mostly_rejected_is_a_warning(
    omop: Callable[..., Path], load: Callable[..., IngestReport]
) -> None:
    head = "specimen_id,person_id,specimen_concept_id,specimen_date\n"
    report = load(omop(specimen=head + "1,10,5,2010-01-02\n2,10,5,01/02/2010\n3,10,5,01/02/2010\n"))
    assert report.warnings == (
        "specimen.csv: 2 of 3 rows were rejected: unparsable-date:specimen_date (2); "
        "dates are written as 2026-11-30 or 20261130",
    )
    assert load(omop(specimen=head + "1,10,5,2010-01-02\n2,10,5,01/02/2010\n"), release_id="r2").warnings == ()


def test_a_table_given_twice(omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path) -> None:
    folder = omop()
    (folder / "PERSON.CSV.GZ").write_bytes(gzip.compress((folder / "person.csv").read_bytes()))
    assert refused(load, root, folder).code == "source-twice"


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("", "source-columns", "no header"),
        ("x" * 200_000, "source-columns", "no header"),
        (",measurement_id,person_id\n", "source-columns", "column 1 of"),
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
    assert problem.place == folder / "measurement.csv"
    assert "secret" not in str(problem)


def test_bytes_that_are_not_text(omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path) -> None:
    folder = omop()
    header = b"measurement_id,person_id,measurement_date,measurement_concept_id,unit_source_value\n"
    (folder / "measurement.csv").write_bytes(header + b"1,10,2010-01-01,3,\xe9\n")
    problem = refused(load, root, folder)
    assert (problem.code, problem.message) == ("source-unreadable", "measurement.csv is not UTF-8 text")
    (folder / "measurement.csv").write_text(header.decode(), encoding="utf-16")
    assert refused(load, root, folder).message == "measurement.csv is not UTF-8 text"
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


def test_parquet_that_is_encrypted(omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path) -> None:
    folder = omop()
    file = folder / "drug_exposure.parquet"
    duckdb.connect().execute(
        "SET force_mbedtls_unsafe = 'true'; PRAGMA add_parquet_key('key', '0123456789112345'); COPY (SELECT 1 AS drug_exposure_id) "
        f"TO '{file}' (ENCRYPTION_CONFIG {{footer_key: 'key'}})"
    )
    assert refused(load, root, folder).message == "drug_exposure.parquet is encrypted"


@pytest.mark.parametrize("twice", ["Person_ID", "file_row_number"])
def test_parquet_with_a_column_of_a_name_that_is_taken(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path, twice: str
) -> None:
    folder = omop()
    table = pa.table([[1], [10], [2], [7]], names=["specimen_id", "person_id", "specimen_concept_id", twice])
    pq.write_table(table, folder / "specimen.parquet")
    problem = refused(load, root, folder)
    assert (problem.code, problem.hint) == ("source-columns", f"rename {twice.lower()}")


@pytest.mark.parametrize("at", [12, 100, -100, -5])
def test_a_changed_bit_of_a_packed_table(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path, at: int
) -> None:
    folder = omop()
    rows = "".join(f"{number},10,{number * 7919 % 10007},2015-01-02\n" for number in range(5_000))
    packed = bytearray(gzip.compress(f"specimen_id,person_id,specimen_concept_id,specimen_date\n{rows}".encode()))
    packed[at] ^= 4
    (folder / "specimen.csv.gz").write_bytes(packed)
    problem = refused(load, root, folder)
    assert problem.code == "source-unreadable"
    assert "specimen.csv.gz" in problem.message


@pytest.mark.parametrize("name", ["death.xlsx", "Death.csv.bz2", "death.parquet"])
def test_a_table_in_a_form_that_is_not_read_is_not_taken_for_absent(
    omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path, name: str
) -> None:
    folder = omop()
    (folder / name).mkdir()
    (folder / "readme.txt.bak").touch()
    (folder / "person.csv.sha256").touch()
    problem = refused(load, root, folder)
    assert (problem.code, problem.message) == (
        "source-unknown-file", f"{name} is not a file that a table can be read from",
    )  # fmt: skip


def test_people_are_needed(omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path) -> None:
    folder = omop(person="person_id,gender_concept_id,year_of_birth\n")
    assert refused(load, root, folder).code == "source-no-persons"


def test_a_limit_that_is_not_one(omop: Callable[..., Path], load: Callable[..., IngestReport], root: Path) -> None:
    assert refused(load, root, omop(), memory_limit="lots").code == "memory-limit"
