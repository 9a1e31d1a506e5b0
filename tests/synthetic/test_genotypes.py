"""Genotypes: rare as in a real population, inherited, counted rightly, and with consequences for health."""

from typing import NamedTuple

import duckdb
import numpy as np
import pytest

from engine.catalog.release import Release
from engine.genotypes.alleles import CONTIG_RANK
from engine.genotypes.pgen import CallsReader
from engine.genotypes.ploidy import Ploidy, ploidies
from engine.ingest.synthetic.diseases import DISEASE_INDEX
from engine.ingest.synthetic.genes import SCORES
from engine.ingest.synthetic.illness import Block, make_history
from engine.ingest.synthetic.people import make_families, make_population
from engine.ingest.synthetic.sites import release_sites
from schemas.release import CALLS_PATH
from tests.synthetic.conftest import PERSONS, SEED, one


class Genotypes(NamedTuple):
    """calls int8[variants, samples], -9 missing; `phased` the same with 3 for 0|1 and 4 for 1|0; person and sex of each
    sample; the variants as (rsid, gene, lof); uint8 `Ploidy` and position of each variant."""

    calls: np.ndarray
    phased: np.ndarray
    person: np.ndarray
    sex: np.ndarray
    variants: list[tuple]
    ploidy: np.ndarray
    contig: np.ndarray
    position: np.ndarray

    def copies(self, row: int) -> np.ndarray:
        """int[samples] of one variant, by recorded sex."""
        single = {Ploidy.DIPLOID: 2, Ploidy.X: np.where(self.sex == "male", 1, 2), Ploidy.MT: 1,
                  Ploidy.Y: np.where(self.sex == "female", 0, 1)}[Ploidy(self.ploidy[row])]  # fmt: skip
        return np.broadcast_to(single, len(self.person))


