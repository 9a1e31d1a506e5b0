"""Real VCF and BCF files: what the release says of each variant is what their text says."""

import gzip

import numpy as np
import pytest

from cohort_dsl.ast import Comparator, Compare, VariantById, VariantName, VariantsWhere, VariantTest, Zygosity
from engine.genotypes.store import GenotypeStore
from schemas.errors import DataProblem
from schemas.fields import VariantField
from tests.genotypes.plain_vcf import counts, plain_alleles
from tests.genotypes.vcf_release import ingest, of_no_reference, write_vcf

# alleles in, alleles out and reasons were counted from the text with standard tools
CALLED = {
    "sample.vcf.gz": (346, {}),
    "sample2.vcf.gz": (1175, {"spanning-deletion": 3}),
    "chr22.vcf.gz": (104, {"spanning-deletion": 2}),
    "1kg_2020_chrM.vcf.gz": (46, {"spanning-deletion": 4}),
    "regressionLogisticEpacts.vcf.gz": (5, {}),
}
GRCH37 = "regressionLogisticEpacts.vcf.gz"

COUNTS = ("allele_count", "allele_number", "homozygotes", "hemizygotes", "missing_calls")


@pytest.fixture
def genotypes(shared):
    return shared / "data" / "genotypes"


def _sample_names(path):
    with gzip.open(path, "rt") as lines:
        return next(line for line in lines if line.startswith("#CHROM")).split()[9:]


@pytest.mark.parametrize("name", CALLED)
def test_counts_and_calls_are_those_of_the_text(genotypes, tmp_path, name, capfd):
    source = genotypes / name if name != GRCH37 else of_no_reference(genotypes / name, tmp_path)
    done = ingest(tmp_path, [source], _sample_names(genotypes / name))
    expected = {(a.contig, a.position, a.ref, a.alt): a for a in plain_alleles(source)}
    store = GenotypeStore.open(done.release)
    rows = done.variants()
    assert len(rows) == len(expected) == done.report.variants
    for row in rows:
        allele = expected[row["contig"], row["position"], row["ref"], row["alt"]]
        assert tuple(row[name] for name in COUNTS) == counts(allele), row
        calls = np.full(store.persons, -1)
        for sample, person in done.person.items():
            calls[person] = allele.dosage(sample)
        assert np.array_equal(store.calls(row["variant"]), calls)
        carriers = store.carriers(np.array([row["variant"]], np.int32))
        assert np.array_equal(carriers.true.to_mask(), calls > 0)
        assert np.array_equal(carriers.unknown.to_mask(), calls < 0)
        homozygous = store.carriers(np.array([row["variant"]], np.int32), Zygosity.HOMOZYGOUS)
        assert np.array_equal(homozygous.true.to_mask(), calls == 2)
    alleles_in, rejected = CALLED[name]
    (file,) = done.report.files
    assert (file.alleles_in, dict(file.rejected)) == (alleles_in, rejected)
    assert file.alleles_in == file.alleles_out + sum(file.rejected.values())
    assert capfd.readouterr() == ("", "")


def test_several_files_become_one_release_in_the_order_of_contigs(genotypes, tmp_path):
    sources = [genotypes / name for name in ("1kg_2020_chrM.vcf.gz", "chr22.vcf.gz", "sample.vcf.gz")]
    samples = list(dict.fromkeys(name for source in sources for name in _sample_names(source)))
    done = ingest(tmp_path, sources, samples)
    rows = done.variants()
    assert [row["contig"] for row in rows] == ["20"] * 346 + ["22"] * 102 + ["MT"] * 42
    assert [row["variant"] for row in rows] == list(range(490))
    on_20 = rows[0]
    assert on_20["missing_calls"] == done.report.samples.matched - 100 + counts(next(plain_alleles(sources[2])))[-1]
    store = GenotypeStore.open(done.release)
    assert store.select(VariantById(kind=VariantName.RSID, name="rs575534")).tolist() == [0]
    assert store.select(VariantById(kind=VariantName.ALLELE, name="chr20-10019093-A-G")).tolist() == [0]


