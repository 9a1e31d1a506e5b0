"""Which reader a file gets: by its content, whatever its name."""

import json

import pytest

from engine.ingest.variants.formats import READ, open_source
from engine.ingest.variants.readers.bgen import BgenSource
from engine.ingest.variants.readers.plink1 import Plink1Source
from engine.ingest.variants.readers.plink2 import Plink2Source
from engine.ingest.variants.readers.vcf import VcfSource
from engine.ingest.variants.readers.zarr import ZarrSource
from schemas.errors import DataProblem
from tests.genotypes.readers.written import Line, all_records, write_bed, write_bgen, write_pgen, write_vcf, write_zarr

LINES = [Line(((0, 1, 0), (1, 1, 0), (-1, -1, 0)), id="rs1")]


def _vcf(packing):
    return lambda path, lines: write_vcf(path, lines, packing=packing)


@pytest.mark.parametrize(
    ("write", "reader"),
    [
        *((_vcf(packing), VcfSource) for packing in ("text", "gzip", "bgzip", "bcf")),
        (write_bed, Plink1Source),
        (write_pgen, Plink2Source),
        (write_bgen, BgenSource),
        (write_zarr, ZarrSource),
    ],
)
@pytest.mark.parametrize("renamed", [False, True])
def test_every_format_is_told_by_its_content(tmp_path, write, reader, renamed):
    path = write(tmp_path / "a", LINES)
    if renamed:
        path = path.rename(path.with_name("a.data"))
    source = open_source(path)
    assert isinstance(source, reader)
    assert [record.alleles.tolist() for record in all_records(source)] == [[list(call) for call in LINES[0].calls]]
    source.close()


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a", "a.gz", "a.zip", "a.vcf.idx"])
def test_what_is_not_read_is_said_with_what_is(tmp_path, name):
    (tmp_path / name).write_bytes(b"what is this?\n")
    with pytest.raises(DataProblem) as problem:
        open_source(tmp_path / name)
    assert (problem.value.code, problem.value.expected) == ("variants-unreadable", READ)
    assert name in problem.value.message


@pytest.mark.parametrize(
    ("name", "code"),
    [("a.vcf", "vcf-unreadable"), ("a.vcf.gz", "vcf-unreadable"), ("a.bgen", "variants-unreadable")],
)
@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"what is this? not what its name says\n"])
def test_a_name_alone_gets_the_word_of_its_reader(tmp_path, name, code, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataProblem) as problem:
        open_source(tmp_path / name)
    assert problem.value.code == code


def test_what_is_not_there_and_folders_of_other_things(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "data.json").write_text(json.dumps({}))
    for name in ("none.vcf", "none", "folder"):
        with pytest.raises(DataProblem) as problem:
            open_source(tmp_path / name)
        assert problem.value.code == "variants-unreadable"


def test_real_files(shared):
    folder = shared / "data" / "genotypes"
    for path, reader in (
        (folder / "sample2.vcf.gz", VcfSource),
        (folder / "1kg_2020_chr20_annotations.bcf", VcfSource),
        (folder / "CEUTrio.20.21.gatk3.4.g.vcf.bgz", VcfSource),
        (folder / "example.8bits.bgen", BgenSource),
        (folder / "fastlmmTest.bed", Plink1Source),
    ):
        source = open_source(path)
        assert isinstance(source, reader)
        source.close()
