"""Genotype tables and the proportions that follow from them: what is shown, how near the truth, at what price."""

from fractions import Fraction
from math import factorial

import numpy as np
import pytest

from engine.aggregate.genotypes import ALLELES, ALTERNATE_ALLELES, CALLABLE, GENOTYPE_LABELS, NO_CALLS
from engine.disclosure.display import Display
from engine.disclosure.genotypes import protected_variant
from engine.disclosure.measurement import GenotypeTable
from engine.disclosure.proportion import NoisyCells, ratio_of
from engine.disclosure.request import Breakdown
from engine.disclosure.safe import Share, ShareWithin, Shown
from engine.genotypes.store import Genotype
from schemas.errors import NotAllowed, OverBudget, TooExpensive
from schemas.policy import CONTROLLED_TIER, DEFAULT_POLICY, AccessTier, GenotypeAccess, Precision
from tests.disclosure.conftest import histogram

N = 50_000
LABELS = tuple((label,) for label in GENOTYPE_LABELS)
COMMON, RARE, UNKNOWN = 0.2, 0.0001, None

# reference, heterozygous, homozygous, hemizygous reference and alternate, no call, no copy, not genotyped
AUTOSOMAL = (12_300, 4_600, 450, 0, 0, 250, 0, 1_900)
ON_X = (5_000, 700, 20, 5_500, 380, 400, 0, 500)
SMALL = (260, 150, 40, 0, 0, 10, 0, 40)


def table(variant: str = "rs1", frequency: float | None = COMMON) -> Breakdown:
    return Breakdown(spec=f"genotype of variant {variant}", labels=LABELS, variants=(frequency,))


def shown_of(cells, drawn, display: Display, frequency: float | None = COMMON):
    """What is shown of true cells with noise drawn for the count and for each of them."""
    noisy = tuple(cell + each for cell, each in zip(cells, drawn[1:], strict=True))
    return protected_variant("rs1", table(frequency=frequency), (sum(cells) + drawn[0], noisy), display)


def true_share(cells, part, whole) -> float:
    return float(np.dot(cells, part) / np.dot(cells, whole))


def test_labels_are_the_kinds_of_genotype_and_weights_follow_from_them():
    assert GENOTYPE_LABELS == (
        "reference", "heterozygous", "homozygous", "hemizygous reference", "hemizygous", "no call", "no copy",
        "not genotyped",
    )  # fmt: skip
    carried = {Genotype.HETEROZYGOUS: 1, Genotype.HOMOZYGOUS: 2, Genotype.HEMIZYGOUS: 1}
    copies = {Genotype.REFERENCE: 2, Genotype.HETEROZYGOUS: 2, Genotype.HOMOZYGOUS: 2,
              Genotype.HEMIZYGOUS_REFERENCE: 1, Genotype.HEMIZYGOUS: 1}  # fmt: skip
    assert ALTERNATE_ALLELES[:7] == tuple(carried.get(each, 0) for each in Genotype)
    assert ALLELES[:7] == tuple(copies.get(each, 0) for each in Genotype)
    assert NO_CALLS[:7] == tuple(int(each is Genotype.NO_CALL) for each in Genotype)
    assert CALLABLE[:7] == tuple(int(each is not Genotype.NO_COPY) for each in Genotype)
    assert {ALTERNATE_ALLELES[7], ALLELES[7], NO_CALLS[7], CALLABLE[7]} == {0}


@pytest.mark.parametrize("cells", [AUTOSOMAL, ON_X, SMALL], ids=["autosome", "x", "small"])
@pytest.mark.parametrize(("part", "whole"), [(ALTERNATE_ALLELES, ALLELES), (NO_CALLS, CALLABLE)], ids=["af", "missing"])
def test_the_interval_of_a_proportion_holds_the_truth_19_times_in_20(noise, cells, part, whole):
    """Before rounding and thresholds, so that neither can hide an interval of the wrong width."""
    sigma, rounds, display = 20, 7_000, Display(rules=CONTROLLED_TIER, sigma=20, population=N)
    truth, held, widths = true_share(cells, part, whole), 0, []
    for _ in range(rounds):
        drawn = noise.draw(sigma, 9)
        noisy = [cell + each for cell, each in zip(cells, drawn[1:], strict=True)]
        values = NoisyCells(display.reconciled(sum(cells) + drawn[0], noisy), sigma)
        low, high = ratio_of(values, part, whole).ends()
        held += low <= truth <= high
        widths.append(high - low)
    # Five standard errors at this size are 0.013; Fieller's interval is an approximation, and that of missing calls
    # holds the truth in 0.947 of many draws.
    assert 0.933 < held / rounds < 0.967
    assert min(widths) > 0


