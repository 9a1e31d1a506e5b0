"""VCF and BCF files: against bcftools on real ones, read in parts, and what a call may be."""

import numpy as np
import pytest

from engine.ingest.variants.readers.vcf import VcfSource
from schemas.errors import DataProblem
from tests.genotypes.readers.damage import refused
from tests.genotypes.readers.written import VCF_HEAD, Line, all_records, vcf_text, write_vcf
from tests.lib.tools import tool

CALLED = (
    "sample.vcf.gz", "sample2.vcf.gz", "chr22.vcf.gz", "1kg_2020_chrM.vcf.gz", "regressionLogisticEpacts.vcf.gz",
)  # fmt: skip
SITES = ("1kg_2020_chr20_annotations.bcf", "sample.gnomad.exomes.r2.1.1.sites.chr1.vcf.gz")
MANY = [Line(((0, 1, 0), (1, 1, 1)) * 40, position=1 + 3 * at, contig="1" if at < 900 else "22") for at in range(1500)]


@pytest.fixture
def genotypes(shared):
    return shared / "data" / "genotypes"


def _queried(path, template):
    lines = tool("bcftools", "query", "-f", template + "\n", path).splitlines()
    return [line.replace("\tPASS\t", "\t.\t").split("\t") for line in lines]


def _columns(record):
    """As bcftools writes them; it says PASS and nothing of filters, which a record does not keep apart."""
    counts = record.info.get("AC", ".")
    texts = map(str, counts if isinstance(counts, tuple) else (counts,))
    first = [record.contig, str(record.position), record.id or ".", record.ref, ",".join(record.alts) or "."]
    return [*first, record.filter or ".", ",".join(texts)]


def _text(calls):
    """As bcftools writes a call."""
    shown = ["." if number == -1 else str(number) for number in calls[:2] if number != -2]
    return ("|" if calls[2] else "/").join(shown)


@pytest.mark.parametrize("name", [*CALLED, *SITES])
def test_records_are_those_of_bcftools(genotypes, name):
    path = genotypes / name
    with VcfSource(path) as source:
        records = all_records(source, ("AC", "AF"))
        assert source.samples == tuple(tool("bcftools", "query", "-l", path).split())
    rows = _queried(path, "%CHROM\t%POS\t%ID\t%REF\t%ALT\t%FILTER\t%INFO/AC")
    assert [_columns(record) for record in records] == rows


@pytest.mark.parametrize("name", CALLED)
def test_calls_are_those_of_bcftools(genotypes, name):
    path = genotypes / name
    with VcfSource(path) as source:
        found = [[_text(call) for call in record.alleles.tolist()] for record in all_records(source)]
    assert found == [row[1:] for row in _queried(path, "%POS[\t%GT]")]


@pytest.mark.parametrize("packing", ["text", "gzip", "bgzip", "bcf"])
@pytest.mark.parametrize("part_bytes", [None, 1, 700, 20_000, 10**9])
def test_parts_tile_the_file(tmp_path, packing, part_bytes):
    path = write_vcf(tmp_path / "a", MANY, packing=packing)
    if packing == "bcf":
        tool("bcftools", "index", path)
    with VcfSource(path, part_bytes=part_bytes) as source:
        parts = source.parts()
        assert [(r.contig, r.position) for r in all_records(source)] == [(x.contig, x.position) for x in MANY]
        assert parts == VcfSource(path, part_bytes=part_bytes).parts()
        if part_bytes == 1 and packing != "gzip":
            assert len(parts) > 1


def test_an_index_of_another_file_is_not_used(tmp_path):
    path = write_vcf(tmp_path / "a", MANY, packing="bcf")
    tool("bcftools", "index", path)
    index = path.with_name("a.bcf.csi").read_bytes()
    few = write_vcf(tmp_path / "b", MANY[3:], packing="bcf")
    few.with_name("b.bcf.csi").write_bytes(index)
    with VcfSource(few, part_bytes=1) as source:
        assert len(all_records(source)) == len(MANY) - 3
    few.with_name("b.bcf.csi").write_bytes(index[:40])
    with VcfSource(few, part_bytes=1) as source:
        assert len(source.parts()) == 1


