"""Genotype counts of every variant of real files, as each reader has them and as plink2 counts them."""

from collections import Counter

import pytest

from engine.ingest.variants.formats import open_source
from tests.genotypes.readers.written import all_records
from tests.lib.tools import tool

VCF = ("--vcf-half-call", "missing", "--allow-extra-chr")


def _counted(folder, *source):
    """Rows of plink2's counts: contig, id, alleles, homozygous, with the reference, of two alternates, haploid, missing."""
    tool("plink2", *source, "--geno-counts", "--out", folder / "counts")
    return [line.split("\t") for line in (folder / "counts.gcount").read_text().splitlines()[1:]]


def _agree(path, rows):
    """Whether the records of a file have these counts."""
    source = open_source(path)
    records = all_records(source)
    source.close()
    assert len(records) == len(rows) > 4
    for record, row in zip(records, rows, strict=True):
        assert (record.ref, ",".join(record.alts)) == (row[2], row[3])
        homozygous, one_each, others, missing = row[4], row[5], row[6], row[9]
        pairs = Counter(tuple(sorted(pair)) for pair in record.alleles[:, :2].tolist())
        assert pairs[0, 0] == int(homozygous)
        assert [pairs[0, alt + 1] for alt in range(len(record.alts))] == [int(count) for count in one_each.split(",")]
        assert sum(count for (first, _), count in pairs.items() if first > 0) == sum(map(int, others.split(",")))
        assert sum(count for (first, _), count in pairs.items() if first < 0) == int(missing)
    return True


@pytest.fixture
def genotypes(shared):
    return shared / "data" / "genotypes"


@pytest.mark.parametrize("name", ["sample.vcf.gz", "sample2.vcf.gz", "chr22.vcf.gz", "regressionLogisticEpacts.vcf.gz"])
def test_vcf_and_the_pgen_that_plink2_makes_of_it(genotypes, tmp_path, name):
    """plink2 takes every call on chrM as haploid, so that file is left to bcftools."""
    path, made = genotypes / name, tmp_path / "made"
    assert _agree(path, _counted(tmp_path, "--vcf", path, *VCF))
    tool("plink2", "--vcf", path, *VCF, "--make-pgen", "--out", made)
    assert _agree(made.with_suffix(".pgen"), _counted(tmp_path, "--pfile", made, "--allow-extra-chr"))


def test_plink_1(genotypes, tmp_path):
    path = genotypes / "fastlmmTest.bed"
    assert _agree(path, _counted(tmp_path, "--bfile", path.with_suffix("")))


def test_bgen(genotypes, tmp_path):
    path, people = genotypes / "example.8bits.bgen", genotypes / "example.sample"
    assert _agree(path, _counted(tmp_path, "--bgen", path, "ref-first", "--sample", people))
