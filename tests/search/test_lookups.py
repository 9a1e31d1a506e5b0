"""The look-up tables are derived: written when absent, damaged or of other variants, and they find what a scan finds."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from engine.catalog.annotation import Annotation, Place
from engine.catalog.database import Database
from engine.catalog.lookups import FOLDER, RSIDS, open_lookups
from engine.catalog.release import Release
from schemas.errors import DataProblem
from tests.lib.releases import write_release
from tests.search.conftest import settings


def test_they_are_written_once(release: Release, tmp_path: Path) -> None:
    folder = open_lookups(release, settings(tmp_path))
    assert folder == release.file(FOLDER)
    assert pq.read_table(folder / RSIDS).column("number").to_pylist() == [1, 7, 7, 429358, 11591147]
    before = (folder / RSIDS).stat().st_mtime_ns
    open_lookups(release, settings(tmp_path))
    assert (folder / RSIDS).stat().st_mtime_ns == before


def test_a_damaged_one_is_written_again(release: Release, tmp_path: Path) -> None:
    path = open_lookups(release, settings(tmp_path)) / RSIDS
    whole = path.read_bytes()
    path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    open_lookups(release, settings(tmp_path))
    assert pq.read_table(path).num_rows == 5


def test_one_of_other_variants_is_written_again(release: Release, tmp_path: Path) -> None:
    other = write_release(tmp_path, {"person": [{}], "known_variant": []}, release_id="other")
    other.file(FOLDER).parent.mkdir()
    open_lookups(release, settings(tmp_path)).rename(other.file(FOLDER))
    assert pq.read_table(open_lookups(other, settings(tmp_path)) / RSIDS).num_rows == 0


def test_a_release_that_cannot_be_written_says_what_to_do(release: Release, tmp_path: Path) -> None:
    release.file("index").write_text("in the way")
    with pytest.raises(DataProblem) as refused:
        open_lookups(release, settings(tmp_path))
    assert refused.value.code == "variant-lookups-unwritable"
    assert FOLDER in (refused.value.hint or "")


_ROWS = st.lists(
    st.tuples(
        st.sampled_from(("1", "2", "10", "X")),
        st.integers(1, 40),
        st.sampled_from(("A", "C", "AT")),
        st.sampled_from((None, "rs1", "rs2", "rs11", "local")),
        st.sampled_from((None, "GENE1", "gene1", "GENE2", "ENSG1.2")),
    ),
    max_size=30,
    unique_by=lambda row: row[:3],
)


@given(rows=_ROWS)
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_names_and_places_find_what_reading_every_row_finds(
    rows: list[tuple[str, int, str, str | None, str | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    known = [
        {"contig": contig, "position": position, "ref": ref, "alt": "G", "rsid": rsid, "gene": gene}
        for contig, position, ref, rsid, gene in rows
    ]
    release = write_release(folder, {"person": [{}], "known_variant": known})
    database = Database(release, threads=1)
    annotation = Annotation.open(release, database, settings(folder))

    def where(number: int, value: str) -> set[tuple[str, int, str]]:
        return {row[:3] for row in rows if (row[number] or "").lower() == value}

    for rsid in ("rs1", "rs2", "rs11", "rs3"):
        found = annotation.with_rsid(rsid)
        assert {(one.contig, one.position, one.ref) for one in found} == where(3, rsid)
    for gene in ("gene1", "gene2", "ensg1.2"):
        places = annotation.places(gene)
        listed = [one for place in places for one in annotation.of_gene(gene, place, limit=100)]
        assert {(one.contig, one.position, one.ref) for one in listed} == where(4, gene)
        assert sum(annotation.how_many(place, gene) for place in places) == len(listed)
    here = [one.position for one in annotation.at(Place("1", 5, 30), limit=100)]
    assert here == sorted(row[1] for row in rows if row[0] == "1" and 5 <= row[1] <= 30)
    database.close()
