"""Weighted scores from the PGS Catalog's files and from tables, matched to the variants of a release."""

import gzip
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.ingest.publish import ReleaseBuilder
from engine.ingest.variants.scores import write_scores
from engine.ingest.variants.text_files import write_table
from schemas.errors import DataProblem
from schemas.policy import COMMON_FREQUENCY
from schemas.release import SCORE, SCORE_WEIGHT, VARIANT

VARIANTS = [
    ("1", 1000, "A", "G", "rs1"),
    ("1", 2000, "C", "T", "rs2"),
    ("2", 3000, "A", "T", "rs3"),
    ("2", 4000, "G", "A", "rs4"),
    ("2", 4000, "G", "C", "rs4"),
    ("3", 5000, "AT", "A", "rs5"),
    ("3", 6000, "A", "AT", "rs6"),
    ("3", 6000, "AT", "A", "rs7"),
    ("X", 1_000_000, "C", "T", "rs8"),
    ("X", 50_000_000, "C", "T", "rs9"),
    ("MT", 700, "C", "T", "rs10"),
    ("4", 8000, "G", "A", "rs11"),
    ("4", 9000, "G", "C", "rs12"),
    ("4", 8000, "G", "C", "rs11"),
    ("4", 9000, "G", "T", "rs12"),
]
"""Reference data call those of odd rows common, and none of the others."""

PGS = """###PGS CATALOG SCORING FILE - see https://www.pgscatalog.org/downloads/#dl_ftp_scoring for additional information
#format_version=2.0
##POLYGENIC SCORE (PGS) INFORMATION
#pgs_id=PGS000018
#pgs_name=metaGRS_CAD (v2)
#trait_reported=Coronary artery disease
#genome_build=GRCh37
##HARMONIZATION DETAILS
#HmPOS_build=GRCh38
rsID\tchr_name\tchr_position\teffect_allele\tother_allele\teffect_weight\ths\thm_chr\thm_pos
"""


class Case(NamedTuple):
    line: str
    """contig:position effect other weight, blank for none."""
    outcome: str
    """The variant's row and its weight, or the reason why there is none."""


CASES = [
    Case("1:1000 G A 0.5", "0 +0.5"),
    Case("1:2000 C T 0.25", "1 -0.25"),
    Case("2:3000 T A 0.1", "2 +0.1"),
    Case("2:3000 A T 0.1", "2 -0.1"),
    Case("chr2:4000 C G 1e-3", "4 +0.001"),
    Case("2:4000 G C 0.5", "4 -0.5"),
    Case("3:5000 A AT 2", "5 +2.0"),
    Case("3:4998 CCAT CCA 2", "5 -2.0"),
    Case("X:1000000 C T 1", "8 -1.0"),
    Case("X:50000000 T C 1", "9 +1.0"),
    Case("1:1000 g a -.5", "0 -0.5"),
    Case("1:1000 G  0.5", "0 +0.5"),
    Case("1:2000 C  0.5", "1 -0.5"),
    Case("2:4000 C  0.5", "4 +0.5"),
    Case("2:4000 G  0.5", "3 -0.5"),
    Case("3:6000 A AT 1", "7 +1.0"),
    Case("4:8000 G  0.5", "several-fit"),
    Case("4:9000 G  0.5", "several-fit"),
    Case("1:1000 C T 1", "alleles-differ"),
    Case("1:1001 G A 1", "not-in-release"),
    Case("X:50000000 C T 1", "reference-effect-of-x-y-mt"),
    Case("MT:700 C T 1", "reference-effect-of-x-y-mt"),
    Case("1:1000 G A x", "bad-weight"),
    Case("1:1000 G A 1e999", "bad-weight"),
    Case("1:1000 G A ", "bad-weight"),
    Case("1:1000 <DEL> A 1", "bad-allele"),
    Case("1:1000 A A 1", "bad-allele"),
    Case("GL000220.1:1000 G A 1", "no-place"),
    Case("1: G A 1", "no-place"),
    Case("1:0 G A 1", "no-place"),
    Case("1:12.5 G A 1", "no-place"),
]


def _external(row):
    """What reference data say of a variant: every other one is common."""
    return 0.3 if row % 2 else 0.002


@pytest.fixture
def builder(tmp_path):
    made = ReleaseBuilder(tmp_path / "releases", "r", sources={"test": "rows"})
    columns = {column.name: [None] * len(VARIANTS) for column in VARIANT.columns}
    columns |= dict(
        zip(("contig", "position", "ref", "alt", "rsid"), map(list, zip(*VARIANTS, strict=True)), strict=True)
    )
    columns["af_external"] = [_external(row) for row in range(len(VARIANTS))]
    fields = [pa.field(column.name, pa.type_for_alias(column.type.arrow)) for column in VARIANT.columns]
    arrays = [pa.array(columns[field.name], field.type) for field in fields]
    pq.write_table(pa.table(arrays, schema=pa.schema(fields)), made.path(VARIANT))
    return made


