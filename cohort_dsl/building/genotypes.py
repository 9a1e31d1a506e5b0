"""Criteria on a person's genotypes."""

from cohort_dsl.ast import (
    Between,
    Burden,
    BurdenUnit,
    Carries,
    Comparator,
    Compare,
    NoCall,
    PairedVariants,
    PairKind,
    Phase,
    PhasedVariants,
    RangeTest,
    ScoreScale,
    ScoreTest,
    VariantById,
    VariantSelector,
    Zygosity,
)


def carries(variants: VariantSelector, *, zygosity: str = "any") -> Carries:
    """Carries some of the variants; `zygosity` is `"any"`, `"heterozygous"`, `"homozygous"` or `"hemizygous"`."""
    return Carries(variants=variants, zygosity=Zygosity(zygosity))


def no_call(variants: VariantSelector) -> NoCall:
    """Some of the variants have no call."""
    return NoCall(variants=variants)


def burden(number: int, variants: VariantSelector, *, of: str = "variants") -> Burden:
    """Carries at least so many of the variants, or with `of="alleles"` so many alternate alleles of them."""
    return Burden(variants=variants, number=number, unit=BurdenUnit(of))


def biallelic(variants: VariantSelector) -> PairedVariants:
    """Homozygous for one of the variants, or compound heterozygous for two of one gene."""
    return PairedVariants(kind=PairKind.BIALLELIC, variants=variants)


def compound_heterozygous(variants: VariantSelector, *, candidates: bool = False) -> PairedVariants:
    """Two of the variants on different copies of one gene; with `candidates`, also where their phase is not known."""
    return PairedVariants(kind=PairKind.CANDIDATE if candidates else PairKind.COMPOUND, variants=variants)


def in_cis(first: VariantById, second: VariantById) -> PhasedVariants:
    """Both on one copy."""
    return PhasedVariants(first=first, second=second, phase=Phase.CIS)


def in_trans(first: VariantById, second: VariantById) -> PhasedVariants:
    """Both, on different copies."""
    return PhasedVariants(first=first, second=second, phase=Phase.TRANS)


class ScoreBuilder:
    """A score to be compared: `score("ldl_cholesterol") >= 1.2`, `score("ldl_cholesterol").percentile >= 95`."""

    __slots__ = ("_scale", "_score")

    def __init__(self, score: str, scale: ScoreScale = ScoreScale.VALUE) -> None:
        self._score = score
        self._scale = scale

    @property
    def percentile(self) -> "ScoreBuilder":
        """Its percentile in the population that the annotation's frequencies describe."""
        return ScoreBuilder(self._score, ScoreScale.PERCENTILE)

    def _test(self, test: RangeTest) -> ScoreTest:
        return ScoreTest(score=self._score, test=test, scale=self._scale)

    def __lt__(self, value: float) -> ScoreTest:
        return self._test(Compare(operator=Comparator.LT, value=value))

    def __le__(self, value: float) -> ScoreTest:
        return self._test(Compare(operator=Comparator.LE, value=value))

    def __gt__(self, value: float) -> ScoreTest:
        return self._test(Compare(operator=Comparator.GT, value=value))

    def __ge__(self, value: float) -> ScoreTest:
        return self._test(Compare(operator=Comparator.GE, value=value))

    def between(self, low: float | None, high: float | None) -> ScoreTest:
        """`in low..high`."""
        return self._test(Between(low=low, high=high))


def score(name: str) -> ScoreBuilder:
    """A weighted score of genotypes by its name."""
    return ScoreBuilder(name)
