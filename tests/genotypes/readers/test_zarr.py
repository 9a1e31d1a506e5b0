"""VCF Zarr folders of both formats: a real VCF's records come back, values as VCF has them, what is refused."""

import gzip
import json
import shutil

import numpy as np
import pytest

from engine.ingest.variants.readers.zarr import ZarrSource
from tests.genotypes.readers.damage import refused
from tests.genotypes.readers.vcf_text import text_records
from tests.genotypes.readers.written import Line, all_records, same, write_zarr

LINES = [
    Line(((0, 1, 1), (1, -2, 0), (-1, -1, 0)), contig="1", position=9, id="rs1"),
    Line(((0, 2, 0), (1, 2, 1), (-1, 1, 0)), contig="X", position=5, alts=("T", "<DEL>"), filter="q10"),
    Line(((1, 1, 0), (0, 0, 0), (0, -2, 0)), contig="X", position=7),
]
FORMATS = pytest.mark.parametrize("zarr_format", [2, 3])


@FORMATS
@pytest.mark.parametrize("name", ["sample2.vcf.gz", "1kg_2020_chrM.vcf.gz"])
def test_a_real_vcf_comes_back(shared, tmp_path, name, zarr_format):
    plain = tmp_path / "plain.vcf"
    plain.write_bytes(gzip.decompress((shared / "data" / "genotypes" / name).read_bytes()))
    lines = [
        Line(tuple(calls), alts=alts, ref=ref, contig=contig, position=position)
        for contig, position, ref, alts, calls in text_records(plain)
    ]
    folder = write_zarr(tmp_path / "a", lines, zarr_format=zarr_format, chunk=20, sample_chunk=30)
    with ZarrSource(folder) as source:
        assert same(all_records(source), lines)
        assert source.reference_known
        assert all(part.first % 20 == 0 for part in source.parts())


@FORMATS
def test_info_has_its_values_as_a_vcf_has_them(tmp_path, zarr_format):
    missing, fill = np.array([0x7F800001, 0x7F800002], np.int32).view(np.float32)
    info = {
        "AN": ("Alleles", np.array([6, -1, 4], np.int8)),
        "AC": ("Counts", np.array([[1, -2], [3, -1], [-2, -2]], np.int16)),
        "AF": ("Frequencies", np.array([[0.5, fill], [missing, 0.25], [missing, fill]], np.float32)),
        "DB": ("Known", np.array([True, False, True])),
        "CSQ": ("Consequences", [["a|b", "c|d"], [".", ""], ["e|f", ""]]),
    }
    folder = write_zarr(tmp_path / "a", LINES, zarr_format=zarr_format, info=info, lengths=[249_250_621, 155_270_560])
    with ZarrSource(folder) as source:
        assert source.info_fields == {name: description for name, (description, _) in info.items()}
        assert source.assembly == "GRCh37"
        records = all_records(source, tuple(info))
        assert [record.info for record in records] == [
            {"AN": 6, "AC": 1, "AF": 0.5, "DB": True, "CSQ": "a|b,c|d"},
            {"AC": (3, None), "AF": (None, 0.25)},
            {"AN": 4, "DB": True, "CSQ": "e|f"},
        ]
        assert [record.info for record in all_records(source, ("AN",))] == [{"AN": 6}, {}, {"AN": 4}]


def test_a_folder_of_sites_has_no_calls(tmp_path):
    folder = write_zarr(tmp_path / "a", LINES)
    shutil.rmtree(folder / "call_genotype")
    with ZarrSource(folder) as source:
        assert [record.alleles for record in all_records(source)] == [None] * 3


def test_parts_are_whole_chunks_and_can_be_read_alone(tmp_path):
    lines = [Line(LINES[0].calls, position=number) for number in range(100)]
    with ZarrSource(write_zarr(tmp_path / "a", lines, chunk=3)) as source:
        parts = source.parts()
        assert [part.last - part.first for part in parts] == [9] * 11 + [1]
        assert same(list(source.records(parts[4])), lines[36:45])


def remove(*names):
    return lambda folder: [shutil.rmtree(folder / name) for name in names]


def rewrite(name, change):
    def apply(folder):
        (file,) = [
            path for path in (folder / name).rglob("*") if path.name in ("0.0.0", "0.0", "0") and path.is_file()
        ][:1]
        file.write_bytes(change(file.read_bytes()))

    return apply


def unlink(name):
    def apply(folder):
        next(path for path in (folder / name).rglob("*") if path.name.startswith("0") and path.is_file()).unlink()

    return apply


def empty(folder):
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@FORMATS
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (shutil.rmtree, "variants-unreadable"),
        (empty, "variants-unreadable"),
        (remove("sample_id"), "variants-damaged"),
        (remove("contig_id"), "variants-damaged"),
        (remove("variant_position"), "variants-damaged"),
        (remove("variant_allele"), "variants-damaged"),
        (rewrite("call_genotype", lambda data: data[: len(data) // 2]), "variants-damaged"),
        (rewrite("call_genotype", lambda _: b""), "variants-damaged"),
        (rewrite("variant_allele", lambda data: data[::-1]), "variants-damaged"),
        (unlink("variant_position"), "variants-damaged"),
        (unlink("variant_allele"), "variants-damaged"),
    ],
)
def test_damage_is_one_problem(tmp_path, zarr_format, change, code):
    folder = write_zarr(tmp_path / "a", LINES, zarr_format=zarr_format)
    change(folder)
    assert refused(ZarrSource, folder) == code


def test_arrays_of_other_lengths_are_refused(tmp_path):
    folder = write_zarr(tmp_path / "a", LINES)
    shape = folder / "variant_contig" / ".zarray"
    shape.write_text(json.dumps(json.loads(shape.read_text()) | {"shape": [2]}))
    assert refused(ZarrSource, folder) == "variants-damaged"


def test_a_lost_chunk_of_many_calls_is_not_taken_for_the_reference(tmp_path):
    lines = [Line(((0, 1, 0),) * 1000, position=number) for number in range(100)]
    folder = write_zarr(tmp_path / "a", lines, chunk=100, sample_chunk=1000)
    unlink("call_genotype")(folder)
    assert refused(ZarrSource, folder) == "variants-damaged"
