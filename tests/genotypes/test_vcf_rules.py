"""How single records are taken: splitting, trimming, ploidy, phase, duplicates, samples."""

import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.genotypes.pgen import CallsReader
from engine.genotypes.store import GenotypeStore
from engine.kernels.calls import PHASED_01, PHASED_10
from schemas.release import CALLS_PATH
from tests.genotypes.readers.written import Line, sample_names, write_bed, write_fasta
from tests.genotypes.vcf_release import FIRST_PERSON_ID, ingest, write_vcf


def _calls(done, variant=0):
    calls = GenotypeStore.open(done.release).calls(variant)
    return [int(calls[person]) for person in done.person.values()]


def _key(row):
    return row["contig"], row["position"], row["ref"], row["alt"]


def test_a_multiallelic_record_becomes_one_variant_an_allele(tmp_path):
    vcf = write_vcf(tmp_path / "a.vcf", "abcd", "chr2 10 rs7;x CAA CA,C,GAA q10 . 0/1 1/2 2/2 ./3")
    done = ingest(tmp_path / "r", [vcf], "abcd")
    assert [_key(row) for row in done.variants()] == [("2", 10, "C", "G"), ("2", 10, "CA", "C"), ("2", 10, "CAA", "C")]
    assert [_calls(done, variant) for variant in range(3)] == [[0, 0, 0, -1], [1, 1, 0, -1], [0, 1, 2, -1]]
    assert {row["source_variant"] for row in done.variants()} == {"chr2:10:CAA:CA,C,GAA"}
    assert {(row["rsid"], row["filter"]) for row in done.variants()} == {("rs7", "q10")}


def test_alleles_are_trimmed_to_their_shortest_form_and_sorted(tmp_path):
    lines = ("X 5 . G A . . 0/1", "10 30 . TACG TAAG . . 0/1", "2 8 . A T . . 0/1", "chrM 3 . A G . . 1")
    done = ingest(tmp_path / "r", [write_vcf(tmp_path / "a.vcf", "a", *lines)], "a")
    expected = [("2", 8, "A", "T"), ("10", 32, "C", "A"), ("X", 5, "G", "A"), ("MT", 3, "A", "G")]
    assert [_key(row) for row in done.variants()] == expected


def test_what_cannot_be_kept_is_counted_by_reason(tmp_path):
    lines = (
        "1 1 . A G,*,<DEL> . . 0/1",
        "1 2 . A . . . 0/0",
        "1 3 . R G . . 0/1",
        "1 4 . A M . . 0/1",
        "1 5 . A A[2:3[ . . 0/1",
        "1 6 . A G . . 0/1/1",
        "GL000191.1 7 . A G . . 0/1",
        "1 8 . A A . . 0/1",
    )
    done = ingest(tmp_path / "r", [write_vcf(tmp_path / "a.vcf", "a", *lines)], "a")
    (file,) = done.report.files
    assert (file.records, file.alleles_in, file.alleles_out) == (8, 10, 1)
    assert file.rejected == {
        "no-alternate-allele": 1,
        "contig-not-a-chromosome": 1,
        "reference-not-a-sequence": 1,
        "spanning-deletion": 1,
        "symbolic-allele": 2,
        "allele-not-a-sequence": 1,
        "allele-same-as-reference": 1,
        "ploidy-above-two": 1,
    }


def test_bases_ids_and_filters_as_files_have_them(tmp_path):
    lines = (
        "1 5 x;rs7;rs8 a g PASS . 0/1",
        "1 6 . A G . . 0/1",
        "1 7 esv9 Acg AcT q10;s50 . 0/1",
    )
    done = ingest(tmp_path / "r", [write_vcf(tmp_path / "a.vcf", "a", *lines)], "a")
    assert [_key(row) for row in done.variants()] == [("1", 5, "A", "G"), ("1", 6, "A", "G"), ("1", 9, "G", "T")]
    assert [(row["rsid"], row["filter"]) for row in done.variants()] == [("rs7", None), (None, None), (None, "q10;s50")]


def test_samples_may_come_in_another_order_in_every_file(tmp_path):
    one = write_vcf(tmp_path / "one.vcf", "abc", "1 5 . A G . . 0/1 1/1 0/0")
    two = write_vcf(tmp_path / "two.vcf", "cxab", "1 6 . A G . . 0/0 1/1 0/1 1/1")
    done = ingest(tmp_path / "r", [one, two], "abc")
    assert [_calls(done, variant) for variant in range(2)] == [[1, 2, 0], [1, 2, 0]]