def test_the_covariance_of_weighted_sums_is_the_one_written_down(noise):
    display = Display(rules=CONTROLLED_TIER, sigma=10, population=N)
    sums = []
    for _ in range(6_000):
        drawn = noise.draw(10, 9)
        noisy = [cell + each for cell, each in zip(AUTOSOMAL, drawn[1:], strict=True)]
        values = NoisyCells(display.reconciled(sum(AUTOSOMAL) + drawn[0], noisy), 10)
        sums.append([values.total(ALTERNATE_ALLELES), values.total(ALLELES)])
    measured = np.cov(np.array(sums).T)
    for row, first in enumerate((ALTERNATE_ALLELES, ALLELES)):
        for column, second in enumerate((ALTERNATE_ALLELES, ALLELES)):
            assert measured[row, column] == pytest.approx(values.covariance(first, second), rel=0.12)


def test_what_is_shown_holds_the_truth_and_has_no_digit_too_many(noise):
    display = Display(rules=CONTROLLED_TIER, sigma=20, population=N)
    truth, held = true_share(AUTOSOMAL, ALTERNATE_ALLELES, ALLELES), 0
    for _ in range(1_500):
        frequency = shown_of(AUTOSOMAL, noise.draw(20, 9), display).frequency
        assert isinstance(frequency, Share)
        held += frequency.low <= truth <= frequency.high
        digits = len(f"{frequency.value:.10f}".rstrip("0").partition(".")[2])
        assert 10.0**-digits > (frequency.high - frequency.low) / 20
        assert all(round(each, 3) == each for each in (frequency.value, frequency.low, frequency.high))
    assert held / 1_500 > 0.933


def test_genotypes_add_up_to_the_count(noise):
    display = Display(rules=CONTROLLED_TIER, sigma=5, population=N)
    cells = (9_000, 4_000, 900, 800, 700, 600, 500, 400)  # all of them large, so that all are shown
    for _ in range(50):
        drawn = noise.draw(5, 9)
        shown = [cell.count for cell in shown_of(cells, drawn, display).cells]
        assert all(isinstance(value, Shown) for value in shown)
        assert sum(value.value for value in shown) == display.count(sum(cells) + drawn[0]).value


def test_a_frequency_of_fewer_carriers_than_the_floor_is_a_one_in_a_thousand_accident(noise):
    """Also at the other end, where the reference allele is the rare one. All carriers have two alleles each."""
    display, few, rounds = Display(rules=CONTROLLED_TIER, sigma=10, population=N), CONTROLLED_TIER.floor - 1, 5_000
    for cells in ((5_000, 0, few, 0, 0, 0, 0, 0), (few, 0, 5_000, 0, 0, 0, 0, 0)):
        shown = sum(isinstance(shown_of(cells, noise.draw(10, 9), display).frequency, Share) for _ in range(rounds))
        assert shown / rounds < 0.004  # of that law, once in three million runs


def test_what_is_hidden_says_between_what_the_noisy_value_lies():
    display, none = Display(rules=CONTROLLED_TIER, sigma=20, population=N), (0,) * 9
    rare = shown_of((9_990, 10, 0, 0, 0, 0, 0, 0), none, display)
    most = shown_of((0, 10, 9_990, 0, 0, 0, 0, 0), none, display)
    # 2 (k - 1) + 3.09 sigma sqrt(4.25) alternate alleles of 20,000; 4.25 = 6 - 16/8 + 16/64
    assert rare.frequency == ShareWithin(at_least=0.0, at_most=0.008)
    assert most.frequency == ShareWithin(at_least=0.992, at_most=1.0)
    # k - 1 + 3.09 sigma sqrt(1 - 1/8 + 1/64) missing calls of 10,000
    assert rare.missing == ShareWithin(at_least=0.0, at_most=0.007)
    assert shown_of((30, 30, 10, 0, 0, 0, 0, 0), none, display).frequency == ShareWithin(at_least=0.0, at_most=1.0)
    assert shown_of((60, 15, 0, 0, 0, 0, 0, 0), none, display).frequency == ShareWithin(at_least=0.0, at_most=1.0)


@pytest.mark.parametrize("frequency", [RARE, UNKNOWN])
def test_missing_calls_are_told_of_common_variants_only(frequency):
    display = Display(rules=CONTROLLED_TIER, sigma=20, population=N)
    assert isinstance(shown_of(AUTOSOMAL, (0,) * 9, display).missing, Share)
    assert shown_of(AUTOSOMAL, (0,) * 9, display, frequency).missing is None


def ask(asker, *variants: str, frequency: float | None = COMMON, cells=AUTOSOMAL, query: str = "q", **names):
    tables = tuple(
        GenotypeTable(
            variant=variant,
            breakdown=table(variant, frequency),
            evaluate=asker._counted(histogram(LABELS, list(cells))),
            alleles=lambda: ("1-1-A-C",),
        )
        for variant in variants
    )
    count = asker._counted(histogram(((),), [sum(cells)]))
    return asker.gate.release_genotypes(asker.request(query, **names), tables, evaluate_count=count)


