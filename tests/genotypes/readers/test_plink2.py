"""PLINK 2 file sets: what pgenlib and plink2 wrote is read as the VCF has it, and what is refused."""

import gzip
import shutil
import struct
import subprocess

import numpy as np
import pyarrow as pa
import pytest

from engine.ingest.variants.readers.plink2 import Plink2Source
from engine.ingest.variants.source import Sex
from tests.genotypes.readers.damage import copied, cut, flipped, less_one, nothing, refused
from tests.genotypes.readers.vcf_text import text_records
from tests.genotypes.readers.written import PVAR_HEAD, Line, all_records, same, write_pgen

SET = (".pgen", ".pvar", ".psam")
PHASED = Line(((0, 1, 1), (1, 0, 1), (0, 1, 0), (1, 2, 1), (-1, -1, 0), (2, 2, 0)), alts=("G", "T"))
PLAIN = Line(((0, 1, 0), (1, 1, 0), (0, 0, 0), (-1, -1, 0), (0, 0, 0), (0, 0, 0)), position=2, filter="q10")


def test_sexes_families_info_and_assembly_come_from_the_text_files(tmp_path):
    pvar = (
        '##INFO=<ID=AF,Number=A,Type=Float,Description="Allele, frequency">\n'
        '##INFO=<ID=AN,Number=1,Type=Integer,Description="Alleles">\n'
        '##INFO=<ID=DB,Number=0,Type=Flag,Description="Known">\n'
        '##INFO=<ID=GENE,Number=.,Type=String,Description="Genes">\n'
        "##contig=<ID=1,length=248956422>\n"
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        "X\t5\trs5\tA\tG,T\t.\tPASS\tAF=0.5,.;AN=12;DB;GENE=a,b\n"
        "PAR1\t6\t.\tA\tG\t.\tq10\tAN=.;AF=0.25\n"
    )
    psam = "##made by hand\n#FID\tIID\tSEX\n" + "".join(f"f\ts{n}\t{sex}\n" for n, sex in enumerate("12MFNA"[:6]))
    with Plink2Source(write_pgen(tmp_path / "a", [PHASED, PLAIN], pvar=pvar, psam=psam)) as source:
        first, second = all_records(source, ("AF", "AN", "DB", "GENE"))
        assert source.info_fields == {"AF": "Allele, frequency", "AN": "Alleles", "DB": "Known", "GENE": "Genes"}
        assert source.sexes == (Sex.MALE, Sex.FEMALE, Sex.MALE, Sex.FEMALE, None, None)
        assert source.families == ("f",) * 6
        assert (source.assembly, source.reference_known) == ("GRCh38", True)
    assert (first.contig, first.id, first.filter) == ("X", "rs5", None)
    assert first.info == {"AF": (0.5, None), "AN": 12, "DB": True, "GENE": "a,b"}
    assert (second.contig, second.position, second.filter, second.info) == ("X", 6, "q10", {"AF": 0.25})


def test_a_compressed_pvar_and_one_without_a_header_are_read(tmp_path):
    path = write_pgen(tmp_path / "a", [PHASED, PLAIN])
    text = path.with_suffix(".pvar").read_bytes()
    path.with_suffix(".pvar").unlink()
    with pa.CompressedOutputStream(str(path.with_suffix(".pvar.zst")), "zstd") as out:
        out.write(text)
    with Plink2Source(path) as source:
        assert same(all_records(source), [PHASED, PLAIN])
    bare = write_pgen(
        tmp_path / "b", [PLAIN], pvar="1 rs1 0 2 G A\n", psam="".join(f"f s{n} 0 0 2 0\n" for n in range(6))
    )
    with Plink2Source(bare) as source:
        (record,) = all_records(source)
        assert (record.id, record.position, record.ref, record.alts) == ("rs1", 2, "A", ("G",))
        assert set(source.sexes) == {Sex.FEMALE}


@pytest.mark.parametrize(("provisional", "known"), [(False, True), (True, False)])
def test_a_provisional_reference_is_told(tmp_path, provisional, known):
    with Plink2Source(write_pgen(tmp_path / "a", [PLAIN], provisional=provisional)) as source:
        assert source.reference_known is known


@pytest.mark.parametrize(
    ("control", "flags", "marks", "known"),
    [
        (0x00, b"", ("AN=1", "."), True),
        (0x00, b"", ("AN=1", "AN=1;PR"), False),
        (0xC0, b"\0", (".", "PR"), True),
        (0xC0, b"\2", (".", "."), False),
        (0x80, b"", (".", "."), False),
    ],
)
def test_each_variant_may_have_a_provisional_reference(tmp_path, control, flags, marks, known):
    path = tmp_path / "a.pgen"  # of fixed width: two records of four samples, two bits each
    path.write_bytes(b"\x6c\x1b\x02" + struct.pack("<IIB", 2, 4, control) + flags + bytes([0b11_10_01_00, 0]))
    lines = (f"1\t{number}\t.\tA\tG\t{mark}\n" for number, mark in enumerate(marks))
    head = '##INFO=<ID=PR,Number=0,Type=Flag,Description="Provisional">\n#CHROM\tPOS\tID\tREF\tALT\tINFO\n'
    path.with_suffix(".pvar").write_text(head + "".join(lines))
    path.with_suffix(".psam").write_text("#IID\na\nb\nc\nd\n")
    with Plink2Source(path) as source:
        assert source.reference_known is known
        first, second = all_records(source)
        assert first.alleles.tolist() == [[0, 0, 0], [0, 1, 0], [1, 1, 0], [-1, -1, 0]]
        assert not second.alleles.any()