def test_with_a_reference_alleles_are_left_aligned_and_the_report_says_so(tmp_path):
    fasta = write_fasta(tmp_path, {"chr2": "GGGCACACACAGGG"})
    one = write_vcf(tmp_path / "one.vcf", "a", "2 8 . CAC C . . 0/1", "2 12 . G T . . 0/1", "2 1 . A T . . 0/1")
    two = write_vcf(tmp_path / "two.vcf", "b", "2 6 . CAC C . . 1/1")
    done = ingest(tmp_path / "r", [one, two], "ab", reference=fasta)
    assert [_key(row) for row in done.variants()] == [("2", 3, "GCA", "G"), ("2", 12, "G", "T")]
    assert _calls(done) == [1, 2]
    assert [(file.aligned, dict(file.rejected)) for file in done.report.files] == [
        (1, {"reference-differs": 1}),
        (1, {}),
    ]
    assert done.report.reference == "genome.fa"
    without = ingest(tmp_path / "s", [one, two], "ab")
    assert [row["position"] for row in without.variants()] == [1, 6, 8, 12]
    assert (without.report.reference, without.report.files[0].aligned) == (None, 0)


def test_alleles_of_plink_1_are_exchanged_to_fit_the_reference(tmp_path):
    calls = ((0, 0, 0), (0, 1, 0), (1, 1, 0), (-1, -1, 0))
    lines = [Line(calls, ref="A", alts=("G",), position=2), Line(calls, ref="G", alts=("A",), position=3)]
    bed = write_bed(tmp_path / "a", lines)
    names = sample_names(lines)
    done = ingest(tmp_path / "r", [bed], names, reference=write_fasta(tmp_path, {"1": "TGGT"}))
    assert [_key(row) for row in done.variants()] == [("1", 2, "G", "A"), ("1", 3, "G", "A")]
    assert [_calls(done, variant) for variant in range(2)] == [[2, 1, 0, -1], [0, 1, 2, -1]]
    assert done.report.files[0].exchanged == 1
    without = ingest(tmp_path / "s", [bed], names)
    assert [_key(row) for row in without.variants()] == [("1", 2, "A", "G"), ("1", 3, "G", "A")]
    assert any("reference" in warning for warning in without.report.warnings)


MALE, FEMALE = 8507, 8532
AUTOSOME, PSEUDOAUTOSOME, X, Y, MT = "1 9", "X 20000", "X 5000000", "Y 5000000", "MT 9"
COUNTS = ("allele_count", "allele_number", "homozygotes", "hemizygotes", "missing_calls")
HAPLOID, MIXED, NONE = "haploid-call-of-two-copies", "heterozygous-call-of-one-copy", "call-of-no-copy"

# place, calls of a man, a woman, and someone of unknown sex; what they become; counts as above; calls made missing
PLOIDY = [
    (AUTOSOME, "1 0/1 1", (-1, 1, -1), (1, 2, 0, 0, 2), {HAPLOID: 2}),
    (PSEUDOAUTOSOME, "1 0/1 1/1", (-1, 1, 2), (3, 4, 1, 0, 1), {HAPLOID: 1}),
    (X, "1 0/1 1", (2, 1, 2), (4, 5, 1, 1, 0), {}),
    (X, "1/1 1 0/1", (2, -1, 1), (2, 3, 0, 1, 1), {HAPLOID: 1}),
    (X, "0/1 1/1 0", (-1, 2, 0), (2, 4, 1, 0, 1), {MIXED: 1}),
    (Y, "1 1 1", (2, -1, 2), (2, 2, 0, 2, 0), {NONE: 1}),
    (Y, "0/1 . 0/0", (-1, -1, 0), (0, 1, 0, 0, 1), {MIXED: 1}),
    (MT, "1 0/1 1/1", (2, -1, 2), (2, 2, 0, 2, 1), {MIXED: 1}),
]


@pytest.mark.parametrize(("place", "given", "calls", "counts", "made_missing"), PLOIDY)
def test_calls_agree_with_the_copies_a_person_has(tmp_path, place, given, calls, counts, made_missing):
    vcf = write_vcf(tmp_path / "a.vcf", "mwu", f"{place} . A G . . {given}")
    done = ingest(tmp_path / "r", [vcf], "mwu", sexes={"m": MALE, "w": FEMALE})
    (row,) = done.variants()
    assert _calls(done) == list(calls)
    assert tuple(row[name] for name in COUNTS) == counts
    assert done.report.files[0].calls_made_missing == made_missing
    store = GenotypeStore.open(done.release)
    kept = store.counts(np.array([0], np.int32))
    found = (kept.allele_count, kept.allele_number, kept.homozygous, kept.hemizygous, kept.missing)
    assert tuple(int(number[0]) for number in found) == counts


def test_phase_is_kept(tmp_path):
    done = ingest(
        tmp_path / "r", [write_vcf(tmp_path / "a.vcf", "abcde", "1 9 . A G . . 0|1 1|0 0/1 1|1 ./1")], "abcde"
    )
    reader = CallsReader(done.release.file(CALLS_PATH), samples=5)
    assert reader.read_phased(0).tolist() == [PHASED_01, PHASED_10, 1, 2, -9]
    assert reader.read(0).tolist() == [1, 1, 1, 2, -9]