def test_every_variant_costs_one_table_and_the_same_question_is_free(asker):
    first = ask(asker, "rs1", "rs2", "rs3")
    assert first.receipt.charged == Precision.FINE.cost(1) + 3 * Precision.FINE.cost(2)
    assert asker.evaluated == 4
    again = ask(asker, "rs3", "rs1")
    assert (again.receipt.charged, asker.evaluated) == (0, 4)
    assert [each.cells for each in again.variants] == [first.variants[2].cells, first.variants[0].cells]
    assert ask(asker, "rs4").receipt.charged == Precision.FINE.cost(2)


def test_a_breakdown_by_the_genotype_is_the_same_question(asker):
    first = ask(asker, "rs1")
    by = asker.gate.release_table(
        asker.request("q"),
        table("rs1"),
        evaluate_count=histogram(((),), [0]),
        evaluate_table=histogram(LABELS, [0] * 8),
    )
    assert by.receipt.charged == 0
    assert (by.total, by.cells) == (first.total, first.variants[0].cells)


def test_when_not_all_variants_can_be_paid_none_is(asker):
    asker.precision = Precision.FINEST
    ask(asker, *(f"rs{n}" for n in range(20)))
    (before, *_), evaluated = asker.gate.budget(asker.request("q").principal), asker.evaluated
    with pytest.raises(OverBudget):
        ask(asker, *(f"rs{n}" for n in range(20, 26)))
    (after, *_) = asker.gate.budget(asker.request("q").principal)
    assert (after.spent, asker.evaluated) == (before.spent, evaluated)
    assert ask(asker, *(f"rs{n}" for n in range(20, 24))).receipt.charged == 4 * Precision.FINEST.cost(2)


def test_a_request_has_no_more_variants_than_the_tier_takes(asker):
    most = DEFAULT_POLICY.of(AccessTier.CONTROLLED).max_variants
    with pytest.raises(TooExpensive) as caught:
        ask(asker, *(f"rs{n}" for n in range(most + 1)))
    assert (caught.value.code, asker.evaluated) == ("genotype-variants", 0)


@pytest.mark.parametrize(
    ("tier", "frequency", "code"),
    [
        (AccessTier.PUBLIC, COMMON, "tier-not-interactive"),
        (AccessTier.REGISTERED, RARE, "genotype-not-common"),
        (AccessTier.REGISTERED, UNKNOWN, "genotype-not-common"),
    ],
)
def test_what_a_tier_may_not_see_is_refused_before_anything_is_counted(asker, tier, frequency, code):
    asker.tier, asker.precision = tier, None
    for question in (
        lambda: ask(asker, "rs1", frequency=frequency),
        lambda: asker.gate.release_table(
            asker.request("q"), table("rs1", frequency), evaluate_count=None, evaluate_table=None
        ),
    ):
        with pytest.raises(NotAllowed) as caught:
            question()
        assert caught.value.code == code
    assert asker.evaluated == 0


@pytest.mark.parametrize(("tier", "frequency"), [
    (AccessTier.REGISTERED, COMMON), (AccessTier.CONTROLLED, UNKNOWN), (AccessTier.INTERNAL, UNKNOWN),
])  # fmt: skip
def test_what_a_tier_may_see_is_answered(asker, tier, frequency):
    asker.tier, asker.precision = tier, None
    assert len(ask(asker, "rs1", frequency=frequency).variants) == 1


def test_a_tier_is_given_no_genotypes_unless_its_policy_says_so():
    fields = type(CONTROLLED_TIER).__dataclass_fields__
    assert (fields["genotypes"].default, fields["max_variants"].default) == (GenotypeAccess.NONE, 0)
    public = DEFAULT_POLICY.of(AccessTier.PUBLIC)
    assert (public.genotypes, public.max_variants) == (GenotypeAccess.NONE, 0)


def test_the_internal_tier_sees_alleles_and_the_test_of_equilibrium(asker):
    asker.tier, asker.precision = AccessTier.INTERNAL, None
    (variant,) = ask(asker, "rs1", cells=(57, 14, 50, 0, 0, 3, 0, 2)).variants
    assert [cell.count.value for cell in variant.cells] == [57, 14, 50, 0, 0, 3, 0, 2]
    assert (variant.exact.allele_count, variant.exact.allele_number) == (114, 242)
    assert variant.frequency.value == pytest.approx(114 / 242, abs=1e-6)
    assert variant.missing.value == pytest.approx(3 / 124, abs=1e-6)
    assert variant.exact.hardy_weinberg == pytest.approx(exact_test(57, 14, 50), rel=1e-9)


def exact_test(reference: int, heterozygous: int, homozygous: int) -> float:
    """Every number of heterozygotes with the same alleles, by its probability as a fraction of factorials."""
    people, rare = reference + heterozygous + homozygous, 2 * homozygous + heterozygous

    def ways(het: int) -> Fraction:
        hom = (rare - het) // 2
        return Fraction(2**het, factorial(people - het - hom) * factorial(het) * factorial(hom))

    each = {het: ways(het) for het in range(rare % 2, min(rare, 2 * people - rare) + 1, 2)}
    return float(sum(w for w in each.values() if w <= each[heterozygous]) / sum(each.values()))