def test_empty_blocks_in_the_middle_end_nothing(tmp_path):
    """As files joined with `cat` have them."""
    path = write_vcf(tmp_path / "a", MANY, packing="bgzip")
    whole = path.read_bytes()
    end = whole[-28:]
    first = int.from_bytes(whole[16:18], "little") + 1
    path.write_bytes(whole[:first] + end + whole[first:])
    for part_bytes in (1, 10**9):
        with VcfSource(path, part_bytes=part_bytes) as source:
            assert len(all_records(source)) == len(MANY)


def test_what_a_call_may_be(tmp_path):
    calls = {
        "0/1": [0, 1, 0], "1|0": [1, 0, 1], "./.": [-1, -1, 0], ".": [-1, -2, 0], "1": [1, -2, 0], "./1": [-1, 1, 0],
        "1/.": [1, -1, 0], "0|.": [0, -1, 1], "0": [0, -2, 0],
    }  # fmt: skip
    path = tmp_path / "a.vcf"
    lines = [Line(((0, 0, 0),) * len(calls))]
    path.write_text(vcf_text(lines).replace("\t".join(["0/0"] * len(calls)), "\t".join(calls)))
    with VcfSource(path) as source:
        (record,) = all_records(source)
    assert record.alleles.dtype == np.int16
    assert record.alleles.tolist() == list(calls.values())


@pytest.mark.parametrize("call", ["0/0/1", "0|1|1", "0/1/.", "././."])
def test_a_record_with_three_copies_has_no_calls(tmp_path, call):
    path = tmp_path / "a.vcf"
    path.write_text(vcf_text([Line(((0, 0, 0), (0, 1, 0)))] * 2).replace("0/1", call, 1))
    with VcfSource(path) as source:
        first, second = all_records(source)
    assert (first.alleles, first.is_polyploid) == (None, True)
    assert (second.alleles.tolist(), second.is_polyploid) == ([[0, 0, 0], [0, 1, 0]], False)


def test_dosages_of_one_alternate(tmp_path):
    lines = [Line(((0, 1, 0), (0, 0, 0))), Line(((0, 1, 0), (0, 0, 0)), alts=("G", "T"))]
    path = write_vcf(tmp_path / "a", lines, dosages=[("1.25", "."), ("1.25", "0")])
    with VcfSource(path) as source:
        first, second = all_records(source)
    assert first.dosage.dtype == np.float32
    assert np.array_equal(first.dosage, [1.25, np.nan], equal_nan=True)
    assert second.dosage is None


def test_a_record_without_calls(tmp_path):
    path = tmp_path / "a.vcf"
    path.write_text(vcf_text([Line(((0, 1, 0),))]).replace("GT\t0/1", "DS\t0.5"))
    with VcfSource(path) as source:
        (record,) = all_records(source)
    assert (record.alleles, record.is_polyploid, record.dosage.tolist()) == (None, False, [0.5])


@pytest.mark.parametrize(
    ("name", "kind", "number", "written", "read"),
    [
        ("X", "Integer", "1", "5", 5),
        ("X.Y-z", "Integer", "1", "5", 5),
        ("1000G", "Flag", "0", None, True),
        ("gnomAD-AF.2", "Float", "A", "0.5,.", (0.5, None)),
        ("S", "String", ".", "a,b", "a,b"),
        ("X", "Integer", "1", "five", None),
    ],
)
def test_info_of_any_name_and_type(tmp_path, name, kind, number, written, read):
    head = (*VCF_HEAD, f'##INFO=<ID={name},Number={number},Type={kind},Description="Said, \\"so\\" = it">')
    text = vcf_text([Line(((0, 1, 0),), alts=("G", "T"))], head=head)
    path = tmp_path / "a.vcf"
    path.write_text(text.replace("PASS\t.", f"PASS\t{name}" + ("" if written is None else f"={written}")))
    with VcfSource(path) as source:
        (record,) = all_records(source, (name,))
        assert list(source.info_fields) == [name]
    assert record.info.get(name) == read


