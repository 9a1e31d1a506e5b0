"""PLINK 1 file sets: against the bits of a real one, what each column means, and what is refused."""

import numpy as np
import pytest

from engine.ingest.variants.readers.plink1 import Plink1Source
from engine.ingest.variants.source import Sex
from tests.genotypes.readers.damage import copied, cut, flipped, less_one, nothing, refused
from tests.genotypes.readers.written import Line, all_records, write_bed

SET = (".bed", ".bim", ".fam")
CALLS = ((0, 0, 0), (0, 1, 0), (1, 1, 0), (-1, -1, 0), (0, 1, 0))


@pytest.fixture
def bed(shared):
    return shared / "data" / "genotypes" / "fastlmmTest.bed"


def test_a_real_file_is_what_its_bits_and_lines_say(bed):
    with Plink1Source(bed) as source:
        records = all_records(source)
        people = [line.split() for line in bed.with_suffix(".fam").read_text().splitlines()]
        assert source.samples == tuple(row[1] for row in people)
        assert source.sexes == tuple({"1": Sex.MALE, "2": Sex.FEMALE}.get(row[4]) for row in people)
        assert len(source.parts()) == 16
        assert not source.reference_known
    bits = np.unpackbits(np.frombuffer(bed.read_bytes()[3:], np.uint8), bitorder="little").reshape(len(records), -1)
    low, high = bits[:, : 2 * len(people) : 2], bits[:, 1 : 2 * len(people) : 2]
    dosage = np.where((low == 1) & (high == 0), -2, 2 - low.astype(int) - high)  # of A1; both missing are -1 + -1
    assert np.array_equal([r.alleles[:, :2].sum(axis=1) for r in records], dosage)
    lines = [line.split() for line in bed.with_suffix(".bim").read_text().splitlines()]
    assert [(r.contig, r.position, r.id, r.alts, r.ref) for r in records] == [
        (chrom, int(position), name, (first,), second) for chrom, name, _, position, first, second in lines
    ]


@pytest.mark.parametrize(
    ("written", "contig"),
    [("1", "1"), ("chr7", "7"), ("23", "X"), ("X", "X"), ("24", "Y"), ("25", "X"), ("XY", "X"), ("26", "MT"), ("0", "0")],
)  # fmt: skip
def test_contigs_get_their_usual_names(tmp_path, written, contig):
    with Plink1Source(write_bed(tmp_path / "a", [Line(CALLS, contig=written)])) as source:
        assert [record.contig for record in all_records(source)] == [contig]


@pytest.mark.parametrize(
    ("first", "second", "ref", "alts", "calls"),
    [
        # A1    A2   ref   alts    of two A1, no call, one of each, two A2
        ("G", "A", "A", ("G",), [1, 1, -1, -1, 0, 1, 0, 0]),
        ("0", "A", "A", (), [1, 1, -1, -1, 0, 1, 0, 0]),
        ("G", "0", "G", (), [0, 0, -1, -1, 0, 1, 1, 1]),
    ],
)
def test_an_absent_allele_leaves_no_alternates(tmp_path, first, second, ref, alts, calls):
    line = Line(((1, 1, 0), (-1, -1, 0), (0, 1, 0), (0, 0, 0)))
    with Plink1Source(write_bed(tmp_path / "a", [line], bim=f"1 . 0 1 {first} {second}\n")) as source:
        (record,) = all_records(source)
    assert (record.ref, record.alts, record.alleles[:, :2].ravel().tolist()) == (ref, alts, calls)


@pytest.mark.parametrize(
    ("fam", "samples", "families"),
    [
        ("f a 0 0 1 -9\nf b 0 0 2 -9\n", ("a", "b"), ("f", "f")),
        ("f a 0 0 1 -9\ng a 0 0 2 -9\n", ("f_a", "g_a"), ("f", "g")),
        ("0 a 0 0 1 -9\ng a 0 0 2 -9\n", ("a", "g_a"), ("0", "g")),
    ],
)
def test_repeated_ids_get_their_family(tmp_path, fam, samples, families):
    with Plink1Source(write_bed(tmp_path / "a", [Line(CALLS[:2])], fam=fam)) as source:
        assert (source.samples, source.families) == (samples, families)
        assert source.sexes == (Sex.MALE, Sex.FEMALE)


@pytest.mark.parametrize(
    ("of", "change", "code"),
    [
        (".bed", nothing, "variants-unreadable"),
        (".bed", flipped(0), "variants-unreadable"),
        (".bed", flipped(1), "variants-unreadable"),
        (".bed", flipped(2), "variants-unreadable"),
        (".bed", lambda data: data[:2] + b"\0" + data[3:], "bed-individual-major"),
        (".bed", less_one, "variants-damaged"),
        (".bed", cut(0.5), "variants-damaged"),
        (".bed", lambda data: data + b"\0", "variants-differ"),
        (".fam", nothing, "variants-damaged"),
        (".fam", lambda data: data.replace(b"cid7P0", b"", 1), "variants-text"),
        (".fam", lambda data: data + b"x x 0 0 0 0\n" * 9, "variants-damaged"),
        (".bim", nothing, "variants-differ"),
        (".bim", lambda data: data.replace(b"\t0\t3\t", b"\t0\tx\t"), "variants-text"),
        (".bim", lambda data: data.replace(b"\t0\t3\t", b"\t0\t"), "variants-text"),
        (".bim", lambda data: data[:-20] + b"\xff\xfe\n", "variants-damaged"),
    ],
)
def test_damage_is_one_problem(bed, tmp_path, of, change, code):
    assert refused(Plink1Source, copied(bed, tmp_path, SET, change=change, of=of)) == code


@pytest.mark.parametrize("missing", SET)
def test_every_file_of_the_set_is_needed(bed, tmp_path, missing):
    path = copied(bed, tmp_path, SET)
    path.with_suffix(missing).unlink()
    assert refused(Plink1Source, path) == ("variants-unreadable" if missing == ".bed" else "variants-companion")
