"""Damaged VCF and BCF files, at every kind of place: one problem, never other records."""

import gzip

import pytest

from engine.ingest.variants.readers.vcf import VcfSource
from schemas.errors import DataProblem
from tests.genotypes.readers.damage import cut, flipped, less_one, nothing, refused
from tests.genotypes.readers.written import VCF_HEAD, Line, all_records, vcf_text, write_vcf

LINES = [Line(((0, 1, 0), (at % 2, 1, 1)) * 100, position=1 + at * at % 90_001, id=f"rs{at}") for at in range(600)]
CODES = {"vcf-damaged", "vcf-unreadable", "vcf-header"}
PACKED = ("gzip", "bgzip", "bcf")


def _said(path, **how):
    """What each record says, together, or the code of the problem."""
    try:
        with VcfSource(path, **how) as source:
            return tuple((r.contig, r.position, r.id, r.ref, r.alts, r.alleles.tobytes()) for r in all_records(source))
    except DataProblem as problem:
        return problem.code


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("part_bytes", [1, None])
def test_a_changed_byte_is_noticed_wherever_it_is(tmp_path, packing, part_bytes, capfd):
    path = write_vcf(tmp_path / "a", LINES, packing=packing)
    whole, expected = path.read_bytes(), _said(path)
    assert len(expected) == len(LINES)
    refusals = 0
    for place in [*range(40), *range(40, len(whole) - 40, len(whole) // 60), *range(len(whole) - 40, len(whole))]:
        path.write_bytes(flipped(place)(whole))
        said = _said(path, part_bytes=part_bytes)
        assert said == expected or said in CODES, place
        refusals += said != expected
    assert refusals > 70
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("packing", [*PACKED, "text"])
@pytest.mark.parametrize("change", [nothing, less_one, *(cut(share) for share in (0.001, 0.02, 0.3, 0.6, 0.999))])
@pytest.mark.parametrize("part_bytes", [1, None])
def test_a_file_cut_short(tmp_path, packing, change, part_bytes, capfd):
    path = write_vcf(tmp_path / "a", LINES, packing=packing)
    path.write_bytes(change(path.read_bytes()))
    assert _said(path, part_bytes=part_bytes) in CODES
    assert capfd.readouterr() == ("", "")


def _blocks(data):
    start = 0
    while start < len(data):
        end = start + int.from_bytes(data[start + 16 : start + 18], "little") + 1
        yield data[start:end]
        start = end


def test_whole_blocks_that_are_lost(tmp_path):
    """Each block is sound, and what lies across the gap is not a record.

    Of text this cannot be noticed where blocks begin with lines, as htslib writes them.
    """
    path = write_vcf(tmp_path / "a", LINES, packing="bcf")
    first, *middle, last, end = _blocks(path.read_bytes())
    assert middle
    path.write_bytes(first + last + end)
    assert _said(path, part_bytes=10**9) in CODES


def test_a_line_that_is_not_a_record_says_how_far_it_was_read(tmp_path):
    path = tmp_path / "bad.vcf"
    path.write_text(vcf_text(LINES[:2]) + "1\t9\t.\tA\tG\t.\t.\t.\tGT\t0/1\n")
    with pytest.raises(DataProblem, match=r"bad.vcf .* 2 records could be read, the last at 1:2") as problem:
        all_records(VcfSource(path))
    assert problem.value.code == "vcf-damaged"


@pytest.mark.parametrize("call", ["0/2", "3", "0/x", "1//0", "0/-1", "é"])
def test_a_call_that_the_record_cannot_have(tmp_path, call):
    path = tmp_path / "a.vcf"
    path.write_text(vcf_text([Line(((0, 1, 0), (0, 0, 0)))]).replace("0/0", call))
    assert refused(VcfSource, path) == "vcf-damaged"


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("position", ["five", "-7", "5x"])
def test_a_position_that_is_no_number(tmp_path, position, declared):
    head = VCF_HEAD if declared else tuple(line for line in VCF_HEAD if "contig" not in line)
    path = tmp_path / "a.vcf"
    path.write_text(vcf_text([Line(((0, 1, 0),))], head=head).replace("\n1\t1\t", f"\n1\t{position}\t"))
    assert refused(VcfSource, path) == "vcf-damaged"


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x1f\x8bnot gzip at all, though it says so", b"BCF\x02\x02",
                                     b"BCF\x02\x02\xff\xff\xff\xff", gzip.compress(b"hello", mtime=0), b"\x1f\x8b"])  # fmt: skip
def test_what_is_no_vcf(tmp_path, content, capfd):
    path = tmp_path / "other.vcf"
    path.write_bytes(content)
    assert refused(VcfSource, path) in CODES
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataProblem, match="none") as problem:
        VcfSource(tmp_path / "none.vcf")
    assert problem.value.code == "vcf-unreadable"
