"""What an ingest of variants writes besides variants and calls: samples, known variants, genes, panels, scores."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from engine.genotypes.store import GenotypeStore
from schemas.errors import DataProblem
from schemas.release import GENE, KNOWN_VARIANT, SAMPLE
from tests.genotypes.readers.written import Line, write_bed
from tests.genotypes.vcf_release import FIRST_PERSON_ID, ingest, write_vcf

MALE, FEMALE = 8507, 8532
ANNOTATION = """contig,position,ref,alt,rsid,gene,consequence,lof
chr2,21006288,C,T,rs5742904,APOB,missense_variant,
1,55039974,G,T,rs11591147,PCSK9,missense_variant,
1,55039974,G,T,rs1,OTHER,stop_gained,HC
1,55063514,G,A,rs67608943,PCSK9,stop_gained,HC
"""


def rows(done, table):
    return pq.read_table(done.release.file(table.path)).to_pylist()


@pytest.fixture
def done(tmp_path):
    vcf = write_vcf(
        tmp_path / "a.vcf",
        ("a", "b"),
        "1 55039974 . G T . . 0/1 1/1",
        "3 100 rs3 A G . CSQ=G|missense_variant|MLH1 0/1 0/0",
        "19 11089000 . G A . . 0/1 ./.",
        header='##INFO=<ID=CSQ,Number=.,Type=String,Description="Format: Allele|Consequence|SYMBOL">\n',
    )
    files = {
        "annotation.csv": ANNOTATION,
        "panel.csv": "panel,gene\nLipids,PCSK9\nLipids,LDLR\n",
        "score.csv": "contig,position,effect_allele,other_allele,weight\n1,55039974,T,G,-0.5\n19,11089000,G,A,0.25\n5,5,A,C,1\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return ingest(
        tmp_path / "r", [vcf], ("a", "b"), annotation=tmp_path / "annotation.csv",
        panels=(tmp_path / "panel.csv",), scores=(tmp_path / "score.csv",),
    )  # fmt: skip


def test_what_the_annotation_describes_is_known_whether_or_not_carried(done):
    known = [(row["contig"], row["position"], row["gene"], row["lof"]) for row in rows(done, KNOWN_VARIANT)]
    assert known == [("1", 55039974, "PCSK9", None), ("1", 55063514, "PCSK9", "HC"), ("2", 21006288, "APOB", None)]
    assert done.report.known == 3


def test_the_extent_of_a_gene_is_that_of_the_annotation_and_not_of_carriers(done):
    assert rows(done, GENE) == [
        {"gene": "APOB", "contig": "2", "start": 21006288, "end": 21006288, "name": None},
        {"gene": "PCSK9", "contig": "1", "start": 55039974, "end": 55063514, "name": None},
    ]


def test_panels_and_scores_are_of_the_release(done):
    store = GenotypeStore.open(done.release)
    assert store.panels == {"Lipids": ("LDLR", "PCSK9")}
    # the second one's effect allele is ref, and nobody calls it common: the weight is negated, and the constant is 0
    assert store.score("score")[done.person["a"]] == pytest.approx(-0.5 - 0.25)
    (score,) = done.report.scores
    assert (score.listed, score.matched, score.flipped) == (3, 2, 1)
    assert done.report.panels is not None and done.report.panels.genes_not_annotated == 1
    notes = list(done.report.notes())
    assert ("score.csv", "score score", "not-in-release", 1) in notes and ("panels", "Lipids", "genes", 2) in notes


def test_without_an_annotation_nothing_is_known(tmp_path):
    done = ingest(tmp_path / "r", [write_vcf(tmp_path / "a.vcf", "a", "1 5 . A G . . 0/1")], "a")
    assert rows(done, KNOWN_VARIANT) == rows(done, GENE) == []
    assert GenotypeStore.open(done.release).panels == {}


def test_sex_is_the_persons_and_only_else_the_files(tmp_path):
    lines = [Line(calls=((0, 0, 0), (0, 1, 0), (1, 1, 0), (1, 1, 0)), contig="X", position=5_000_000)]
    fam = "".join(f"0 s{number} 0 0 {sex} -9\n" for number, sex in enumerate((1, 2, 1, 0)))
    bed = write_bed(tmp_path / "a.bed", lines, fam=fam)
    names = tuple(f"s{number}" for number in range(4))
    done = ingest(tmp_path / "r", [bed], names, sexes={"s0": FEMALE, "s1": FEMALE})
    assert [row["sex"] for row in rows(done, SAMPLE)] == ["female", "female", "male", None]
    samples = done.report.samples
    assert (samples.sex_differs, samples.sex_from_file, samples.sex_unknown) == (1, 1, 1)
    (variant,) = done.variants()
    assert (variant["allele_number"], variant["homozygotes"], variant["hemizygotes"]) == (7, 1, 1)


def test_a_sample_that_a_file_has_twice_is_refused_unless_nobody_is_its_person(tmp_path):
    lines = [Line(calls=((0, 0, 0), (0, 1, 0), (1, 1, 0)))]
    fam = "0 NA7 0 0 1 -9\n0 NA7 0 0 1 -9\n0 NA8 0 0 1 -9\n"
    bed = write_bed(tmp_path / "a.bed", lines, fam=fam)
    with pytest.raises(DataProblem) as refused:
        ingest(tmp_path / "r", [bed], ("NA7", "NA8"))
    assert refused.value.code == "samples-twice" and "NA7" not in str(refused.value)
    sample_map = tmp_path / "map.csv"
    sample_map.write_text(f"sample_id,person_id\nNA8,{FIRST_PERSON_ID}\n")
    done = ingest(tmp_path / "s", [bed], ("NA8",), sample_map=sample_map)
    assert done.variants()[0]["homozygotes"] == 1


def test_samples_of_persons_are_in_the_order_of_persons(tmp_path):
    vcf = write_vcf(tmp_path / "a.vcf", "cab", "1 5 . A G . . 0/1 1/1 0/0")
    done = ingest(tmp_path / "r", [vcf], "abc")
    assert [row["source_sample_id"] for row in rows(done, SAMPLE)] == ["a", "b", "c"]
    calls = GenotypeStore.open(done.release).calls(0)
    assert np.array_equal(calls[[done.person[name] for name in "abc"]], [2, 0, 1])
    assert done.report.samples.persons_without == 6
