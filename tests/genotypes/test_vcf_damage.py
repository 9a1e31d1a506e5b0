"""Damaged and wrong files: one clear problem that names the file, and nothing left to publish."""

import gzip

import pytest

from schemas.errors import DataProblem
from tests.genotypes.vcf_release import HEADER, ingest, write_vcf


def _refused(tmp_path, sources, samples, **options):
    with pytest.raises(DataProblem) as refused:
        ingest(tmp_path / "r", sources, samples, **options)
    left = [path for path in (tmp_path / "r").rglob("*") if path.is_file() and path.suffix != ".csv"]
    assert [path.name for path in left] == ["person.parquet"]
    assert not list((tmp_path / "r").glob(".staging/*~*"))
    return refused.value


@pytest.fixture
def real(shared):
    return (shared / "data" / "genotypes" / "chr22.vcf.gz").read_bytes()


def _names(text):
    return next(line for line in text.splitlines() if line.startswith("#CHROM")).split("\t")[9:]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.999])
@pytest.mark.parametrize("kind", ["bgzip", "gzip", "text"])
def test_a_file_cut_short(real, tmp_path, share, kind, capfd):
    text = gzip.decompress(real)
    whole = {"bgzip": real, "gzip": gzip.compress(text), "text": text}[kind]
    path = tmp_path / ("cut.vcf" if kind == "text" else "cut.vcf.gz")
    path.write_bytes(whole[: int(len(whole) * share)])
    problem = _refused(tmp_path, [path], _names(text.decode()))
    assert problem.code in ("vcf-damaged", "vcf-unreadable")
    assert path.name in problem.message
    assert capfd.readouterr() == ("", "")


def test_a_line_that_is_not_a_record_says_how_far_it_was_read(tmp_path):
    good = write_vcf(tmp_path / "bad.vcf", "ab", "1 5 . A G . . 0/1 0/1", "1 7 . A G . . 0/1 0/1")
    good.write_text(good.read_text() + "1\t9\t.\tA\tG\t.\t.\t.\tGT\t0/1\n")
    problem = _refused(tmp_path, [good], "ab")
    assert problem.code == "vcf-damaged"
    assert "bad.vcf" in problem.message and "2 records could be read, the last at 1:7" in problem.message


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x1f\x8bnot gzip at all, though it says so", b"BCF\x02\x02"])
def test_what_is_no_vcf(tmp_path, content, capfd):
    path = tmp_path / "other.vcf"
    path.write_bytes(content)
    assert "other.vcf" in _refused(tmp_path, [path], "a").message
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_not_there(tmp_path):
    assert _refused(tmp_path, [tmp_path / "none.vcf"], "a").code == "variants-unreadable"


def test_samples_named_twice_in_a_header(tmp_path):
    path = write_vcf(tmp_path / "twice.vcf", "aa", "1 5 . A G . . 0/1 0/1")
    assert _refused(tmp_path, [path], "a").code == "vcf-header"


def test_no_sample_with_a_person(tmp_path):
    vcf = write_vcf(tmp_path / "a.vcf", "ab", "1 5 . A G . . 0/1 0/1")
    problem = _refused(tmp_path, [vcf], "xy")
    assert problem.code == "samples-unmatched"
    assert "none of the 2 samples" in problem.message


def test_no_allele_that_can_be_kept(tmp_path):
    vcf = write_vcf(tmp_path / "a.vcf", "a", "1 5 . A * . . 0/1")
    problem = _refused(tmp_path, [vcf], "a")
    assert problem.code == "vcf-no-variants"
    assert "1 spanning-deletion" in problem.message


@pytest.mark.parametrize("content", ["sample,person\na,1000\n", "sample_id,person_id\na,Smith\n", "", "\x00\x01"])
def test_a_map_that_is_none_shows_no_value(tmp_path, content):
    vcf = write_vcf(tmp_path / "a.vcf", "a", "1 5 . A G . . 0/1")
    sample_map = tmp_path / "map.csv"
    sample_map.write_text(content)
    problem = _refused(tmp_path, [vcf], "a", sample_map=sample_map)
    assert problem.code == "sample-map-unreadable"
    assert "Smith" not in str(problem)


def test_an_annotation_that_is_none(tmp_path):
    vcf = write_vcf(tmp_path / "a.vcf", "a", "1 5 . A G . . 0/1")
    for name, content, code in (
        ("x.csv", "contig,position\n1,5\n", "annotation-unreadable"),
        ("x.tsv", "contig\tposition\tref\talt\n1\tfive\tA\tG\n", "annotation-unreadable"),
        ("x.parquet", "PAR1", "annotation-unreadable"),
        ("x.vcf", "no\n", "vcf-unreadable"),
    ):
        (tmp_path / name).write_text(content)
        assert _refused(tmp_path, [vcf], "a", annotation=tmp_path / name).code == code


def test_an_ingest_can_be_run_again_after_a_failure(tmp_path):
    bad, good = tmp_path / "bad.vcf", write_vcf(tmp_path / "good.vcf", "a", "1 5 . A G . . 0/1")
    bad.write_text(HEADER + "nothing\n")
    _refused(tmp_path, [good, bad], "a")
    assert ingest(tmp_path / "r", [good], "a").report.variants == 1
