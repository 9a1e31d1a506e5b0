"""Lints of criteria on genotypes: burdens and pairs that cannot be reached or say what is said more simply, numbers
that were probably meant in percent, genes of which every variant counts."""

from collections.abc import Iterator

from cohort_dsl.ast import (
    Burden,
    BurdenUnit,
    Carries,
    Compare,
    PairedVariants,
    PairKind,
    PhasedVariants,
    RangeTest,
    ScoreScale,
    ScoreTest,
    VariantById,
    VariantList,
    VariantSelector,
    VariantsWhere,
    VariantTest,
)
from cohort_dsl.lint.document import Document
from cohort_dsl.lint.finding import Finding, LintRule, Severity
from cohort_dsl.printing.values import percent_text
from schemas.fields import VariantField

_FREQUENCIES = (VariantField.AF, VariantField.AF_EXTERNAL)


def unreachable_burdens(document: Document) -> Iterator[Finding]:
    """Burdens of more than is listed, and pairs of one variant."""
    for visit in document.nodes:
        match visit.value:
            case Burden(variants=variants, number=number, unit=unit):
                named = _named(variants)
                most = None if named is None else named * (2 if unit is BurdenUnit.ALLELES else 1)
                if named is not None and most is not None and number > most:
                    message = f"of {_counted(named)} nobody can carry {number} {unit.value}"
                    yield Finding(visit.span, message, "lower the number, or name more variants")
            case PairedVariants(kind=kind, variants=variants) if _named(variants) == 1:
                fix = "write `carries homozygous variant …`" if kind is PairKind.BIALLELIC else "name two or more"
                yield Finding(visit.span, "one variant is named, and a pair takes two", fix)
            case PhasedVariants(first=first, second=second) if first == second:
                message = "both are the same variant, which has no phase to itself"
                yield Finding(visit.span, message, "name another variant, or write `carries homozygous variant …`")
            case _:
                pass


def _named(variants: VariantSelector) -> int | None:
    """How many variants are named, absent when they are chosen by what is known of them."""
    match variants:
        case VariantById():
            return 1
        case VariantList(variants=listed):
            return len(set(listed))
        case VariantsWhere():
            return None


def _counted(number: int) -> str:
    return "one variant" if number == 1 else f"{number} variants"


def idle_burdens(document: Document) -> Iterator[Finding]:
    """Burdens that `carries` says."""
    for visit in document.nodes:
        match visit.value:
            case Burden(number=1):
                yield Finding(visit.span, "to carry at least one is to carry some", "write `carries variant …`")
            case Burden(variants=VariantById(), number=2, unit=BurdenUnit.ALLELES):
                message = "two alleles of one variant are a homozygous call"
                yield Finding(visit.span, message, "write `carries homozygous variant …`")
            case _:
                pass


def percent_slips(document: Document) -> Iterator[Finding]:
    """Percentiles that look like fractions, and frequencies that look like percent."""
    for visit in document.nodes:
        match visit.value:
            case ScoreTest(scale=ScoreScale.PERCENTILE, test=test) if slips := [n for n in _limits(test) if 0 < n < 1]:
                message = f"the percentile {slips[0]:g} is among the lowest hundredth"
                yield Finding(visit.span, message, f"write {percent_text(slips[0]).removesuffix('%')}")
            case VariantTest(field=field, test=test) if field in _FREQUENCIES:
                if slips := [n for n in _limits(test) if n > 1]:
                    yield Finding(visit.span, f"no frequency is as high as {slips[0]:g}", f"write {slips[0]:g}%")
            case _:
                pass


def _limits(test: RangeTest) -> tuple[float, ...]:
    limits = (test.value,) if isinstance(test, Compare) else (test.low, test.high)
    return tuple(limit for limit in limits if isinstance(limit, float))


def any_variant(document: Document) -> Iterator[Finding]:
    """Genes of which every variant counts."""
    for visit in document.nodes:
        match visit.value:
            case Carries(variants=variants) | Burden(variants=variants) | PairedVariants(variants=variants):
                match variants:
                    case VariantsWhere(region=None, where=None):
                        message = "this takes in every variant of the genes, common and harmless ones too"
                        yield Finding(visit.span, message, "add what is meant, as in `where lof` or `where af < 1%`")
                    case _:
                        pass
            case _:
                pass


_HEAD = "index everyone\n"

RULES = (
    LintRule(
        code="unreachable-burden",
        severity=Severity.WARNING,
        meaning="More variants or alleles are asked for than the variants named can give; or a pair is made of one "
        "variant.",
        example=f'{_HEAD}include "both" when carries at least 3 variants in (rs429358, rs7412)',
        fixed=f'{_HEAD}include "both" when carries at least 2 variants in (rs429358, rs7412)',
        find=unreachable_burdens,
    ),
    LintRule(
        code="idle-burden",
        severity=Severity.INFO,
        meaning="A burden says what `carries` says in fewer words.",
        example=f'{_HEAD}include "LDLR" when carries at least 1 variant in gene LDLR where lof',
        fixed=f'{_HEAD}include "LDLR" when carries variant in gene LDLR where lof',
        find=idle_burdens,
    ),
    LintRule(
        code="percent-slip",
        severity=Severity.WARNING,
        meaning="Percentiles are numbers from 0 to 100, and allele frequencies fractions from 0 to 1 or written with "
        "`%`; a number looks as if it were meant the other way.",
        example=f'{_HEAD}include "high" when score ldl_cholesterol percentile >= 0.95',
        fixed=f'{_HEAD}include "high" when score ldl_cholesterol percentile >= 95',
        find=percent_slips,
    ),
    LintRule(
        code="any-variant",
        severity=Severity.INFO,
        meaning="Variants are chosen by their gene alone, so common and harmless ones count as well.",
        example=f'{_HEAD}include "LDLR" when carries variant in gene LDLR',
        fixed=f'{_HEAD}include "LDLR" when carries variant in gene LDLR where lof or clinvar is "pathogenic"',
        find=any_variant,
    ),
)
