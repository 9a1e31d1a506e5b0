"""What is said of variants: possible names, panels, scores, and known variants that do not give carriers away."""

import duckdb
import numpy as np
import pytest

from engine.catalog.release import Release
from engine.genotypes.pgen import CallsReader
from engine.ingest.synthetic.naming import Place, name_variant, possible_alleles
from schemas.release import CALLS_PATH
from tests.synthetic.conftest import one

NAMES = [
    ("PCSK9", "missense_variant", "G", "T", 55039974),
    ("LDLR", "stop_gained", "C", "T", 11105500),
    ("BRCA1", "stop_gained", "G", "A", 43100000),
    ("BRCA1", "frameshift_variant", "AG", "A", 43090000),
    ("LDLR", "splice_donor_variant", "G", "A", 11105600),
    ("LDLR", "intron_variant", "G", "A", 11105601),
]


@pytest.mark.parametrize(("gene", "consequence", "ref", "alt", "position"), NAMES, ids=str)
def test_names_of_drawn_variants_agree_with_their_consequence(
    gene: str, consequence: str, ref: str, alt: str, position: int, tables: duckdb.DuckDBPyConnection
) -> None:
    start, end = one(tables, f"SELECT start, \"end\" FROM gene WHERE gene = '{gene}'")
    names = name_variant(gene, consequence, ref, alt, Place(position, start, end))
    change = {"BRCA1": {"G": "C>T", "AG": "del"}}.get(gene, {}).get(ref, f"{ref}>{alt}")
    assert names.hgvs_c is not None
    assert names.transcript is not None
    assert names.hgvs_c.startswith(f"{names.transcript}:c.")
    assert names.hgvs_c.endswith(change)
    ending = {"stop_gained": "Ter", "frameshift_variant": "fs"}.get(consequence, "")
    assert (names.hgvs_p or "").endswith(ending)
    assert (names.hgvs_p is None) == (consequence in ("splice_donor_variant", "intron_variant"))


def test_stop_codons_are_made_by_bases_that_stop_codons_have() -> None:
    for ref in "ACGT":
        for alt in set("ACGT") - {ref}:
            for gene in ("LDLR", "BRCA1"):
                alleles = possible_alleles(gene, "stop_gained", ref, alt)
                assert alleles[0] != alleles[1]
                assert name_variant(gene, "stop_gained", *alleles, Place(500, 0, 1_000)).hgvs_p


def test_coding_variants_have_names_and_a_transcript(tables: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT count(*) FILTER (hgvs_c IS NULL), count(*) FILTER (hgvs_p IS NULL), count(*) FROM variant
               WHERE consequence IN ('missense_variant', 'stop_gained', 'frameshift_variant') AND contig <> 'MT'"""
    no_c, no_p, variants = one(tables, query)
    assert (no_c, no_p) == (0, 0)
    assert variants > 500


@pytest.mark.parametrize(
    ("rsid", "coding", "protein"),
    [("rs11591147", "NM_174936.4:c.137G>T", "p.Arg46Leu"), ("rs7412", "NM_000041.4:c.526C>T", "p.Arg176Cys")],
)
def test_real_variants_have_their_own_names(
    tables: duckdb.DuckDBPyConnection, rsid: str, coding: str, protein: str
) -> None:
    assert one(tables, f"SELECT hgvs_c, hgvs_p FROM variant WHERE rsid = '{rsid}'") == (coding, protein)


def test_known_variants_hold_those_of_the_release_as_it_describes_them(tables: duckdb.DuckDBPyConnection) -> None:
    columns = (
        "contig, position, ref, alt, rsid, gene, transcript, consequence, hgvs_c, hgvs_p, lof, clinvar, af_external"
    )
    lost = f"SELECT count(*) FROM (SELECT {columns} FROM variant EXCEPT ALL SELECT {columns} FROM known_variant)"
    assert one(tables, lost) == (0,)


@pytest.mark.parametrize("column", ["consequence", "clinvar", "lof", "rsid IS NULL", "af_external IS NULL"])
def test_variants_nobody_carries_look_like_the_others(tables: duckdb.DuckDBPyConnection, column: str) -> None:
    """Shares of each value among drawn variants of the release and among the others differ by a few percent."""
    query = f"""WITH every AS (SELECT ({column})::VARCHAR AS value,
                                 (contig, position, ref, alt) IN (SELECT (contig, position, ref, alt) FROM variant)
                                 AS carried FROM known_variant)
                SELECT max(abs(share)), max(others) FROM (
                  SELECT count(*) FILTER (carried) / any_value(a) - count(*) FILTER (NOT carried) / any_value(b) AS share,
                         any_value(b) AS others
                  FROM every, (SELECT count(*) FILTER (carried) AS a, count(*) FILTER (NOT carried) AS b FROM every)
                  GROUP BY value)"""
    difference, others = one(tables, query)
    assert others > 500
    assert difference < 0.08


def test_panels_are_of_genes_of_the_release(tables: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT count(DISTINCT panel), count(*) FILTER (gene NOT IN (SELECT gene FROM gene)) FROM panel"
    assert one(tables, query) == (4, 0)
    fh = "SELECT list(gene ORDER BY gene) FROM panel WHERE panel = 'Familial hypercholesterolaemia'"
    assert one(tables, fh) == (["APOB", "LDLR", "PCSK9"],)


@pytest.mark.parametrize(("score", "concept"), [("type_2_diabetes", 201826), ("ldl_cholesterol", 432867)])
def test_scores_predict_what_they_are_named_after(
    release: Release, tables: duckdb.DuckDBPyConnection, score: str, concept: int
) -> None:
    """From the tables alone: constant and weights of the release, its calls, its diagnoses."""
    (constant,) = one(tables, f"SELECT constant FROM score WHERE score = '{score}'")
    weights = tables.execute(f"SELECT variant, weight FROM score_weight WHERE score = '{score}'").fetchall()
    person = tables.execute("SELECT person FROM sample ORDER BY sample").fetchnumpy()["person"]
    reader = CallsReader(release.file(CALLS_PATH), samples=len(person))
    sums = constant + sum(weight * np.maximum(reader.read(variant), 0) for variant, weight in weights)
    assert constant == pytest.approx(2 * sum(-weight for _, weight in weights if weight < 0))
    assert (sums > 0).all()
    low, high = np.quantile(sums, [0.25, 0.75])
    ill = tables.execute(f"SELECT DISTINCT person FROM condition_event WHERE concept_id = {concept}").fetchnumpy()
    shares = [np.isin(person[chosen], ill["person"]).mean() for chosen in (sums <= low, sums >= high)]
    assert shares[1] > 1.2 * shares[0]
