"""What the store says of people is what reading their calls one by one says."""

import itertools
from statistics import NormalDist

import numpy as np
import pytest

from cohort_dsl.ast import BurdenUnit, Comparator, Compare, PairKind, Phase, ScoreScale, Zygosity
from engine.genotypes.store import Genotype, GenotypeStore
from engine.personset import PersonSet
from tests.lib.releases import write_release

CONTIGS = {"1": (1_000, 2), "X": (50_000_000, 2), "Y": (12_000_000, 2), "MT": (700, 2)}
EXTERNAL = (0.4, None, 0.009, 0.01, 0.2)
"""What reference data say of the variants of each contig."""

PERSONS = 150
TRUE, FALSE, UNKNOWN = 1, 0, None


class Small:
    """A release of phased and unphased, diploid and haploid calls, and the same as Python values."""

    def __init__(self, root, seed, *, phased=True):
        self.random = np.random.default_rng(seed)
        self.samples = sorted(self.random.choice(PERSONS, PERSONS - 20, replace=False).tolist())
        self.sex = {
            person: ("male", "female", None)[self.random.choice(3, p=(0.4, 0.4, 0.2))] for person in self.samples
        }
        self.variants = [
            {
                "contig": contig,
                "position": start + 10 * n,
                "ref": "A",
                "alt": "G",
                "gene": gene,
                "af_external": external,
            }
            for contig, (start, _) in CONTIGS.items()
            for n, (gene, external) in enumerate(
                zip((f"G{contig}", f"G{contig}", f"G{contig}", f"H{contig}", None), EXTERNAL, strict=True)
            )
        ]
        self.calls = np.array(
            [[self._call(v, person, phased) for person in self.samples] for v in self.variants], np.int8
        )
        self.weights = self.random.normal(size=len(self.variants)).round(3)
        tables = {
            "person": [{}] * PERSONS,
            "sample": [{"person": p, "sex": self.sex[p], "source_sample_id": f"s{p}"} for p in self.samples],
            "variant": self.variants,
            "gene": [],
            "score": [{"score": "s", "constant": 0.25, "listed": 1, "matched": 1}],
            "score_weight": [{"score": "s", "variant": v, "weight": w} for v, w in enumerate(self.weights.tolist())],
        }
        self.store = GenotypeStore.open(write_release(root, tables, calls=self.calls))
        self.of = {person: self.calls[:, n].tolist() for n, person in enumerate(self.samples)}

    def _call(self, variant, person, phased):
        copies = self.copies(variant, person)
        if copies == 0:
            return -1
        if copies == 1:
            return self.random.choice([0, 2, -1], p=(0.6, 0.25, 0.15))
        chances = {0: 0.5, 1: 0.1, 2: 0.08, -1: 0.12} | ({3: 0.1, 4: 0.1} if phased else {3: 0.0, 4: 0.0})
        return self.random.choice(list(chances), p=np.array(list(chances.values())) / sum(chances.values()))

    def copies(self, variant, person):
        match variant["contig"], self.sex[person]:
            case "1", _:
                return 2
            case "X", sex:
                return 1 if sex == "male" else 2
            case "Y", sex:
                return 0 if sex == "female" else 1
            case _:
                return 1

    def alleles(self, v, person):
        """Alternate alleles, or None without a call; 0 where there is no copy."""
        call = self.of[person][v]
        if self.copies(self.variants[v], person) == 0:
            return 0
        return {-1: None, 3: 1, 4: 1}.get(call, call // 2 if self.copies(self.variants[v], person) == 1 else call)


@pytest.fixture(scope="module", params=[(1, True), (2, True), (3, False)], ids=["one", "two", "unphased"])
def small(request, tmp_path_factory):
    seed, phased = request.param
    return Small(tmp_path_factory.mktemp("small"), seed, phased=phased)


def said(tri, person):
    inside = [bool(part.contains(np.array([person]))[0]) for part in (tri.true, tri.unknown)]
    return TRUE if inside[0] else UNKNOWN if inside[1] else FALSE


def any_of(values):
    """Kleene's or."""
    values = list(values)
    return TRUE if TRUE in values else UNKNOWN if UNKNOWN in values else FALSE


def agrees(small, tri, expected):
    for person in range(PERSONS):
        assert said(tri, person) == (expected(person) if person in small.of else UNKNOWN), person


CHOICES = [[0], [0, 1, 2, 3, 4], [5, 6, 7], [10, 11], [15, 16, 17], [0, 6, 12, 18], list(range(20))]


@pytest.mark.parametrize("chosen", CHOICES, ids=str)
@pytest.mark.parametrize("zygosity", Zygosity)
def test_carriers(small, chosen, zygosity):
    def one(v, person):
        copies, alleles = small.copies(small.variants[v], person), small.alleles(v, person)
        if alleles is None:
            return UNKNOWN
        match zygosity:
            case Zygosity.ANY:
                return int(alleles > 0)
            case Zygosity.HETEROZYGOUS:
                return int(copies == 2 and alleles == 1)
            case Zygosity.HOMOZYGOUS:
                return int(alleles == 2)
            case _:
                return int(copies == 1 and alleles == 1)

    found = small.store.carriers(np.array(chosen, np.int32), zygosity)
    agrees(small, found, lambda person: any_of(one(v, person) for v in chosen))


@pytest.mark.parametrize("chosen", CHOICES, ids=str)
@pytest.mark.parametrize("unit", BurdenUnit)
@pytest.mark.parametrize("number", [1, 2, 3, 5, 16])
def test_burden(small, chosen, unit, number):
    def expected(person):
        low = high = 0
        for v in chosen:
            alleles, copies = small.alleles(v, person), small.copies(small.variants[v], person)
            most = copies if unit is BurdenUnit.ALLELES else 1
            worth = 0 if alleles is None else alleles if unit is BurdenUnit.ALLELES else int(alleles > 0)
            low, high = low + worth, high + (most if alleles is None else worth)
        return TRUE if low >= number else UNKNOWN if high >= number else FALSE

    agrees(small, small.store.burden(np.array(chosen, np.int32), number, unit), expected)


@pytest.mark.parametrize("chosen", CHOICES, ids=str)
@pytest.mark.parametrize("kind", PairKind)
def test_pairs(small, chosen, kind):
    def pair(a, b, person):
        first, second = small.of[person][a], small.of[person][b]
        heterozygous = [call in (1, 3, 4) for call in (first, second)]
        missing = [small.alleles(v, person) is None for v in (a, b)]
        if all(heterozygous):
            if 1 in (first, second):
                return TRUE if kind is PairKind.CANDIDATE else UNKNOWN
            return int(first != second)
        return UNKNOWN if any(missing) and all(map(max, zip(heterozygous, missing, strict=True))) else FALSE

    def alone(v, person):
        alleles = small.alleles(v, person)
        return UNKNOWN if alleles is None else int(alleles == 2)

    def expected(person):
        said_of = []
        for gene in {small.variants[v]["gene"] for v in chosen} - {None}:
            own = [v for v in chosen if small.variants[v]["gene"] == gene]
            said_of += [pair(a, b, person) for a, b in itertools.combinations(own, 2)]
            said_of += [alone(v, person) for v in own] if kind is PairKind.BIALLELIC else []
        return any_of(said_of)

    agrees(small, small.store.paired(np.array(chosen, np.int32), kind), expected)


@pytest.mark.parametrize("pair", [(0, 1), (5, 7), (10, 12), (16, 15), (0, 5)], ids=str)
@pytest.mark.parametrize("phase", Phase)
def test_phase_of_two_variants(small, pair, phase):
    def on_copies(v, person):
        """Which of the copies have the alternate allele; None where that is not known."""
        call = small.of[person][v]
        copies = small.copies(small.variants[v], person)
        return {0: set(), 2: {0, 1} if copies == 2 else {0}, 3: {1}, 4: {0}}.get(call)

    def expected(person):
        a, b = pair
        if small.variants[a]["contig"] != small.variants[b]["contig"]:
            return FALSE
        alleles = [small.alleles(v, person) for v in pair]
        if 0 in alleles:
            return FALSE
        if None in alleles:
            return UNKNOWN
        places = [on_copies(v, person) for v in pair]
        homozygous = 2 in alleles
        if None in places and not homozygous:
            return UNKNOWN
        if None in places:
            return TRUE
        if phase is Phase.CIS:
            return int(bool(places[0] & places[1]))
        return int(any(x != y for x in places[0] for y in places[1]))

    first, second = (np.array([v], np.int32) for v in pair)
    agrees(small, small.store.phased(first, second, phase), expected)


@pytest.mark.parametrize("cohort", [None, 1, 2], ids=["all", "some", "others"])
def test_counts(small, cohort):
    people = None if cohort is None else PersonSet.from_mask(np.random.default_rng(cohort).random(PERSONS) < 0.4)
    asked = [p for p in small.samples if people is None or people.contains(np.array([p]))[0]]
    found = small.store.counts(np.arange(20, dtype=np.int32), people)
    for v, variant in enumerate(small.variants):
        cells = [(small.copies(variant, p), small.alleles(v, p)) for p in asked]
        expected = {
            "reference": (2, 0), "heterozygous": (2, 1), "homozygous": (2, 2), "hemizygous_reference": (1, 0),
            "hemizygous": (1, 1),
        }  # fmt: skip
        for name, cell in expected.items():
            assert getattr(found, name)[v] == cells.count(cell), (name, v)
        assert found.missing[v] == sum(copies > 0 and alleles is None for copies, alleles in cells)
        called = [(copies, alleles) for copies, alleles in cells if copies and alleles is not None]
        assert found.allele_count[v] == sum(alleles for _, alleles in called)
        assert found.allele_number[v] == sum(copies for copies, _ in called)


def test_the_genotype_of_everybody(small):
    for v in range(20):
        cells = small.store.genotype(np.array([v], np.int32))
        for person in range(PERSONS):
            if person not in small.of:
                assert cells[person] == Genotype.NO_CALL
                continue
            copies, alleles = small.copies(small.variants[v], person), small.alleles(v, person)
            names = {0: [Genotype.NO_COPY], 1: [Genotype.HEMIZYGOUS_REFERENCE, Genotype.HEMIZYGOUS],
                     2: [Genotype.REFERENCE, Genotype.HETEROZYGOUS, Genotype.HOMOZYGOUS]}  # fmt: skip
            assert cells[person] == (Genotype.NO_CALL if alleles is None else names[copies][alleles])


def common(variant):
    """The reference frequency of a common variant; 0 for others."""
    external = variant["af_external"] or 0
    return external if external >= 0.01 else 0


def test_a_score_adds_weights_and_reference_means_of_missing_calls(small):
    sums = small.store.score("s")
    for person in range(PERSONS):
        if person not in small.of:
            assert np.isnan(sums[person])
            continue
        expected = 0.25
        for v, variant in enumerate(small.variants):
            alleles = small.alleles(v, person)
            alleles = small.copies(variant, person) * common(variant) if alleles is None else alleles
            expected += small.weights[v] * alleles
        assert sums[person] == pytest.approx(expected, abs=1e-6)


def test_percentiles_place_a_person_in_the_reference_population(small):
    sums, found = small.store.score("s"), small.store.percentiles("s")
    for person in range(PERSONS):
        if person not in small.of:
            assert np.isnan(found[person])
            continue
        mean, variance = 0.25, 0.0
        for variant, weight in zip(small.variants, small.weights.tolist(), strict=True):
            copies, frequency = small.copies(variant, person), common(variant)
            mean += copies * frequency * weight
            variance += copies * frequency * (1 - frequency) * weight**2
        expected = 100 * NormalDist(mean, variance**0.5).cdf(sums[person])
        assert found[person] == pytest.approx(min(expected, 99.999), abs=1e-3)


@pytest.mark.parametrize("cut", [0, 37.5, 90, 100])
def test_percentiles_are_compared(small, cut):
    found = small.store.scored("s", ScoreScale.PERCENTILE, Compare(operator=Comparator.GE, value=cut))
    assert found.true.to_mask().tolist() == [bool(value >= cut) for value in small.store.percentiles("s")]
    assert found.unknown == ~small.store.genotyped


def test_linkage_of_haplotypes(tmp_path):
    """Phased haplotypes drawn with a known correlation: what is found without their phase is near it."""
    random = np.random.default_rng(1)
    persons = 4_000
    first = random.random((persons, 2)) < 0.3
    second = np.where(random.random((persons, 2)) < 0.8, first, random.random((persons, 2)) < 0.3)
    calls = np.array([first.sum(axis=1), second.sum(axis=1)], np.int8)
    tables = {
        "person": [{}] * persons,
        "sample": [{"person": p, "source_sample_id": f"s{p}"} for p in range(persons)],
        "variant": [{"contig": "1", "position": p, "ref": "A", "alt": "C"} for p in (5, 9)],
        "gene": [],
    }
    store = GenotypeStore.open(write_release(tmp_path, tables, calls=calls))
    measured = np.corrcoef(first.ravel(), second.ravel())[0, 1] ** 2
    found = store.linkage(0, 1, PersonSet.all(persons))
    assert found.people == persons
    assert found.r_squared == pytest.approx(measured, abs=0.02)
    assert 0.75 < found.d_prime < 0.85
    assert store.linkage(0, 0, PersonSet.all(persons)).r_squared == pytest.approx(1)
