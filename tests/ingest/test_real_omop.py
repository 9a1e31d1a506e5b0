"""The real OMOP sets: every row is in the release or among the rejected, and holds what the source says."""

from pathlib import Path

import duckdb
import pytest
from cyvcf2 import VCF

from engine.catalog.release import Release, open_release
from engine.ingest.report import IngestReport
from engine.ingest.run import Sources, ingest_sources
from schemas.omop import EVENT_TABLES, Domain
from schemas.release import RELEASE_TABLES
from tests.ingest.conftest import quiet

SETS = ("gibleed", "synthea27nj", "synthea1k", "synth10k", "synth100k")


@pytest.fixture(scope="module", params=SETS)
def real(request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = shared / "data" / "circe" / "omop" / request.param
    root = tmp_path_factory.mktemp(request.param)
    report = ingest_sources(root, "r1", Sources(omop=folder, assume_consent=("GRU",)), progress=quiet)
    return folder, open_release(root), report


def rows_of(path: Path) -> int:
    return duckdb.connect().sql(f"SELECT COUNT(*) FROM '{path}'").fetchall()[0][0]


def test_rows_in_are_rows_out_and_rejected(real: tuple[Path, Release, IngestReport]) -> None:
    folder, release, report = real
    for table in report.tables:
        if table.source:
            assert table.rows_in == rows_of(folder / table.source)
            assert table.rows_in + table.rows_added == table.rows_out + table.rows_rejected
    assert rows_of(release.file("rejected.parquet")) == report.rows_rejected


def test_every_table_of_the_specification_is_there(real: tuple[Path, Release, IngestReport]) -> None:
    _, release, report = real
    clinical = [table for table in RELEASE_TABLES if not table.path.startswith("genotypes/")]
    assert all(release.has(table) for table in clinical)
    assert release.manifest.persons == report.persons


@pytest.mark.parametrize("domain", Domain, ids=lambda domain: domain.value)
def test_events_are_the_source_s_rows(real: tuple[Path, Release, IngestReport], domain: Domain) -> None:
    folder, release, _ = real
    spec = EVENT_TABLES[domain]
    file = folder / f"{spec.source}.parquet"
    if not file.exists():
        assert rows_of(release.file(spec.path)) == 0
        return
    connection = duckdb.connect()
    found = set(connection.sql(f"SELECT * FROM '{file}'").columns)
    columns = [column for column in spec.columns if column.source in found and column.name != "person"]
    source = ", ".join(
        f"CAST({f'COALESCE({column.source}, 0)' if column.missing == '0' else column.source} AS {column.type.sql})"
        for column in columns
    )
    kept = ", ".join(f"e.{column.name}" for column in columns)
    persons = f"(SELECT person, source_person_id FROM '{release.file('person.parquet')}') p"
    before = f"SELECT person_id, {source} FROM '{file}' JOIN {persons} ON p.source_person_id = person_id"
    after = (
        f"SELECT p.source_person_id, {kept} FROM '{release.file(spec.path)}' e JOIN {persons} ON p.person = e.person"
    )
    assert connection.sql(f"({before}) EXCEPT ALL ({after})").fetchall() == []
    assert connection.sql(f"({after}) EXCEPT ALL ({before})").fetchall() == []


def test_tables_are_clustered(real: tuple[Path, Release, IngestReport]) -> None:
    _, release, _ = real
    for spec in RELEASE_TABLES:
        if not release.has(spec):
            continue
        order = ", ".join(f'"{name}"' for name in spec.clustered_by)
        moved = (
            f"SELECT COUNT(*) FROM (SELECT ROW({order}) AS k, "
            f"LAG(ROW({order})) OVER (ORDER BY file_row_number) AS before "
            f"FROM read_parquet('{release.file(spec.path)}', file_row_number = true)) WHERE before > k"
        )
        assert duckdb.connect().sql(moved).fetchall() == [(0,)], spec.name


def test_person_index_is_the_row_number(real: tuple[Path, Release, IngestReport]) -> None:
    _, release, _ = real
    query = (
        "SELECT COUNT(*) FILTER (WHERE person <> file_row_number), COUNT(*) FILTER (WHERE source_person_id <= before) "
        "FROM (SELECT *, LAG(source_person_id) OVER (ORDER BY file_row_number) AS before "
        f"FROM read_parquet('{release.file('person.parquet')}', file_row_number = true))"
    )
    assert duckdb.connect().sql(query).fetchall() == [(0, 0)]


def test_rejected_rows_of_gibleed_are_periods_of_people_it_does_not_have(
    real: tuple[Path, Release, IngestReport],
) -> None:
    folder, _, report = real
    if folder.name == "gibleed":
        assert report.notes()[0][0] == "drug"
        assert [(note[0], note[2], note[3]) for note in report.notes() if note[1] == "rejected"] == [
            ("observation_period", "unknown-person", 2649)
        ]
    else:
        assert report.rows_rejected == 0


def test_real_variants_are_linked_to_real_people(shared: Path, tmp_path: Path) -> None:
    genotypes = shared / "data" / "genotypes" / "sample.vcf.gz"
    omop = shared / "data" / "circe" / "omop" / "synthea1k"
    people = f"SELECT person_id, ROW_NUMBER() OVER (ORDER BY person_id) AS n FROM '{omop / 'person.parquet'}'"
    names = VCF(str(genotypes)).samples
    sample_map = tmp_path / "samples.csv"
    persons = [row[0] for row in duckdb.connect().sql(f"SELECT person_id FROM ({people}) ORDER BY n").fetchall()]
    lines = [f"{sample},{person}" for sample, person in zip(names, persons, strict=False)]
    sample_map.write_text("sample_id,person_id\n" + "\n".join(lines) + "\n")
    sources = Sources(omop=omop, variants=(genotypes,), sample_map=sample_map, assume_consent=("GRU",))
    report = ingest_sources(tmp_path / "releases", "r1", sources, progress=quiet)
    assert report.variants is not None
    release = open_release(tmp_path / "releases")
    assert rows_of(release.file("genotypes/variant.parquet")) == report.variants.variants == 346
    assert rows_of(release.file("genotypes/sample.parquet")) == len(names)