@pytest.fixture
def run(builder, tmp_path):
    def run(*files):
        paths = []
        for name, text in files:
            paths.append(tmp_path / name)
            paths[-1].write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        report = write_scores(builder, paths, builder.path(VARIANT))
        scores = pq.read_table(builder.path(SCORE)).to_pylist()
        weights = pq.read_table(builder.path(SCORE_WEIGHT)).to_pylist()
        return report, scores, weights

    return run


def table_of(*lines, sep="\t"):
    rows = [[*line.split(" ")[0].split(":"), *line.split(" ")[1:]] for line in lines]
    return "\n".join(
        sep.join(row) for row in [["contig", "position", "effect_allele", "other_allele", "weight"], *rows]
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.line)
def test_each_line(run, case):
    report, scores, weights = run(("my score.tsv", table_of(case.line)))
    (counts,) = report.scores
    if case.outcome[0].isdigit():
        variant, weight = case.outcome.split(" ")
        assert weights == [{"score": "my_score", "variant": int(variant), "weight": float(weight)}]
        (score,) = scores
        effect_is_ref = case.line.split(" ")[1].upper()[-1] != VARIANTS[int(variant)][3]
        assert counts.flipped == int(effect_is_ref)
        is_common = _external(int(variant)) >= COMMON_FREQUENCY
        assert score["constant"] == (-2 * float(weight) if effect_is_ref and is_common else 0)
        assert (score["listed"], score["matched"]) == (1, 1)
    else:
        assert [(one.code, one.rows) for one in counts.refused] == [(case.outcome, 1)]
        assert (scores, weights) == ([], [])
        assert "so it has no such score" in report.warnings[0]


def test_a_pgs_catalog_file(run):
    """Harmonized positions are used and those of GRCh37 beside them are not; what is not additive is counted."""
    head = PGS.replace("\ths\t", "\tis_interaction\tis_dominant\tis_haplotype\t")
    lines = (
        "rs1\t1\t77\tG\tA\t0.5\tFalse\tFalse\tFalse\t1\t1000\n"
        "rs2\t1\t78\tC\tT\t0.25\tFalse\tFalse\tFalse\t1\t2000\n"
        "rs3\t2\t79\tT\tA\t0.1\tFalse\tFalse\tFalse\t2\t3000\n"
        "rs4\t2\t80\tA\tG\t0.1\tTrue\tFalse\tFalse\t2\t4000\n"
        "rs4\t2\t80\tA\tG\t0.1\tFalse\tTRUE\tFalse\t2\t4000\n"
        "rs5\t3\t80\tA\tAT\t0.1\tFalse\tFalse\tTrue\t3\t5000\n"
        "HLA-DQA1*0102\t6\t80\tP\tN\t0.1\tFalse\tFalse\tFalse\t6\t5000\n"
        "rs6\t3\t6000\tAT\tA\t0.1\tFalse\tFalse\tFalse\t\t\n"
    )
    report, scores, weights = run(("PGS000018_hmPOS_GRCh38.txt.gz", head + lines))
    assert scores == [{"score": "metagrs_cad_v2", "label": "Coronary artery disease", "source_id": "PGS000018",
                       "constant": 0.5, "listed": 8, "matched": 3}]  # fmt: skip
    assert [(row["variant"], row["weight"]) for row in weights] == [(0, 0.5), (1, -0.25), (2, 0.1)]
    (counts,) = report.scores
    assert (counts.flipped, counts.ambiguous) == (1, 1)
    assert {one.code: one.rows for one in counts.refused} == {
        "interaction": 1, "not-additive": 1, "haplotype": 2, "no-place": 1,
    }  # fmt: skip


def test_a_variant_listed_twice_has_no_weight(run):
    report, _, weights = run(("s.tsv", table_of("1:1000 G A 0.5", "1:1000 A G 0.5", "1:2000 T C 1", "1:2000 T C 1")))
    assert weights == []
    assert [(one.code, one.rows) for one in report.scores[0].refused] == [("repeated", 4)]


