"""Genotypes: rare as in a real population, inherited, counted rightly, and with consequences for health."""

from typing import NamedTuple

import duckdb
import numpy as np
import pytest

from engine.catalog.release import Release
from engine.genotypes.pgen import CallsReader
from engine.ingest.synthetic.diseases import DISEASE_INDEX
from engine.ingest.synthetic.genes import SCORES
from engine.ingest.synthetic.illness import Block, make_history
from engine.ingest.synthetic.people import make_families, make_population
from engine.ingest.synthetic.variants import make_sites
from schemas.release import CALLS_PATH
from tests.synthetic.conftest import PERSONS, SEED, one


class Genotypes(NamedTuple):
    """calls int8[variants, samples], -9 missing; person of each sample; the variants as (rsid, gene, lof)."""

    calls: np.ndarray
    person: np.ndarray
    variants: list[tuple]


@pytest.fixture(scope="session")
def genotypes(release: Release, tables: duckdb.DuckDBPyConnection) -> Genotypes:
    person = tables.execute("SELECT person FROM sample ORDER BY sample").fetchnumpy()["person"]
    variants = tables.execute("SELECT rsid, gene, lof FROM variant ORDER BY variant").fetchall()
    reader = CallsReader(release.file(CALLS_PATH), samples=len(person))
    return Genotypes(np.stack([reader.read(row) for row in range(reader.variants)]), person, variants)


def carriers(genotypes: Genotypes, *, gene: str) -> np.ndarray:
    """People who carry a high-confidence loss-of-function allele of a gene."""
    rows = [row for row, (_, found, lof) in enumerate(genotypes.variants) if found == gene and lof == "HC"]
    return genotypes.person[(genotypes.calls[rows] > 0).any(axis=0)]


def doses(genotypes: Genotypes, rsid: str) -> np.ndarray:
    (row,) = [row for row, variant in enumerate(genotypes.variants) if variant[0] == rsid]
    return genotypes.calls[row]


def people(found: np.ndarray) -> str:
    return f"person IN ({', '.join(map(str, found.tolist()))})"


def test_counts_of_the_variant_table_are_those_of_the_calls(
    genotypes: Genotypes, tables: duckdb.DuckDBPyConnection
) -> None:
    counts = tables.execute(
        "SELECT allele_count, allele_number, homozygotes, missing_calls FROM variant ORDER BY variant"
    ).fetchnumpy()
    known = np.where(genotypes.calls < 0, 0, genotypes.calls)
    missing = (genotypes.calls < 0).sum(axis=1)
    assert (counts["allele_count"] == known.sum(axis=1)).all()
    assert (counts["allele_number"] == 2 * (genotypes.calls.shape[1] - missing)).all()
    assert (counts["homozygotes"] == (known == 2).sum(axis=1)).all()
    assert (counts["missing_calls"] == missing).all()
    assert missing.any()


def test_nine_tenths_are_genotyped(genotypes: Genotypes) -> None:
    assert 0.87 < len(genotypes.person) / PERSONS < 0.93