@pytest.mark.parametrize(
    ("line", "assembly"),
    [
        ("##contig=<ID=chr2,length=242193529>", "GRCh38"),
        ("##contig=<ID=2,length=243199373>", "GRCh37"),
        ("##contig=<ID=NC_000001.10>", "GRCh37"),
        ("##contig=<ID=NC_000001.11>", "GRCh38"),
        ("##contig=<ID=2,assembly=b37>", "GRCh37"),
        ("##reference=file:///data/human_g1k_v37_decoy.fasta", "GRCh37"),
        ("##reference=file:///data/GRCh38_full_analysis_set_plus_decoy_hla.fa", "GRCh38"),
        ("##reference=file:///data/hg19_to_hg38.fa", None),
        ("##contig=<ID=2,length=5>", None),
    ],
)
def test_the_reference_is_told_by_the_header(tmp_path, line, assembly):
    path = tmp_path / "a.vcf"
    path.write_text(vcf_text([Line(((0, 1, 0),))], head=("##fileformat=VCFv4.2", line)))
    assert VcfSource(path).assembly == assembly


@pytest.mark.parametrize(
    ("was", "is_"),
    [
        ("s0\ts1", "s0\ts0"),
        ("s0\ts1", "s0\t"),
        ("s0\ts1", "s0\t\xe9"),
        ("#CHROM\tPOS", "#CHROM POS"),
        ("#CHROM", "CHROM"),
        ("FORMAT\ts0", "s0\tFORMAT"),
        ("INFO\tFORMAT", "FORMAT\tINFO"),
    ],
)
def test_a_header_that_is_none(tmp_path, was, is_):
    path = tmp_path / "a.vcf"
    path.write_bytes(vcf_text([Line(((0, 1, 0), (0, 0, 0)))]).replace(was, is_).encode("latin-1"))
    assert refused(VcfSource, path) == "vcf-header"


def test_a_header_alone_and_a_header_without_its_end(tmp_path):
    path = tmp_path / "a.vcf"
    whole = vcf_text([Line(((0, 1, 0),))])
    path.write_text(whole[: whole.index("\n1\t") + 1])
    with VcfSource(path) as source:
        assert all_records(source) == []
    path.write_text(whole[: whole.index("#CHROM")])
    assert refused(VcfSource, path) == "vcf-header"


def test_names_given_twice_are_counted_and_not_shown(tmp_path):
    path = tmp_path / "a.vcf"
    path.write_text(vcf_text([Line(((0, 1, 0), (0, 0, 0)))]).replace("s0\ts1", "Smith\tSmith"))
    with pytest.raises(DataProblem, match="1 of 2 names") as problem:
        VcfSource(path)
    assert "Smith" not in str(problem.value)


@pytest.mark.parametrize("line", ["1\t9\t.\tN\t<NON_REF>", "1\t9\t.\tA\tG,<*>", "1\t9\t.\tA\t."])
def test_a_gvcf_is_refused_with_advice(tmp_path, line):
    path = tmp_path / "a.vcf"
    head = (*VCF_HEAD, '##INFO=<ID=END,Number=1,Type=Integer,Description="end">')
    path.write_text(vcf_text([Line(((0, 0, 0),))], head=head) + f"{line}\t.\t.\tEND=90\tGT\t0/0\n")
    with pytest.raises(DataProblem, match="gVCF") as problem:
        all_records(VcfSource(path))
    assert problem.value.code == "vcf-gvcf"
    assert "GenotypeGVCFs" in problem.value.hint


def test_a_real_gvcf_is_refused(genotypes):
    assert refused(VcfSource, genotypes / "CEUTrio.20.21.gatk3.4.g.vcf.bgz") == "vcf-gvcf"