@pytest.fixture(scope="session")
def genotypes(release: Release, tables: duckdb.DuckDBPyConnection) -> Genotypes:
    query = "SELECT person, coalesce(sex, 'unknown') AS sex FROM sample ORDER BY sample"
    samples = tables.execute(query).fetchnumpy()
    variants = tables.execute("SELECT rsid, gene, lof FROM variant ORDER BY variant").fetchall()
    places = tables.execute('SELECT contig, "position" FROM variant ORDER BY variant').fetchnumpy()
    reader = CallsReader(release.file(CALLS_PATH), samples=len(samples["person"]))
    return Genotypes(
        calls=np.stack([reader.read(row) for row in range(reader.variants)]),
        phased=np.stack([reader.read_phased(row) for row in range(reader.variants)]),
        person=samples["person"],
        sex=samples["sex"],
        variants=variants,
        ploidy=ploidies(np.array([CONTIG_RANK[contig] for contig in places["contig"]]), places["position"]),
        contig=places["contig"],
        position=places["position"],
    )


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
    names = "allele_count, allele_number, homozygotes, hemizygotes, missing_calls"
    rows = tables.execute(f"SELECT {names} FROM variant ORDER BY variant").fetchall()
    for row, counts in enumerate(rows):
        calls, copies = genotypes.calls[row], genotypes.copies(row)
        called = calls >= 0
        alleles = np.where(copies == 1, calls // 2, calls)
        hemizygotes = (calls == 2) & (copies == 1)
        homozygotes = (calls == 2) & (copies == 2)
        expected = alleles[called].sum(), copies[called].sum(), homozygotes.sum(), hemizygotes.sum()
        assert counts == (*expected, (~called & (copies > 0)).sum()), genotypes.variants[row]
    assert any(missing for *_, missing in rows)


def test_copies_of_x_y_and_mt_follow_from_sex(genotypes: Genotypes, tables: duckdb.DuckDBPyConnection) -> None:
    for ploidy in Ploidy:
        rows = np.flatnonzero(genotypes.ploidy == ploidy).tolist()
        assert len(rows) > 5
        for row in rows:
            copies, calls = genotypes.copies(row), genotypes.calls[row]
            assert not (calls[copies == 1] == 1).any()
            assert (calls[copies == 0] < 0).all()
    query = """SELECT count(*) FILTER (sex IS NULL), avg((sex = 'male')::INT), avg((gender_concept_id = 8507)::INT)
               FROM sample JOIN person USING (person)"""
    unknown, male, men = one(tables, query)
    assert 0 < unknown < 0.01 * len(genotypes.person)
    assert abs(male - men) < 0.01


def test_pseudoautosomal_variants_have_two_copies_in_men(genotypes: Genotypes) -> None:
    rows = np.flatnonzero((genotypes.contig == "X") & (genotypes.ploidy == Ploidy.DIPLOID))
    assert (genotypes.calls[np.ix_(rows, genotypes.sex == "male")] == 1).any()


def test_known_variants_of_mitochondria_are_single(tables: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT allele_count = hemizygotes, allele_count > 0, allele_number FROM variant WHERE rsid = 'rs2853826'"
    single, carried, number = one(tables, query)
    assert single
    assert carried
    assert number <= 0.93 * PERSONS


def test_common_calls_are_phased_and_some_rare_ones_are_not(genotypes: Genotypes) -> None:
    heterozygous = (genotypes.calls == 1).sum(axis=1)
    unphased = (genotypes.phased == 1).sum(axis=1)
    common = heterozygous > 0.05 * len(genotypes.person)
    rare = (heterozygous > 0) & (heterozygous < 0.001 * len(genotypes.person))
    assert not unphased[common].any()
    assert 0.2 < unphased[rare].sum() / heterozygous[rare].sum() < 0.4


def test_people_have_two_variants_of_ldlr_in_trans_and_in_cis(genotypes: Genotypes) -> None:
    rows = [row for row, (_, gene, _) in enumerate(genotypes.variants) if gene == "LDLR"]
    rare = [row for row in rows if (genotypes.calls[row] > 0).mean() < 0.03]
    first, second = ((genotypes.phased[rare] == call).sum(axis=0) for call in (4, 3))
    trans = ((first > 0) & (second > 0)).mean()
    cis = ((first > 1) | (second > 1)).mean()
    assert 0.0001 < trans < 0.004
    assert 0.002 < cis < 0.03


def test_the_two_alleles_of_apoe_are_hardly_ever_on_one_haplotype(genotypes: Genotypes) -> None:
    e4, e2 = (
        genotypes.phased[[variant[0] for variant in genotypes.variants].index(rsid)] for rsid in ("rs429358", "rs7412")
    )
    both = np.isin(e4, (3, 4)) & np.isin(e2, (3, 4))
    assert both.sum() > 5
    assert (e4[both] != e2[both]).mean() > 0.9


def test_neighbouring_common_variants_are_linked_and_distant_ones_are_not(genotypes: Genotypes) -> None:
    frequency = np.maximum(genotypes.calls, 0).mean(axis=1) / 2
    rows = np.flatnonzero((genotypes.ploidy == Ploidy.DIPLOID) & (frequency > 0.1) & (frequency < 0.9))
    squared = np.corrcoef(np.maximum(genotypes.calls[rows], 0)) ** 2
    same = genotypes.contig[rows][:, None] == genotypes.contig[rows]
    apart = np.abs(genotypes.position[rows][:, None] - genotypes.position[rows])
    upper = np.triu(np.ones_like(same), 1)
    near = squared[upper & same & (apart < 10_000)]
    assert near.size > 20
    assert near.mean() > 0.15
    assert near.max() > 0.6
    assert squared[upper & same & (apart > 500_000)].mean() < 0.01
    assert squared[upper & ~same].mean() < 0.01


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
    autosomal = np.array([contig.isdigit() for contig in genotypes.contig])
    father, mother, child = (genotypes.calls[autosomal][:, [trio[role] for trio in trios]] for role in range(3))
    known = (father >= 0) & (mother >= 0) & (child >= 0)
    least = (father == 2).astype(int) + (mother == 2)
    most = (father >= 1).astype(int) + (mother >= 1)
    assert ((child >= least) & (child <= most))[known].all()
    het = known & (father == 1) & (mother == 0)
    assert 0.47 < child[het].mean() < 0.53


@pytest.mark.parametrize(("ploidy", "sex", "parent"), [(Ploidy.X, "male", "mother"), (Ploidy.Y, "male", "father"),
                                                        (Ploidy.MT, "male", "mother"), (Ploidy.MT, "female", "mother")])  # fmt: skip
def test_single_chromosomes_come_from_one_parent(genotypes: Genotypes, ploidy: Ploidy, sex: str, parent: str) -> None:
    families = make_families(PERSONS, SEED)
    column = {person: sample for sample, person in enumerate(genotypes.person.tolist())}
    pairs = [
        (column[above], column[child])
        for child, above in enumerate(getattr(families, parent)[:PERSONS].tolist())
        if above in column and child in column and genotypes.sex[column[child]] == sex
    ]
    calls = genotypes.calls[genotypes.ploidy == ploidy]
    above, child = (calls[:, list(side)] for side in zip(*pairs, strict=True))
    known = (above >= 0) & (child >= 0)
    assert known.sum() > 100
    assert (child > 0)[known].any()
    assert (above > 0)[known & (child > 0)].all()
    assert (child > 0)[known & (above == 2)].all()


def test_phase_of_children_is_that_of_their_parents(genotypes: Genotypes) -> None:
    """`0|1` is inherited from the mother, `1|0` from the father."""
    families = make_families(PERSONS, SEED)
    column = {person: sample for sample, person in enumerate(genotypes.person.tolist())}
    for call, parents in ((3, families.mother), (4, families.father)):
        pairs = [
            (column[p], column[c]) for c, p in enumerate(parents[:PERSONS].tolist()) if p in column and c in column
        ]
        above, child = (side for side in zip(*pairs, strict=True))
        inherited = genotypes.phased[:, list(child)] == call
        assert inherited.sum() > 1000
        assert (genotypes.calls[:, list(above)][inherited] != 0).all()


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
    sites = release_sites(PERSONS, len(families.father), SEED)
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
