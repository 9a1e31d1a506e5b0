"""Genotypes within a cohort: tables, frequencies and linkage over a release in which every call is known."""

import datetime
from collections import Counter

import numpy as np
import pytest

from cohort_dsl import parse
from cohort_dsl.ast import VariantById
from cohort_dsl.variant_names import read_variant_name
from engine.aggregate.genotypes import GENOTYPE_LABELS
from engine.disclosure.request import Principal
from engine.disclosure.safe import Share, Shown
from engine.pipeline import Request, breakdown, count, genotype_counts, linkage
from engine.session import EngineSettings, Session
from schemas.errors import AnalysisProblem, NotAllowed, Problems
from schemas.policy import AccessTier, Precision
from tests.lib.releases import write_release

PEOPLE, SAMPLES = 2_000, 1_700
DAY = datetime.date(2010, 1, 1)
COHORT = 'cohort "ill"\nindex first condition in concept 1\n'
IN_COHORT = range(100, 1_900)
"""Everybody below 1,900 has the condition; the first 100 withdrew."""

SITES = ("1-1000", "1-2000", "1-3000", "X-5000000", "Y-5000000", "MT-3000")
NAMES = {"autosomal": "1-1000-A-G", "linked": "1-2000-A-G", "flat": "1-3000-A-G", "x": "X-5000000-A-G",
         "y": "Y-5000000-A-G", "mt": "MT-3000-A-G"}  # fmt: skip


def is_male(n: int) -> bool:
    return n % 2 == 1


def calls() -> np.ndarray:
    """int8[variants, samples]; the second variant is the first again, and nobody carries the third."""
    drawn = np.random.default_rng(5).choice([0, 1, 2, -1], size=(len(SITES), SAMPLES), p=[0.6, 0.25, 0.1, 0.05])
    drawn[1] = np.where(drawn[0] < 0, 0, drawn[0])
    drawn[2] = 0
    males = np.array([is_male(n) for n in range(SAMPLES)])
    drawn[3][males & (drawn[3] == 1)] = 2
    drawn[4:][drawn[4:] == 1] = 2
    return drawn.astype(np.int8)


CALLS = calls()


@pytest.fixture(scope="module")
def releases(tmp_path_factory):
    root = tmp_path_factory.mktemp("genotypes")
    day = {"start_date": DAY, "end_date": DAY}
    variants = [
        {"contig": contig, "position": int(position), "ref": "A", "alt": "G", "rsid": f"rs{number}"}
        for number, (contig, position) in enumerate(site.split("-") for site in SITES)
    ]
    write_release(
        root,
        {
            "person": [
                {"person": n, "gender_concept_id": 8507 if is_male(n) else 8532, "birth_date": DAY}
                for n in range(PEOPLE)
            ],
            "observation_period": [
                {"person": n, "start_date": datetime.date(2000, 1, 1), "end_date": datetime.date(2020, 1, 1)}
                for n in range(PEOPLE)
            ],
            "condition": [{"person": n, "concept_id": 1, **day} for n in range(IN_COHORT.stop)],
            "concept": [{"concept_id": 1, "vocabulary_id": "TEST", "concept_code": "1", "standard_concept": "S"}],
            "consent": [
                {"person": n, "permission": "GRU", "granted_on": DAY, "withdrawn_on": None if n in IN_COHORT else DAY}
                for n in range(PEOPLE)
            ],
            "variant": variants,
            "known_variant": [{**row, "af_external": 0.2} for row in variants],
            "sample": [{"sample": n, "person": n, "sex": "male" if is_male(n) else "female"} for n in range(SAMPLES)],
            "gene": [],
        },
        calls=CALLS,
    )
    return root


@pytest.fixture
def session(releases, tmp_path):
    opened = Session.open(EngineSettings(releases=releases, state=tmp_path))
    yield opened
    opened.close()


def ask(*variants: str, text: str = COHORT, tier: AccessTier = AccessTier.INTERNAL, project: str = "p", **options):
    principal = Principal(user="u", project=project, institution="i", tier=tier, reason="a test of exact numbers")
    named = tuple(map(read_variant_name, variants))
    return Request(cohort=parse(text), principal=principal, variants=named, **options)


def genotype_of(n: int, site: int) -> str:
    """A person's genotype at a site, in words, from the call and the copies that sex and contig give."""
    contig = SITES[site].split("-")[0]
    if n >= SAMPLES:
        return "not genotyped"
    if contig == "Y" and not is_male(n):
        return "no copy"
    if CALLS[site, n] < 0:
        return "no call"
    if contig in ("Y", "MT") or (contig == "X" and is_male(n)):
        return {0: "hemizygous reference", 2: "hemizygous"}[int(CALLS[site, n])]
    return ("reference", "heterozygous", "homozygous")[int(CALLS[site, n])]


def shown(cells) -> dict[str, int]:
    return {cell.label[-1]: cell.count.value for cell in cells if cell.count.value}