def test_rsids_are_used_where_there_are_no_positions(run):
    text = PGS.replace("\tchr_name\tchr_position", "").replace("\ths\thm_chr\thm_pos", "")
    text += "rs1\tG\tA\t0.5\nrs4\tC\tG\t0.5\nrs4\tT\tG\t1\nrs99\tG\tA\t0.5\n\tG\tA\t1\n"
    report, _, weights = run(("x.txt", text))
    assert [(row["variant"], row["weight"]) for row in weights] == [(0, 0.5), (4, 0.5)]
    assert {one.code for one in report.scores[0].refused} == {"alleles-differ", "not-in-release", "no-place"}


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (PGS.replace("HmPOS_build=GRCh38", "HmPOS_build=GRCh37"), "score-build"),
        (PGS.replace("#HmPOS_build=GRCh38\n", ""), "score-build"),
        (PGS.replace("#HmPOS_build=GRCh38\n", "").replace("=GRCh37", "=NR"), "score-build"),
        (PGS.replace("\thm_chr\thm_pos", "\ta\tb"), "score-build"),
        ("#genome_build=hg19\ncontig\tposition\teffect_allele\tother_allele\tweight\n", "score-build"),
        (PGS.replace("effect_weight", "dosage_1_weight"), "score-layout"),
        ("effect_allele,weight\n", "score-layout"),
        ("LDLR\tAPOB\n", "score-layout"),
    ],
)
def test_what_cannot_be_placed_is_refused(run, head, code):
    columns = head.splitlines()[-1].count("\t") + 1
    separator = "\t" if "\t" in head else ","
    with pytest.raises(DataProblem) as caught:
        run(("PGS000018.txt", head + separator.join(["1"] * max(columns, 2)) + "\n"))
    assert caught.value.code == code


@pytest.mark.parametrize("build", ["GRCh38", "hg38"])
def test_a_file_made_on_grch38_needs_no_harmonizing(run, build):
    text = PGS.replace("#HmPOS_build=GRCh38\n", "").replace("GRCh37", build) + "rs1\t1\t1000\tG\tA\t1\t\t\t\n"
    assert len(run(("a.txt", text))[2]) == 1


def test_damage_is_said(run, builder, tmp_path):
    cut = gzip.compress((PGS + "rs1\t1\t77\tG\tA\t0.5\t\t1\t1000\n" * 9999).encode())[:-40]
    (tmp_path / "cut.gz").write_bytes(cut)
    for name in ("cut.gz", "absent.txt"):
        with pytest.raises(DataProblem, match="score-unreadable"):
            write_scores(builder, [tmp_path / name], builder.path(VARIANT))


def test_names_are_words_and_unique(run):
    one = PGS + "rs1\t1\t77\tG\tA\t0.5\t\t1\t1000\n"
    _, scores, _ = run(("a.txt", one), ("b.txt", one.replace("PGS000018", "PGS000019")),
                       ("2024 LDL-C.csv.gz", table_of("1:1000 G A 0.5", sep=",")))  # fmt: skip
    assert [row["score"] for row in scores] == ["metagrs_cad_v2_pgs000018", "metagrs_cad_v2_pgs000019",
                                                "score_2024_ldl_c"]  # fmt: skip
    with pytest.raises(DataProblem, match="score-twice"):
        run(("ldl.tsv", table_of("1:1000 G A 0.5")), ("LDL.csv", table_of("1:1000 G A 0.5", sep=",")))


def test_parquet_and_no_files(run, builder, tmp_path):
    columns = {"contig": ["chr1"], "position": [1000], "effect_allele": ["G"], "other_allele": ["A"], "weight": [0.5]}
    pq.write_table(pa.table(columns), tmp_path / "p.parquet")
    assert write_scores(builder, [tmp_path / "p.parquet"], builder.path(VARIANT)).scores[0].matched == 1
    report, scores, weights = run()
    assert (report.scores, scores, weights) == ((), [], [])


def test_a_hundred_thousand_weights_are_all_found(builder, tmp_path):
    """In any order of lines."""
    random = np.random.default_rng(4)
    size = 100_000
    position = np.sort(random.choice(200_000_000, size, replace=False) + 1)
    columns = {column.name: [None] * size for column in VARIANT.columns}
    external = random.choice([0.5, 0.01, 0.0099, np.nan], size)
    columns |= {"contig": ["7"] * size, "position": position, "ref": ["A"] * size, "alt": ["C"] * size}
    columns["af_external"] = pa.array(external, from_pandas=True)
    write_table(builder.path(VARIANT), VARIANT, columns)
    order, is_ref, weight = random.permutation(size), random.random(size) < 0.5, random.normal(size=size)
    alleles = [["A", "C"] if flipped else ["C", "A"] for flipped in is_ref[order]]
    pq.write_table(pa.table({"contig": ["7"] * size, "position": position[order], "weight": weight[order],
                             "effect_allele": [one for one, _ in alleles],
                             "other_allele": [two for _, two in alleles]}), tmp_path / "big.parquet")  # fmt: skip
    report = write_scores(builder, [tmp_path / "big.parquet"], builder.path(VARIANT))
    assert (report.scores[0].matched, report.scores[0].flipped) == (size, is_ref.sum())
    found = pq.read_table(builder.path(SCORE_WEIGHT))
    assert found["variant"].to_numpy().tolist() == list(range(size))
    assert np.allclose(found["weight"].to_numpy(), np.where(is_ref, -weight, weight))
    assert pq.read_table(builder.path(SCORE))["constant"][0].as_py() == pytest.approx(
        2 * weight[is_ref & (external >= 0.01)].sum()
    )