def test_most_variants_are_rare_and_some_common(tables: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT avg((allele_count = 0)::INT), avg((allele_count = 1)::INT), avg((af < 0.001)::INT),
               avg((af > 0.05)::INT), count(DISTINCT gene)
               FROM (SELECT *, allele_count / allele_number AS af FROM variant)"""
    absent, single, rare, common, genes = one(tables, query)
    assert absent < 0.02
    assert single > 0.25
    assert rare > 0.6
    assert 0.03 < common < 0.25
    assert genes > 60


def test_known_variants_are_where_they_are(tables: duckdb.DuckDBPyConnection) -> None:
    query = """SELECT contig, "position", ref, alt, gene FROM variant
               WHERE rsid IN ('rs671', 'rs429358') ORDER BY rsid"""
    assert tables.execute(query).fetchall() == [
        ("19", 44908684, "T", "C", "APOE"),
        ("12", 111803962, "G", "A", "ALDH2"),
    ]


def test_children_inherit_one_allele_of_each_parent(genotypes: Genotypes) -> None:
    families = make_families(PERSONS, SEED)
    column = {person: sample for sample, person in enumerate(genotypes.person.tolist())}
    trios = [
        (column[father], column[mother], column[child])
        for child, father, mother in zip(range(PERSONS), families.father, families.mother, strict=False)
        if father >= 0 and {father, mother, child} <= column.keys()
    ]
    assert len(trios) > 50
    father, mother, child = (genotypes.calls[:, [trio[role] for trio in trios]] for role in range(3))
    known = (father >= 0) & (mother >= 0) & (child >= 0)
    least = (father == 2).astype(int) + (mother == 2)
    most = (father >= 1).astype(int) + (mother >= 1)
    assert ((child >= least) & (child <= most))[known].all()
    het = known & (father == 1) & (mother == 0)
    assert 0.47 < child[het].mean() < 0.53


def test_pcsk9_loss_of_function_lowers_ldl(genotypes: Genotypes, tables: duckdb.DuckDBPyConnection) -> None:
    found = carriers(genotypes, gene="PCSK9")
    query = f"""SELECT avg(value_as_number) FILTER ({people(found)}), avg(value_as_number) FILTER (NOT {people(found)})
                FROM measurement_event WHERE concept_id = 3028437"""
    carrier, other = one(tables, query)
    assert len(found) > 20
    assert carrier < other - 12


def test_aldh2_makes_people_flush(genotypes: Genotypes, tables: duckdb.DuckDBPyConnection) -> None:
    dose = doses(genotypes, "rs671")
    query = """SELECT avg((answer = 'never')::INT) FROM survey_answer
               WHERE question_id = 'alcohol.flushing' AND {}"""
    assert one(tables, query.format(people(genotypes.person[dose == 0])))[0] > 0.8
    assert one(tables, query.format(people(genotypes.person[dose == 2])))[0] < 0.1


def test_pnpla3_raises_fatty_liver(genotypes: Genotypes, tables: duckdb.DuckDBPyConnection) -> None:
    dose = doses(genotypes, "rs738409")
    query = """SELECT avg((person IN (SELECT person FROM condition_event WHERE concept_id = 4059290))::INT)
               FROM person WHERE {}"""
    shares = [one(tables, query.format(people(genotypes.person[dose == copies])))[0] for copies in (0, 2)]
    assert shares[1] > 1.2 * shares[0]


def test_score_of_the_called_genotypes_raises_diabetes(genotypes: Genotypes, tables: duckdb.DuckDBPyConnection) -> None:
    """With the weights the sites were made with, from the calls of the release."""
    families = make_families(PERSONS, SEED)
    sites = make_sites(PERSONS, len(families.father), SEED)
    weights = np.array([site.weight if site.effect == "t2d_score" else 0.0 for site in sites])
    score = weights @ np.maximum(genotypes.calls, 0)
    low, high = np.quantile(score, [0.2, 0.8])
    query = """SELECT avg((person IN (SELECT person FROM condition_event WHERE concept_id = 201826))::INT)
               FROM person WHERE {}"""
    bottom, top = (
        one(tables, query.format(people(genotypes.person[chosen])))[0] for chosen in (score <= low, score >= high)
    )
    assert top > 1.8 * bottom


def test_polygenic_score_raises_diabetes_by_quintile() -> None:
    block = _block(20_000)
    ill = make_history(block).onset[:, DISEASE_INDEX["t2dm"]] < 20_000
    quintile = np.digitize(block.scores["t2d_score"], np.quantile(block.scores["t2d_score"], [0.2, 0.4, 0.6, 0.8]))
    shares = [ill[quintile == number].mean() for number in range(5)]
    assert shares == sorted(shares)
    assert shares[4] > 2 * shares[0]


def test_brca_raises_breast_cancer() -> None:
    block = _block(20_000)
    ill = make_history(block).onset[:, DISEASE_INDEX["breast_cancer"]] < 20_000
    women = ~block.people.male
    carrier = block.scores["brca_lof"] > 0
    assert ill[women & carrier].mean() > 3 * ill[women & ~carrier].mean()
    assert not ill[~women].any()


def _block(persons: int) -> Block:
    """People whose scores are drawn directly, a tenth of them BRCA carriers, so that few people suffice."""
    random = np.random.default_rng(3)
    scores = {name: np.zeros(persons, np.float32) for name in SCORES}
    scores["t2d_score"] = random.standard_normal(persons).astype(np.float32)
    scores["brca_lof"] = (random.random(persons) < 0.1).astype(np.float32)
    families = make_families(persons, SEED)
    population = make_population(families, SEED, flushing_dose=scores["aldh2"], adiposity=scores["fto"])
    return Block(number=0, first=0, seed=SEED, people=population, scores=scores)