def test_dosages_are_read_beside_calls(tmp_path):
    dosages = [[0, 0.95, 1.3, 2, -9, 0.05]]
    with Plink2Source(write_pgen(tmp_path / "a", [PLAIN], dosages=dosages)) as source:
        (record,) = all_records(source)
    expected = np.where(np.array(dosages[0]) < 0, np.nan, dosages[0])
    assert record.dosage.dtype == np.float32
    assert record.dosage == pytest.approx(expected, abs=2**-15, nan_ok=True)
    assert record.alleles.tolist() == [[0, 0, 0], [0, 1, 0], [-1, -1, 0], [1, 1, 0], [-1, -1, 0], [0, 0, 0]]


@pytest.mark.skipif(shutil.which("plink2") is None, reason="plink2 is not installed")
@pytest.mark.parametrize("name", ["sample.vcf.gz", "sample2.vcf.gz", "chr22.vcf.gz"])
def test_what_plink2_makes_of_a_real_vcf_is_the_vcf(shared, tmp_path, name):
    vcf = shared / "data" / "genotypes" / name
    plain = tmp_path / "plain.vcf"
    plain.write_bytes(gzip.decompress(vcf.read_bytes()))
    command = ["plink2", "--vcf", plain, "--vcf-half-call", "missing", "--allow-extra-chr", "--make-pgen", "vzs"]
    subprocess.run([*map(str, command), "--geno-counts", "--out", str(tmp_path / "a")], check=True, capture_output=True)
    with Plink2Source(tmp_path / "a.pgen") as source:
        records = all_records(source)
        assert source.reference_known
    expected = list(text_records(plain))
    assert len(records) == len(expected)
    for record, (contig, position, ref, alts, calls) in zip(records, expected, strict=True):
        assert (record.contig, record.position, record.ref, record.alts) == (contig, position, ref, alts)
        assert record.alleles.tolist() == [_as_pgen(call) for call in calls]
    counted = [line.split() for line in (tmp_path / "a.gcount").read_text().splitlines()[1:]]
    for record, row in zip(records, counted, strict=True):
        if len(record.alts) == 1:
            whole = record.alleles[record.alleles[:, 0] >= 0, :2].sum(axis=1)
            assert [*np.bincount(whole, minlength=3)] == [int(number) for number in row[4:7]]


def _as_pgen(call):
    """Unphased heterozygotes in the order of alleles, haploid calls twice, phase of heterozygotes only."""
    first, second, phased = call
    if second == -2:
        return [first, first, 0]
    if min(first, second) < 0:
        return [-1, -1, 0]
    return [first, second, 1] if phased and first != second else [*sorted((first, second)), 0]


@pytest.mark.parametrize(
    ("of", "change", "code"),
    [
        (".pgen", nothing, "variants-unreadable"),
        (".pgen", flipped(0), "variants-unreadable"),
        (".pgen", flipped(2), "variants-unreadable"),
        (".pgen", lambda data: b"\x6c\x1b\x01" + data[3:], "variants-unreadable"),
        (".pgen", flipped(4), "variants-damaged"),
        (".pgen", flipped(7), "variants-differ"),
        (".pgen", less_one, "variants-damaged"),
        (".pgen", cut(0.6), "variants-damaged"),
        (".pgen", lambda data: data[:15], "variants-damaged"),
        (".pgen", lambda data: data + b"\0", "variants-damaged"),
        (".pgen", lambda data: data[:-4] + b"\xff\xff\xff\xff", "variants-damaged"),
        (".psam", lambda data: data + b"more\n", "variants-differ"),
        (".psam", lambda data: b"#FID\tSEX\n" + data, "variants-text"),
        (".pvar", nothing, "variants-text"),
        (".pvar", lambda data: data + b"1\t9\t.\tA\tG\tPASS\n", "variants-differ"),
        (".pvar", lambda data: data.replace(b"1\t2\t", b"1\tx\t"), "variants-text"),
        (".pvar", lambda data: data.replace(b"1\t2\t", b"2\t"), "variants-text"),
        (".pvar", lambda data: data.replace(PVAR_HEAD.encode(), b"#CHROM\tPOS\n"), "variants-text"),
        (".pvar", lambda data: b"\x28\xb5\x2f\xfd" + data, "variants-damaged"),
    ],
)
def test_damage_is_one_problem(tmp_path, of, change, code):
    original = write_pgen(tmp_path / "a", [PHASED, PLAIN, PHASED])
    assert refused(Plink2Source, copied(original, tmp_path, SET, change=change, of=of)) == code


@pytest.mark.parametrize("missing", SET)
def test_every_file_of_the_set_is_needed(tmp_path, missing):
    path = write_pgen(tmp_path / "a", [PLAIN])
    path.with_suffix(missing).unlink()
    assert refused(Plink2Source, path) == ("variants-unreadable" if missing == ".pgen" else "variants-companion")
