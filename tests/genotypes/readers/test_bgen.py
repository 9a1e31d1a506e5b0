"""BGEN files: against a reading of a real one by the specification and by plink2, rules of calls, what is refused."""

import shutil
import struct
import subprocess
import zlib

import numpy as np
import pytest
from bgen import BgenWriter

from engine.ingest.variants.readers.bgen import BgenSource
from engine.ingest.variants.readers.plink2 import Plink2Source
from engine.ingest.variants.source import Sex
from tests.genotypes.readers.damage import copied, cut, flipped, less_one, nothing, refused
from tests.genotypes.readers.written import Line, all_records, same, write_bgen

NAN = float("nan")
LINE = Line(((0, 0, 0), (0, 1, 0), (1, 1, 0), (-1, -1, 0)))


@pytest.fixture
def bgen(shared):
    return shared / "data" / "genotypes" / "example.8bits.bgen"


def plain_records(path):
    """Layout 2, zlib, 8 bits, two alleles and copies, no phase: (position, ids, alleles, float64[samples] dosage)."""
    data = path.read_bytes()
    place = 4 + struct.unpack_from("<I", data)[0]

    def text(width):
        nonlocal place
        (length,) = struct.unpack_from("<H" if width == 2 else "<I", data, place)
        place += width + length
        return data[place - length : place].decode()

    while place < len(data):
        ids = text(2), text(2), text(2)
        position, alleles = struct.unpack_from("<IH", data, place)
        place += 6
        written = [text(4) for _ in range(alleles)]
        (length,) = struct.unpack_from("<I", data, place)
        block = zlib.decompress(data[place + 8 : place + 4 + length])
        place += 4 + length
        (samples,) = struct.unpack_from("<I", block)
        missing = np.frombuffer(block, np.uint8, samples, 8) >> 7 == 1
        two = np.frombuffer(block, np.uint8, 2 * samples, 10 + samples).reshape(-1, 2) / 255
        yield position, ids, written, np.where(missing, np.nan, 2 - 2 * two[:, 0] - two[:, 1])


def test_a_real_file_is_what_the_specification_reads(bgen):
    with BgenSource(bgen) as source:
        records = all_records(source)
        names = bgen.with_name("example.sample").read_text().split()[2:]
        assert list(source.samples) == names
        assert not source.reference_known
    for record, (position, ids, alleles, dosage) in zip(records, plain_records(bgen), strict=True):
        assert (record.position, record.id, [record.ref, *record.alts]) == (position, ids[1], alleles)
        assert (record.contig, ids[2]) == ("1", "01")
        assert record.dosage == pytest.approx(dosage, abs=1e-5, nan_ok=True)
        whole = np.rint(dosage)
        called = np.where(np.abs(dosage - whole) <= 0.1 + 1e-6, whole, -2)
        assert np.array_equal(record.alleles[:, :2].sum(axis=1), called)


@pytest.mark.skipif(shutil.which("plink2") is None, reason="plink2 is not installed")
def test_a_real_file_is_what_plink2_makes_of_it(bgen, tmp_path):
    command = ["plink2", "--bgen", str(bgen), "ref-first", "--make-pgen", "--out", str(tmp_path / "a")]
    subprocess.run(command, check=True, capture_output=True)
    with BgenSource(bgen) as ours, Plink2Source(tmp_path / "a.pgen") as theirs:
        for own, other in zip(all_records(ours), all_records(theirs), strict=True):
            assert (own.contig, own.position, own.ref, own.alts) == (
                other.contig,
                other.position,
                other.ref,
                other.alts,
            )
            assert own.dosage == pytest.approx(other.dosage, abs=2**-14, nan_ok=True)
            assert np.array_equal(own.alleles, other.alleles)


def read_one(path, alleles, probabilities, *, ploidy=2, phased=False, bits=16, layout=2, compression="zlib"):
    with BgenWriter(
        str(path), len(probabilities), [f"s{n}" for n in range(len(probabilities))], compression, layout
    ) as out:
        out.add_variant("", "rs1", "chr1", 5, alleles, np.array(probabilities, float), ploidy, phased, bits)
    with BgenSource(path) as source:
        (record,) = all_records(source)
    return record


@pytest.mark.parametrize(
    ("probabilities", "call", "dosage"),
    [
        ((1, 0, 0), (0, 0, 0), 0),
        ((0.92, 0.08, 0), (0, 0, 0), 0.08),
        ((0.88, 0.12, 0), (-1, -1, 0), 0.12),
        ((0.05, 0.9, 0.05), (0, 1, 0), 1),
        ((0, 0.12, 0.88), (-1, -1, 0), 1.88),
        ((0, 0.05, 0.95), (1, 1, 0), 1.95),
        ((NAN, NAN, NAN), (-1, -1, 0), NAN),
    ],
)
@pytest.mark.parametrize("layout", [1, 2])
def test_a_call_is_within_a_tenth_of_a_whole_number(tmp_path, probabilities, call, dosage, layout):
    record = read_one(tmp_path / "a.bgen", ["A", "G"], [probabilities] * 2, layout=layout)
    assert record.alleles.tolist() == [list(call)] * 2
    assert record.dosage == pytest.approx([dosage] * 2, abs=1e-4, nan_ok=True)