@pytest.mark.parametrize("site", range(len(SITES)), ids=NAMES)
def test_exact_tables_are_those_of_the_calls(session, site):
    (variant,) = genotype_counts(session, ask(f"{SITES[site]}-A-G")).variants
    true = Counter(genotype_of(n, site) for n in IN_COHORT)
    assert shown(variant.cells) == true
    one_copy, two_copies = ("hemizygous reference", "hemizygous"), ("reference", "heterozygous", "homozygous")
    alternate = true["heterozygous"] + 2 * true["homozygous"] + true["hemizygous"]
    called = sum(true[word] for word in one_copy) + 2 * sum(true[word] for word in two_copies)
    assert (variant.exact.allele_count, variant.exact.allele_number) == (alternate, called)
    assert variant.frequency.value == pytest.approx(alternate / called, abs=1e-6)
    called_people = sum(true[word] for word in (*one_copy, *two_copies))
    assert variant.missing.value == pytest.approx(true["no call"] / (true["no call"] + called_people), abs=1e-6)
    assert variant.exact.alleles == (f"{SITES[site]}-A-G",)


def test_protected_tables_are_near_the_exact_ones_in_every_cell(session):
    """Of common variants nothing is left out, missing calls and copies included."""
    asked = ask(*NAMES.values(), tier=AccessTier.CONTROLLED, precision=Precision.FINE)
    answer = genotype_counts(session, asked)
    for site, variant in enumerate(answer.variants):
        true = Counter(genotype_of(n, site) for n in IN_COHORT)
        for cell in variant.cells:
            if isinstance(cell.count, Shown):
                assert abs(cell.count.value - true[cell.label[0]]) <= 3 * cell.count.margin
            else:
                assert true[cell.label[0]] < 2 * cell.count.less_than
        assert variant.exact is None
        if isinstance(variant.frequency, Share):
            assert variant.frequency.low - 0.03 < _frequency(true) < variant.frequency.high + 0.03


def _frequency(true: Counter[str]) -> float:
    alternate = true["heterozygous"] + 2 * true["homozygous"] + true["hemizygous"]
    two = true["reference"] + true["heterozygous"] + true["homozygous"]
    return alternate / (2 * two + true["hemizygous reference"] + true["hemizygous"])


def test_a_breakdown_written_in_the_document_is_the_same_question_however_it_is_spelled(session):
    asked = ask("chr1:1,000 A>G", tier=AccessTier.CONTROLLED)
    first = genotype_counts(session, asked)
    by = breakdown(session, ask(text=COHORT + 'count by genotype of variant "1-1000-A-G"', tier=AccessTier.CONTROLLED))
    assert (first.receipt.charged > 0, by.receipt.charged) == (True, 0)
    assert (by.total, by.cells) == (first.total, first.variants[0].cells)
    assert count(session, asked).count == first.total
    assert genotype_counts(session, ask("1-1000-A-G", tier=AccessTier.CONTROLLED)).receipt.charged == 0


def test_genotypes_and_other_dimensions_make_one_table(session):
    table = breakdown(session, ask(text=COHORT + "count by sex, genotype of variant rs3"))
    true = Counter(("male" if is_male(n) else "female", genotype_of(n, 3)) for n in IN_COHORT)
    assert {cell.label: cell.count.value for cell in table.cells if cell.count.value} == true
    assert {cell.label[1] for cell in table.cells} == set(GENOTYPE_LABELS)


def test_linkage_of_a_variant_with_its_copy_is_complete(session):
    answer = linkage(session, ask("1-1000-A-G", "1-2000-A-G"))
    assert (answer.r_squared, answer.d_prime) == (pytest.approx(1), pytest.approx(1))
    assert answer.persons.value == sum(1 for n in IN_COHORT if n < SAMPLES and CALLS[0, n] >= 0)
    flat = linkage(session, ask("1-1000-A-G", "1-3000-A-G"))
    assert (flat.r_squared, flat.d_prime) == (None, None)


@pytest.mark.parametrize("tier", [AccessTier.REGISTERED, AccessTier.CONTROLLED])
def test_linkage_is_refused_outside_with_a_reason(session, tier):
    with pytest.raises(NotAllowed) as caught:
        linkage(session, ask("1-1000-A-G", "1-2000-A-G", tier=tier))
    assert caught.value.code == "linkage-exact-only"
    assert "breakdown" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("function", "variants", "code"),
    [
        (genotype_counts, (), "no-variants"),
        (genotype_counts, ("rs1", "RS1"), "variant-twice"),
        (genotype_counts, ("1-1000-A-G", "chr1:1000:A:G"), "variant-twice"),
        (linkage, ("rs1",), "linkage-variants"),
        (linkage, ("rs1", "rs77"), "linkage-allele"),
    ],
)
def test_one_clear_problem_each(session, function, variants, code):
    with pytest.raises(AnalysisProblem) as caught:
        function(session, ask(*variants))
    assert caught.value.code == code


def test_a_dimension_without_its_variant_is_refused(session):
    with pytest.raises(Problems):
        parse(COHORT + "count by genotype")
    with pytest.raises(AnalysisProblem):
        read_variant_name("hello")
    assert isinstance(read_variant_name("rs1"), VariantById)
