"""Left-alignment and the reference sequence: against bcftools norm, against all spellings of a change, and by example."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.genotypes.alleles import Allele
from engine.ingest.variants.alleles import Rejection, SplitAllele, split
from engine.ingest.variants.normalise import Aligner
from engine.ingest.variants.source import Record
from schemas.errors import DataProblem
from tests.genotypes.readers.written import write_fasta
from tests.lib.budgets import examples
from tests.lib.tools import tool


def record(position, ref, *alts, contig="1"):
    return Record(contig=contig, position=position, id=None, ref=ref, alts=alts, filter=None, alleles=None)


def changes(bases):
    """A place in the sequence and a change of it: (position, ref, alt), with anything around it."""

    def change(start, length, alt):
        ref = bases[start : start + length]
        return start + 1, ref, alt

    place = st.integers(0, len(bases) - 1)
    return st.builds(change, place, st.integers(1, 8), st.text("AC", min_size=1, max_size=8))


sequences = st.text("AC", min_size=1, max_size=40) | st.text("ACGT", min_size=20, max_size=60)
cases = sequences.flatmap(lambda bases: st.tuples(st.just(bases), st.lists(changes(bases), min_size=1, max_size=8)))


def applied(bases, position, ref, alt):
    assert bases[position - 1 : position - 1 + len(ref)] == ref
    return bases[: position - 1] + alt + bases[position - 1 + len(ref) :]


def leftmost(bases, changed):
    """The spelling of the change that is shortest, and of those the one furthest left, by trying all."""
    spellings = []
    for start in range(len(bases)):
        for length in range(1, len(bases) - start + 1):
            grown = len(changed) - len(bases)
            alt = changed[start : start + length + grown]
            if length + grown >= 1 and bases[:start] + alt + bases[start + length :] == changed:
                spellings.append((length + len(alt), start + 1, bases[start : start + length], alt))
    _, *best = min(spellings)
    return tuple(best)


@settings(max_examples=examples(60, nightly=2000), deadline=None)
@given(cases)
def test_it_is_the_leftmost_of_the_shortest_spellings(case):
    bases, found = case
    with tempfile.TemporaryDirectory() as folder, Aligner(write_fasta(folder, {"chr1": bases})) as aligner:
        for position, ref, alt in found:
            if ref == alt:
                continue
            (item,) = split(record(position, ref, alt), aligner)
            allele = item.allele
            assert (allele.position, allele.ref, allele.alt) == leftmost(bases, applied(bases, position, ref, alt))


@settings(max_examples=examples(15, nightly=300), deadline=None)
@given(cases)
def test_it_is_what_bcftools_norm_says(case):
    bases, found = case
    found = sorted({change for change in found if change[1] != change[2]})
    assume(found)
    with tempfile.TemporaryDirectory() as folder:
        path = write_fasta(folder, {"1": bases})
        lines = (
            f"1\t{position}\t{number}\t{ref}\t{alt}\t.\t.\t.\n" for number, (position, ref, alt) in enumerate(found)
        )
        head = f"##fileformat=VCFv4.2\n##contig=<ID=1,length={len(bases)}>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        vcf = Path(folder) / "a.vcf"
        vcf.write_text(head + "".join(lines))
        out = Path(folder) / "normalised.vcf"
        tool("bcftools", "norm", "-f", path, "-o", out, vcf)
        rows = [line.split("\t") for line in out.read_text().splitlines() if line[0] != "#"]
        theirs = {int(row[2]): (int(row[1]), row[3], row[4]) for row in rows}
        with Aligner(path) as aligner:
            for number, change in enumerate(found):
                (item,) = split(record(*change), aligner)
                assert (item.allele.position, item.allele.ref, item.allele.alt) == theirs[number], change


def test_a_deletion_in_a_repeat_moves_to_its_start(tmp_path):
    aligner = Aligner(write_fasta(tmp_path, {"chr2": "GGGCACACACAGGG"}))
    items = list(split(record(8, "CAC", "C", "CACAC", contig="2"), aligner))
    moved = [(item.number, item.allele, item.is_moved) for item in items]
    assert moved == [(1, Allele("2", 3, "GCA", "G"), True), (2, Allele("2", 3, "G", "GCA"), True)]
    (still,) = split(record(4, "C", "T", contig="chr2"), aligner)
    assert still == SplitAllele(1, Allele("2", 4, "C", "T"))


def test_without_a_reference_the_shortest_spelling_stays_where_it_is():
    (item,) = split(record(8, "CACA", "CA"))
    assert item == SplitAllele(1, Allele("1", 8, "CAC", "C"))


def test_a_change_does_not_move_over_unknown_bases(tmp_path):
    aligner = Aligner(write_fasta(tmp_path, {"1": "CNNNAAAG"}))
    (item,) = split(record(6, "AA", "A"), aligner)
    assert item.allele == Allele("1", 5, "AA", "A")


def test_the_reference_may_be_masked_and_have_letters_for_several_bases(tmp_path):
    aligner = Aligner(write_fasta(tmp_path, {"1": "acgtRNac"}, ending="\r\n"))
    fitting = [
        not isinstance(next(split(record(5, ref, "T"), aligner)), Rejection) for ref in ("A", "G", "N", "C", "AN", "AA")
    ]
    assert fitting == [True, True, True, False, True, False]
    assert next(split(record(2, "CG", "C"), aligner)).allele == Allele("1", 2, "CG", "C")


def test_what_differs_from_the_reference_is_rejected(tmp_path):
    aligner = Aligner(write_fasta(tmp_path, {"1": "ACGTACGTAC"}))
    assert list(split(record(2, "A", "C", "G"), aligner)) == [Rejection.REFERENCE_DIFFERS] * 2
    assert list(split(record(10, "CG", "C"), aligner)) == [Rejection.REFERENCE_DIFFERS]
    assert list(split(record(2, "C", "G", contig="3"), aligner)) == [Rejection.REFERENCE_DIFFERS]


@pytest.mark.parametrize(
    ("ref", "alts", "expected"),
    [
        ("C", ("G",), [SplitAllele(1, Allele("1", 2, "C", "G"))]),
        ("G", ("C",), [SplitAllele(0, Allele("1", 2, "C", "G"))]),
        ("G", ("T",), [Rejection.REFERENCE_DIFFERS]),
        ("G", ("A",), [Rejection.REFERENCE_DIFFERS]),
        ("C", ("CT",), [SplitAllele(1, Allele("1", 2, "C", "CT"))]),
        ("CT", ("C",), [SplitAllele(0, Allele("1", 2, "C", "CT"))]),
        ("CG", ("C",), [Rejection.REFERENCE_UNCLEAR]),
        ("G", ("T", "C"), [SplitAllele(0, Allele("1", 2, "C", "G")), SplitAllele(1, Allele("1", 2, "C", "T"))]),
        ("<DEL>", ("C",), [Rejection.REFERENCE]),
    ],
)
def test_alleles_are_exchanged_to_fit_where_the_file_does_not_know(tmp_path, ref, alts, expected):
    aligner = Aligner(write_fasta(tmp_path, {"1": "ACGTACGTAC"}))
    assert list(split(record(2, ref, *alts), aligner, reference_known=False)) == expected


def test_where_it_is_not_known_and_there_is_no_reference_nothing_is_guessed():
    assert list(split(record(2, "G", "C"), reference_known=False)) == [SplitAllele(1, Allele("1", 2, "G", "C"))]


def test_bases_come_from_anywhere_in_any_order(tmp_path):
    random = np.random.default_rng(5)
    bases = "".join(random.choice(list("ACGT"), 300_000).tolist())
    aligner = Aligner(write_fasta(tmp_path, {"2": "T" * 33, "1": bases}))
    for position in (1, 299_990, 150_000, 70_000, 65_536, 65_537, 5, 299_999):
        assert aligner.fits("1", position, bases[position - 1 : position + 6])
        assert aligner.fits("2", 33, "T") and not aligner.fits("2", 33, "TT")
    assert not aligner.fits("1", 300_000, bases[-1] + "A")


def _refused(path):
    with pytest.raises(DataProblem) as problem:
        Aligner(path)
    return problem.value.code, problem.value.hint or ""


def test_a_reference_that_cannot_be_used(tmp_path):
    path = write_fasta(tmp_path, {"1": "ACGT"})
    index = path.with_name("genome.fa.fai")
    lines = index.read_text()
    index.write_text("1\tfour\n")
    assert _refused(path)[0] == "reference-unreadable"
    index.write_text(lines.replace("\t4\t", "\t249250621\t"))
    assert _refused(path)[0] == "variants-assembly"
    index.unlink()
    code, hint = _refused(path)
    assert code == "reference-unreadable" and "samtools faidx genome.fa" in hint
    assert _refused(tmp_path / "none.fa")[0] == "reference-unreadable"
    packed = path.rename(tmp_path / "genome.fa.gz")
    assert "unpack" in _refused(packed)[1]
