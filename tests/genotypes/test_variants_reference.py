"""An ingest with the reference sequence: alleles are put the right way round and as far left as they go."""

import numpy as np
import pytest

from engine.genotypes.pgen import CallsReader
from schemas.release import CALLS_PATH
from tests.genotypes.readers.written import Line, write_bed, write_bgen
from tests.genotypes.vcf_release import ingest, write_vcf

SEQUENCE = "ACGTTTTTGCATGACCTGAA"
SAMPLES = ("s0", "s1", "s2", "s3")
CALLS = ((0, 0, 0), (0, 1, 0), (1, 1, 0), (-1, -1, 0))


@pytest.fixture
def reference(tmp_path):
    path = tmp_path / "genome.fa"
    path.write_text(f">chr1\n{SEQUENCE}\n")
    (tmp_path / "genome.fa.fai").write_text(f"chr1\t{len(SEQUENCE)}\t6\t{len(SEQUENCE)}\t{len(SEQUENCE) + 1}\n")
    return path


def keys(done):
    return [(row["position"], row["ref"], row["alt"], row["allele_count"]) for row in done.variants()]


def test_plink_1_alleles_are_exchanged_to_fit(tmp_path, reference):
    lines = [
        Line(calls=CALLS, position=2, ref="C", alts=("G",)),
        Line(calls=CALLS, position=9, ref="T", alts=("G",)),
        Line(calls=CALLS, position=11, ref="C", alts=("G",)),
    ]
    bed = write_bed(tmp_path / "a.bed", lines)
    done = ingest(tmp_path / "r", [bed], SAMPLES, reference=reference)
    assert keys(done) == [(2, "C", "G", 3), (9, "G", "T", 3)]
    assert CallsReader(done.release.file(CALLS_PATH), samples=4).read(1).tolist() == [2, 1, 0, -9]
    (file,) = done.report.files
    assert (file.exchanged, dict(file.rejected)) == (1, {"reference-differs": 1})
    assert not any("which allele" in warning for warning in done.report.warnings)


def test_dosages_are_exchanged_with_the_alleles(tmp_path, reference):
    bgen = write_bgen(tmp_path / "a.bgen", [Line(calls=CALLS, position=9, ref="T", alts=("G",))])
    done = ingest(tmp_path / "r", [bgen], SAMPLES, reference=reference)
    assert keys(done) == [(9, "G", "T", 3)]
    dosages = CallsReader(done.release.file(CALLS_PATH), samples=4).read_dosages(0)
    assert np.array_equal(dosages, [2, 1, 0, np.nan], equal_nan=True)


def test_deletions_in_a_repeat_meet_at_its_left_end(tmp_path, reference):
    one = write_vcf(tmp_path / "one.vcf", ("s0", "s1"), "1 7 . TT T . . 0/1 0/0", "1 9 . A G . . 0/1 0/0")
    two = write_vcf(tmp_path / "two.vcf", ("s2", "s3"), "1 3 . GT G . . 1/1 0/0")
    done = ingest(tmp_path / "r", [one, two], SAMPLES, reference=reference)
    assert keys(done) == [(3, "GT", "G", 3)]
    assert [file.aligned for file in done.report.files] == [1, 0]
    assert done.report.files[0].rejected == {"reference-differs": 1}
    assert done.report.reference == "genome.fa"