def test_files_of_different_people_are_merged_and_repeats_are_counted(tmp_path):
    one = write_vcf(
        tmp_path / "one.vcf", "ab", "1 5 . A G . . 0/1 1/1", "1 5 rs1 A G . . 1/1 1/1", "1 6 . A G . . 0/1 0/0"
    )
    two = write_vcf(tmp_path / "two.vcf", "cd", "1 5 rs9 A G . . 0/0 ./.")
    three = write_vcf(tmp_path / "three.vcf", "ad", "1 5 . A G . . 0/1 0/1")
    done = ingest(tmp_path / "r", [one, two, three], "abcd")
    assert [_calls(done, variant) for variant in range(2)] == [[1, 2, 0, -1], [1, 0, -1, -1]]
    first = done.variants()[0]
    assert (first["allele_count"], first["allele_number"], first["missing_calls"]) == (3, 6, 1)
    assert first["rsid"] == "rs9"
    repeated = "variant-already-called-for-these-samples"
    assert [dict(file.rejected) for file in done.report.files] == [{repeated: 1}, {}, {repeated: 1}]


def test_samples_meet_persons_through_the_map(tmp_path):
    listed = {"a": FIRST_PERSON_ID, "b": 5, "c": FIRST_PERSON_ID, "e": FIRST_PERSON_ID + 1, "z": FIRST_PERSON_ID + 2}
    names = [*listed, "e"]
    people = [*listed.values(), FIRST_PERSON_ID + 2]
    sample_map = tmp_path / "map.parquet"
    pq.write_table(pa.table({"sample_id": names, "person_id": people, "note": names}), sample_map)
    vcf = write_vcf(tmp_path / "a.vcf", "bcade", "1 5 . A G . . 0/1 1/1 0/1 0/1 0/1")
    done = ingest(tmp_path / "r", [vcf], "bcade", sample_map=sample_map)
    samples = done.report.samples
    assert (samples.in_files, samples.matched, samples.unmatched, samples.conflicting) == (5, 1, 1, 1)
    assert (samples.person_unknown, samples.duplicate, samples.absent, samples.in_map) == (1, 1, 1, 5)
    store = GenotypeStore.open(done.release)
    assert store.genotyped.indices().tolist() == [0]
    assert store.calls(0)[0] == 2  # of c, the first of the person's samples in the file


@pytest.mark.parametrize("name", ["map.tsv", "map.csv"])
def test_a_map_may_be_text(tmp_path, name):
    sample_map = tmp_path / name
    between = "\t" if name.endswith("tsv") else ","
    sample_map.write_text(
        between.join(["person_id", "sample_id"]) + "\n" + between.join([str(FIRST_PERSON_ID), "007"]) + "\n"
    )
    done = ingest(
        tmp_path / "r", [write_vcf(tmp_path / "a.vcf", ["007"], "1 5 . A G . . 0/1")], ["007"], sample_map=sample_map
    )
    assert done.report.samples.matched == 1


def test_plain_gzip_is_read(tmp_path):
    vcf = write_vcf(tmp_path / "a.vcf", "ab", "1 5 . A G . . 0/1 1/1")
    packed = tmp_path / "a.vcf.gz"
    packed.write_bytes(gzip.compress(vcf.read_bytes()))
    assert _calls(ingest(tmp_path / "r", [packed], "ab")) == [1, 2]


def test_a_table_may_annotate(tmp_path):
    vcf = write_vcf(tmp_path / "a.vcf", "a", "1 5 . A G . . 0/1", "1 6 . A G . . 0/1")
    table = tmp_path / "annotation.tsv"
    table.write_text(
        "contig\tposition\tref\talt\tgene\tlof\tclinvar\nchr1\t4\tCA\tCG\tPCSK9\tHC\tbenign\nUn\t1\tA\tC\t\t\t\n"
    )
    done = ingest(tmp_path / "r", [vcf], "a", annotation=table)
    first, second = done.variants()
    assert (first["gene"], first["lof"], first["clinvar"], first["rsid"]) == ("PCSK9", "HC", "benign", None)
    assert second["gene"] is None
    assert done.report.annotation is not None
    assert dict(done.report.annotation.rejected) == {"contig-not-a-chromosome": 1}


def test_progress_goes_forward_to_the_end(tmp_path):
    told = []
    vcf = write_vcf(tmp_path / "a.vcf", "a", "1 5 . A G . . 0/1")
    ingest(tmp_path / "r", [vcf], "a", progress=lambda step, share: told.append((step, share)))
    assert [step for step, _ in told] == ["reading a.vcf", "sorting variants", "writing calls", "variants"]
    assert told[-1][1] == 1.0 and np.all(np.diff([share for _, share in told]) >= 0)