@pytest.mark.parametrize(
    ("haplotypes", "call"),
    [
        ((1, 0, 0, 1), (0, 1, 1)),
        ((0.05, 0.95, 1, 0), (1, 0, 1)),
        ((0, 1, 0, 1), (1, 1, 1)),
        ((0.5, 0.5, 0.5, 0.5), (0, 1, 0)),  # one copy of each is certain, and not where
        ((0.92, 0.08, 0.92, 0.08), (-1, -1, 0)),
        ((NAN,) * 4, (-1, -1, 0)),
    ],
)
def test_phase_needs_both_haplotypes(tmp_path, haplotypes, call):
    record = read_one(tmp_path / "a.bgen", ["A", "G"], [haplotypes], phased=True)
    assert record.alleles.tolist() == [list(call)]


def test_people_of_one_copy_and_none(tmp_path):
    rows = [(0, 1, NAN), (0.8, 0.2, NAN), (NAN,) * 3, (0, 0, 1)]
    record = read_one(tmp_path / "a.bgen", ["A", "G"], rows, ploidy=np.array([1, 1, 0, 2]))
    assert record.alleles.tolist() == [[1, -2, 0], [-1, -2, 0], [-2, -2, 0], [1, 1, 0]]
    assert record.dosage == pytest.approx([1, 0.2, NAN, 2], abs=1e-4, nan_ok=True)


def test_several_alternates_have_calls_and_no_dosage(tmp_path):
    rows = [(0, 0, 0, 0, 0.95, 0.05), (0, 0, 0, 0.5, 0.5, 0), (0, 0, 0.04, 0, 0, 0.96), (0, 0, 0.06, 0, 0, 0.94)]
    record = read_one(tmp_path / "a.bgen", ["A", "G", "T"], rows)
    assert record.alleles.tolist() == [[1, 2, 0], [-1, -1, 0], [2, 2, 0], [-1, -1, 0]]
    assert record.dosage is None


def test_three_copies_leave_a_record_without_calls(tmp_path):
    record = read_one(tmp_path / "a.bgen", ["A", "G"], [(0, 0, 0, 1)], ploidy=3)
    assert (record.alleles, record.dosage, record.alts) == (None, None, ("G",))


@pytest.mark.parametrize(
    ("beside", "text", "samples", "sexes"),
    [
        ("a.sample", "ID_1 ID_2 missing sex\n0 0 0 D\nf x 0 1\nf y 0 2\n", ("x", "y"), (Sex.MALE, Sex.FEMALE)),
        ("a_s2.sample", "ID_1 ID_2 missing sex\n0 0 0 D\nf x 0 1\ng x 0 0\n", ("f_x", "g_x"), (Sex.MALE, None)),
        ("a.sample", "ID_1 missing\n0 0\nx 0\ny 0\n", ("x", "y"), (None, None)),
        ("a.sample", "ID\n0\nx\ny\n", ("x", "y"), (None, None)),
    ],
)
@pytest.mark.parametrize("own", [False, ["(anonymous_sample_1)", "(anonymous_sample_2)"]])
def test_samples_without_ids_are_those_of_the_file_beside(tmp_path, beside, text, samples, sexes, own):
    path = write_bgen(tmp_path / "a", [Line(LINE.calls[:2])], samples=own)
    (tmp_path / beside).write_text(text)
    with BgenSource(path) as source:
        assert (source.samples, source.sexes) == (samples, sexes)
        assert same(all_records(source), [Line(LINE.calls[:2])])


@pytest.mark.parametrize(
    ("own", "text", "code"),
    [
        (False, None, "bgen-no-sample-ids"),
        (False, "ID\n0\nx\n", "variants-differ"),
        (False, "ID\nx\ny\n", "variants-text"),
        (False, "", "variants-text"),
        (["x", "y"], "ID\n0\ny\nx\n", "variants-differ"),
    ],
)
def test_samples_that_cannot_be_told(tmp_path, own, text, code):
    path = write_bgen(tmp_path / "a", [Line(LINE.calls[:2])], samples=own)
    if text is not None:
        path.with_suffix(".sample").write_text(text)
    assert refused(BgenSource, path) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (nothing, "variants-unreadable"),
        (flipped(16), "variants-unreadable"),
        (flipped(0), "variants-damaged"),
        (flipped(5), "variants-damaged"),
        (flipped(8), "variants-damaged"),  # fewer records promised than there are
        (flipped(9), "variants-damaged"),  # more
        (flipped(12), "variants-damaged"),
        (flipped(20), "variants-damaged"),
        (flipped(6_060), "variants-damaged"),
        (less_one, "variants-damaged"),
        (cut(0.5), "variants-damaged"),
        (lambda data: data[:30], "variants-damaged"),
        (lambda data: data + b"\0\0", "variants-damaged"),
    ],
)
def test_damage_is_one_problem(bgen, tmp_path, change, code, capfd):
    assert refused(BgenSource, copied(bgen, tmp_path, (".bgen",), change=change)) == code
    assert capfd.readouterr() == ("", "")


def test_probabilities_above_one_are_damage(tmp_path, capfd, caplog):
    path = write_bgen(tmp_path / "a", [LINE], compression=None)
    data = bytearray(path.read_bytes())
    data[-8:] = b"\xff" * 8  # two bytes a sample: both probabilities are 1
    path.write_bytes(data)
    assert refused(BgenSource, path) == "variants-damaged"
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_a_file_that_is_not_there(tmp_path):
    assert refused(BgenSource, tmp_path / "no.bgen") == "variants-unreadable"
