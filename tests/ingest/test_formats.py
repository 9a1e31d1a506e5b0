"""The same rows give the same release, whichever of the accepted ways they are written."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from engine.ingest.report import IngestReport
from engine.ingest.run import Sources, ingest_sources
from schemas.omop import CDM_53_NAMES
from tests.ingest.conftest import quiet

TABLES = ("person", "observation_period", "visit_occurrence", "visit_detail", "observation", "death", "provider")


def written(folder: Path, target: Path, *, upper: bool, suffix: str, options: str, names: dict[str, str]) -> Path:
    """The tables of an OMOP folder as CSV, some columns under other names."""
    target.mkdir()
    for table in TABLES:
        source = f"'{folder / table}.parquet'"
        columns = []
        for name in duckdb.connect().sql(f"SELECT * FROM {source}").columns:
            other = names.get(f"{table}.{name}", name)
            columns.append(f'"{name}" AS "{other.upper() if upper else other}"')
        file = target / f"{table.upper() if upper else table}{suffix}"
        duckdb.connect().execute(f"COPY (SELECT {', '.join(columns)} FROM {source}) TO '{file}' ({options})")
    return target


def test_csv_in_capitals_tab_separated_with_cdm_53_names_is_the_same(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "circe" / "omop" / "synthea27nj"
    old_names = {f"{table}.{new}": old for (table, new), old in CDM_53_NAMES.items()}
    sources = {
        "parquet": tmp_path / "parquet",
        "commas": written(folder, tmp_path / "commas", upper=True, suffix=".csv.gz", names={},
                          options="HEADER, COMPRESSION gzip, DATEFORMAT '%Y%m%d', FORCE_QUOTE *"),
        "tabs": written(folder, tmp_path / "tabs", upper=False, suffix=".csv", names=old_names,
                        options="HEADER, DELIMITER '\t', QUOTE ''"),
    }  # fmt: skip
    sources["parquet"].mkdir()
    for table in TABLES:
        (sources["parquet"] / f"{table}.parquet").symlink_to(folder / f"{table}.parquet")
    reports = {name: ingest_sources(tmp_path / "releases", name, Sources(omop=path), progress=quiet)
               for name, path in sources.items()}  # fmt: skip
    for table in ("person", "provider", "events/visit", "events/visit_detail", "events/observation", "events/death"):
        rows = [duckdb.connect().sql(f"SELECT * FROM '{tmp_path / 'releases' / name / table}.parquet'").fetchall()
                for name in sources]  # fmt: skip
        assert rows[0] == rows[1] == rows[2], table
    assert reports["commas"].rows_rejected == reports["tabs"].rows_rejected == reports["parquet"].rows_rejected == 0


@pytest.mark.parametrize("delimiter", ";|")
def test_other_separators_are_seen_in_the_header(
    omop: Callable[..., Path], load: Callable[..., IngestReport], table: Callable[..., list[tuple]], delimiter: str
) -> None:
    rows = (
        'specimen_id;person_id;specimen_concept_id;specimen_date;specimen_source_value\n1;10;5;2010-01-02;"a;b, c|d"\n'
    )
    if delimiter == "|":
        rows = rows.replace(";", "|").replace("a|b", "a;b")
    load(omop(specimen=rows))
    assert table("events/specimen", "event_id", "source_value") == [(1, "a;b, c|d")]


def test_a_date_is_the_day_it_was_written_with(
    omop: Callable[..., Path], load: Callable[..., IngestReport], table: Callable[..., list[tuple]]
) -> None:
    written_as = (
        "2010-01-02", "20100102", "2010-01-02 23:59:59", "2010-01-02T00:00:00+09:00", "20100102 23:59", "2010/1/2",
    )  # fmt: skip
    rows = "".join(f"{number},10,5,{day}\n" for number, day in enumerate(written_as))
    load(omop(specimen="specimen_id,person_id,specimen_concept_id,specimen_date\n" + rows))
    assert [str(day) for (day,) in table("events/specimen", "start_date")] == ["2010-01-02"] * len(written_as)


def test_a_day_is_never_made_up(omop: Callable[..., Path], load: Callable[..., IngestReport]) -> None:
    no_days = ("infinity", "epoch", "15-01-02", "-2010-01-02", "12010-01-02", "201001021200", " 2010102")
    rows = "".join(f"{number},10,5,{day}\n" for number, day in enumerate(no_days))
    report = load(omop(specimen="specimen_id,person_id,specimen_concept_id,specimen_date\n" + rows))
    assert [(count.code, count.rows) for count in report.table("specimen").rejected] == [
        ("unparsable-date:specimen_date", len(no_days))
    ]


def test_values_keep_their_meaning(
    omop: Callable[..., Path], load: Callable[..., IngestReport], table: Callable[..., list[tuple]]
) -> None:
    text = """
        drug_exposure_id,person_id,drug_concept_id,drug_exposure_start_date,quantity,days_supply,lot_number
        1,10,5,2010-01-02,1.5,30,007
        2,10,5,2010-01-02,,30.0,"a ""b"", c"
        3,10,5,2010-01-02,inf,30,
        4,10,5,2010-01-02,1,30.5,
        9007199254740993,10,5,2010-01-02,1e3,1,
        """
    report = load(omop(drug_exposure=text))
    assert table("events/drug", "event_id", "quantity", "days_supply", "lot_number") == [
        (1, 1.5, 30, "007"),
        (2, None, 30, 'a "b", c'),
        (9007199254740993, 1000.0, 1, None),
    ]
    assert [count.code for count in report.table("drug").rejected] == ["wrong-type:days_supply", "wrong-type:quantity"]
