"""Files of every format end to end: counts of the release are those that PLINK 2 gives of the file."""

import csv
import gzip
import shutil
import subprocess

import numpy as np
import pytest

from engine.genotypes.pgen import CallsReader
from engine.genotypes.store import GenotypeStore
from engine.ingest.variants.formats import open_source
from schemas.errors import DataProblem
from schemas.release import CALLS_PATH
from tests.genotypes.readers.written import Line, write_pgen
from tests.genotypes.vcf_release import ingest, write_vcf

COLUMNS = "chrom,pos,ref,alt,homref,refalt,altxy,hapref,hapalt,missing"
pytestmark = pytest.mark.skipif(shutil.which("plink2") is None, reason="plink2 is not installed (Debian: plink2)")


def plink2(folder, *arguments):
    command = ["plink2", *map(str, arguments), "--out", str(folder / "out"), "--threads", "1"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "out"


def table(path):
    with path.open() as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def plink_counts(folder, *arguments):
    """(contig, position, ref, alt) -> reference, heterozygous, homozygous, missing of every biallelic variant; of two
    with one name, the first."""
    rows = table(plink2(folder, *arguments, "--geno-counts", f"cols={COLUMNS}").with_suffix(".gcount"))
    names = ("HOM_REF_CT", "HET_REF_ALT_CTS", "TWO_ALT_GENO_CTS", "MISSING_CT")
    return {
        (row["#CHROM"], int(row["POS"]), row["REF"], row["ALT"]): tuple(int(row[name]) for name in names)
        for row in reversed(rows)
        if "," not in row["ALT"]
    }


def release_counts(done):
    """The same of a release, by the record each variant was split from."""
    store = GenotypeStore.open(done.release)
    found = store.counts(np.arange(store.variants, dtype=np.int32))
    columns = (found.reference, found.heterozygous, found.homozygous, found.missing)
    numbers = zip(*(column.tolist() for column in columns), strict=True)
    sources = (row["source_variant"].split(":") for row in done.variants())
    return {
        (contig, int(position), ref, alt): counts
        for (contig, position, ref, alt), counts in zip(sources, numbers, strict=True)
        if "," not in alt
    }


def columns_of(vcf, columns):
    """The lines of a VCF with some of its columns."""
    with gzip.open(vcf, "rt") as lines:
        for line in lines:
            fields = line.rstrip("\n").split("\t")
            yield line if line.startswith("##") else "\t".join(fields[column] for column in columns) + "\n"


def samples_of(path):
    with open_source(path) as source:
        return source.samples


@pytest.mark.parametrize(
    ("how", "ending", "read"),
    [
        (("--max-alleles", "2", "--make-bed"), ".bed", ("--bfile",)),
        (("--make-pgen",), ".pgen", ("--pfile",)),
        (("--make-pgen", "vzs"), ".pgen", ("--pfile", "vzs")),
        (("--max-alleles", "2", "--export", "bgen-1.2", "bits=8", "ref-first"), ".bgen", None),
    ],
)
def test_a_real_vcf_in_another_format(shared, tmp_path, how, ending, read):
    vcf = shared / "data" / "genotypes" / "sample2.vcf.gz"
    made = plink2(tmp_path, "--vcf", vcf, *how)
    path = made.with_suffix(ending)
    done = ingest(tmp_path / "r", [path], samples_of(path))
    (tmp_path / "counts").mkdir()
    given = ("--vcf", vcf) if read is None else (read[0], made, *read[1:])
    expected = plink_counts(tmp_path / "counts", *given)
    found = release_counts(done)
    assert {key: counts for key, counts in expected.items() if key[3] != "*"} == found
    assert len(found) == 379
    (file,) = done.report.files
    assert file.alleles_in == file.alleles_out + sum(file.rejected.values())
    assert any("which allele" in warning for warning in done.report.warnings) == (ending in (".bed", ".bgen"))


def test_the_real_bgen_keeps_its_dosages(shared, tmp_path):
    folder = shared / "data" / "genotypes"
    path = folder / "example.8bits.bgen"
    done = ingest(tmp_path / "r", [path], samples_of(path))
    given = ("--bgen", path, "ref-first", "--sample", folder / "example.sample")
    expected = plink_counts(tmp_path, *given)
    assert done.report.files[0].rejected == {"variant-already-called-for-these-samples": 1}
    found = {(contig.lstrip("0"), *key): counts for (contig, *key), counts in release_counts(done).items()}
    assert expected == found and len(found) == len(done.variants())
    rows = table(plink2(tmp_path, *given, "--freq", "cols=chrom,pos,altfreq").with_suffix(".afreq"))
    frequencies = {int(row["POS"]): float(row["ALT_FREQS"]) for row in reversed(rows)}
    reader = CallsReader(done.release.file(CALLS_PATH), samples=500)
    for row in done.variants():
        mean = float(np.nanmean(reader.read_dosages(row["variant"])))
        assert mean / 2 == pytest.approx(frequencies[row["position"]], abs=2e-5)
    assert done.report.with_dosages == len(found) == 198


def test_alleles_that_are_no_bases_are_refused_with_the_reason(shared, tmp_path):
    path = shared / "data" / "genotypes" / "fastlmmTest.bed"
    with pytest.raises(DataProblem, match="reference-not-a-sequence") as refused:
        ingest(tmp_path / "r", [path], samples_of(path))
    assert refused.value.code == "vcf-no-variants"


def test_formats_may_be_mixed_in_any_order_of_samples(shared, tmp_path):
    vcf = shared / "data" / "genotypes" / "sample2.vcf.gz"
    samples = samples_of(vcf)
    (tmp_path / "keep").write_text("\n".join(samples[:60]) + "\n")
    first = plink2(tmp_path, "--vcf", vcf, "--keep", tmp_path / "keep", "--make-pgen").with_suffix(".pgen")
    second = tmp_path / "second.vcf"
    second.write_text("".join(columns_of(vcf, [*range(9), *range(len(samples) + 8, 68, -1)])))
    mixed = ingest(tmp_path / "mixed", [second, first], samples)
    whole = ingest(tmp_path / "whole", [vcf], samples)
    ignored = ("source_variant", "filter", "rsid")
    assert [{k: v for k, v in row.items() if k not in ignored} for row in mixed.variants()] == [
        {k: v for k, v in row.items() if k not in ignored} for row in whole.variants()
    ]
    calls = [GenotypeStore.open(done.release).phased_calls(7).tolist() for done in (mixed, whole)]
    assert calls[0] == calls[1]


def test_dosages_are_kept_beside_calls_where_there_is_no_phase(tmp_path):
    het, no_call = (0, 1, 0), (-1, -1, 0)
    lines = [
        Line(calls=((0, 0, 0), het, no_call), position=10),
        Line(calls=((0, 0, 0), (0, 1, 1), no_call), position=20),
        Line(calls=((0, 0, 0), het, (1, 1, 0)), position=30),
    ]
    dosages = np.array([[0.05, 1.0625, 0.5], [0.05, 1.0625, 0.5], [0, 1, 2]], np.float32)
    path = write_pgen(tmp_path / "a.pgen", lines[:1], dosages=dosages[:1])
    vcf = write_vcf(tmp_path / "b.vcf", ("s3",), "1 10 . A G . . 0/1", "1 20 . A G . . 0|1")
    done = ingest(tmp_path / "r", [path, vcf], ("s0", "s1", "s2", "s3"))
    reader = CallsReader(done.release.file(CALLS_PATH), samples=4)
    assert np.allclose(reader.read_dosages(0), [0.05, 1.0625, 0.5, 1], atol=1 / 16384)
    assert reader.read(0).tolist() == [0, 1, -9, 1]
    assert done.report.with_dosages == 1 and not any("dosages" in warning for warning in done.report.warnings)