def test_a_gvcf_is_refused_with_advice(genotypes, tmp_path):
    with pytest.raises(DataProblem, match="gVCF") as refused:
        ingest(tmp_path, [of_no_reference(genotypes / "CEUTrio.20.21.gatk3.4.g.vcf.bgz", tmp_path)], ["NA12878"])
    assert refused.value.code == "vcf-gvcf"
    assert "GenotypeGVCFs" in (refused.value.hint or "")
    assert not list(tmp_path.glob(".staging/*/genotypes/*"))


def test_files_of_grch37_are_refused_with_advice(genotypes, tmp_path):
    called = write_vcf(tmp_path / "called.vcf", ["a"], "1 5 . A G . . 0/1")
    sites = genotypes / "sample.gnomad.exomes.r2.1.1.sites.chr1.vcf.gz"
    names = _sample_names(genotypes / GRCH37)
    for sources, samples, more in (([genotypes / GRCH37], names, {}), ([called], ["a"], {"annotation": sites})):
        with pytest.raises(DataProblem, match="is of GRCh37") as refused:
            ingest(tmp_path / "r", sources, samples, **more)
        assert refused.value.code == "variants-assembly"
        assert "lift the file over" in (refused.value.hint or "")


def test_a_sites_file_annotates_the_calls_of_another(genotypes, tmp_path, capfd):
    sites = genotypes / "1kg_2020_chr20_annotations.bcf"
    lines = ("chr20 60070 . G A PASS . 0/1 1/1", "chr20 60071 . G A PASS . 0/1 1/1")
    called = write_vcf(tmp_path / "called.vcf", ["a", "b"], *lines)
    done = ingest(tmp_path / "release", [called], ["a", "b"], annotation=sites)
    known, other = done.variants()
    assert (known["consequence"], known["gene"], known["transcript"]) == ("intergenic_region", None, None)
    assert known["af_external"] == pytest.approx(0.000156152)
    assert other["consequence"] is None
    assert done.report.annotation is not None
    assert done.report.annotation.records == done.report.annotation.alleles_out == 21
    assert done.report.annotated == 1
    assert capfd.readouterr() == ("", "")


def test_gnomad_sites_give_gene_consequence_and_frequency(genotypes, tmp_path):
    sites = genotypes / "sample.gnomad.exomes.r2.1.1.sites.chr1.vcf.gz"
    with gzip.open(sites, "rt") as lines:
        texts = {
            tuple(fields[:2] + fields[3:5]): fields
            for line in lines
            if not line.startswith("#")
            for fields in [line.split("\t")]
        }
    called = write_vcf(
        tmp_path / "called.vcf",
        ["a"],
        *(f"{contig} {position} . {ref} {alt} . . 0/1" for contig, position, ref, alt in texts),
    )
    done = ingest(tmp_path / "release", [called], ["a"], annotation=of_no_reference(sites, tmp_path))
    rows = done.variants()
    assert len(rows) == done.report.annotated == 100
    for row in rows:
        fields = texts[tuple(row["source_variant"].split(":"))]
        info = dict(item.partition("=")[::2] for item in fields[7].split(";"))
        assert row["rsid"] == (fields[2] if fields[2] != "." else None)
        assert row["af_external"] == (pytest.approx(float(info["AF"])) if "AF" in info else None)
        assert any(
            entry.split("|")[3] == row["gene"] and row["consequence"] in entry for entry in info["vep"].split(",")
        )
    store = GenotypeStore.open(done.release)
    genes = {row["gene"] for row in rows}
    assert {gene.gene for gene in store.genes()} == genes == {"DDX11L1"}
    assert store.select(VariantsWhere(genes=("ddx11l1",))).tolist() == list(range(100))
    rare = VariantTest(field=VariantField.AF_EXTERNAL, test=Compare(operator=Comparator.LT, value=0.01))
    expected = [row["variant"] for row in rows if row["af_external"] is not None and row["af_external"] < 0.01]
    assert store.select(VariantsWhere(where=rare)).tolist() == expected


def test_a_file_of_sites_alone_is_no_source_of_calls(genotypes, tmp_path):
    with pytest.raises(DataProblem) as refused:
        ingest(tmp_path, [genotypes / "1kg_2020_chr20_annotations.bcf"], ["a"])
    assert refused.value.code == "vcf-no-samples"
