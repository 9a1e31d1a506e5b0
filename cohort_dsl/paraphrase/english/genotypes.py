"""Criteria on a person's genotypes in English."""

from typing import assert_never

from cohort_dsl.ast import (
    Burden,
    BurdenUnit,
    Carries,
    GenotypeCriterion,
    NoCall,
    PairedVariants,
    PairKind,
    Phase,
    PhasedVariants,
    ScoreScale,
    ScoreTest,
    VariantAll,
    VariantAny,
    VariantById,
    VariantIn,
    VariantList,
    VariantNot,
    VariantPredicate,
    VariantSelector,
    VariantsWhere,
    VariantTest,
    Zygosity,
)
from cohort_dsl.paraphrase.english.values import either, quoted, range_words
from cohort_dsl.paraphrase.english.words import VARIANT
from schemas.fields import VariantField

_ZYGOSITY = {
    Zygosity.ANY: "carries",
    Zygosity.HETEROZYGOUS: "is heterozygous for",
    Zygosity.HOMOZYGOUS: "is homozygous for",
    Zygosity.HEMIZYGOUS: "is hemizygous for",
}
_PAIRS = {
    PairKind.BIALLELIC: (
        "has no copy of some gene without a variant (homozygous, or heterozygous for two on different copies), counting"
    ),
    PairKind.COMPOUND: "carries, on different copies of one gene (compound heterozygous), two of",
    PairKind.CANDIDATE: (
        "carries, in one gene and not known to be on the same copy of it (candidate compound heterozygous), two of"
    ),
}
_PHASES = {Phase.CIS: "on the same copy as", Phase.TRANS: "on another copy than"}
_FREQUENCIES = (VariantField.AF, VariantField.AF_EXTERNAL)


def genotype_words(criterion: GenotypeCriterion) -> str:
    """`the person carries variant rs671`."""
    match criterion:
        case Carries(variants=variants, zygosity=zygosity):
            return f"the person {_ZYGOSITY[zygosity]} {variants_words(variants)}"
        case NoCall(variants=variants):
            return f"a genotype is missing at {variants_words(variants)}, or the person has none at all"
        case Burden(variants=variants, number=number, unit=unit):
            what = "alternate alleles, taken together, of" if unit is BurdenUnit.ALLELES else "variants, counting"
            return f"the person carries at least {number} {what} {variants_words(variants)}"
        case PairedVariants(kind=kind, variants=variants):
            return f"the person {_PAIRS[kind]} {variants_words(variants)}"
        case PhasedVariants(first=first, second=second, phase=phase):
            return f"the person carries {_variant(first)} {_PHASES[phase]} {_variant(second)}"
        case ScoreTest(score=score, test=test, scale=ScoreScale.PERCENTILE):
            return f"the percentile of the score {quoted(score)} among people with genotypes is {range_words(test)}"
        case ScoreTest(score=score, test=test):
            return f"the score {quoted(score)} is {range_words(test)}"
        case _:
            assert_never(criterion)


def variants_words(variants: VariantSelector) -> str:
    """`variant rs671`, `any variant in gene PCSK9 of which the allele frequency in reference data is below 0.1%`."""
    match variants:
        case VariantById():
            return _variant(variants)
        case VariantList(variants=listed):
            return f"any of the variants listed ({either(each.name for each in listed)})"
        case VariantsWhere(where=where):
            clause = "" if where is None else f" of which {_predicate(where)}"
            return f"any variant{_place(variants)}{clause}"
        case _:
            assert_never(variants)


def _variant(variant: VariantById) -> str:
    return f"variant {variant.name}"


def _place(variants: VariantsWhere) -> str:
    genes = (
        [f"{'gene' if len(variants.genes) == 1 else 'the genes'} {either(variants.genes)}"] if variants.genes else []
    )
    panels = [f"the panel {quoted(panel)}" for panel in variants.panels]
    place = f" in {either((*genes, *panels))}" if genes or panels else ""
    region = variants.region
    if region is None:
        return place
    return f"{place} between positions {region.start} and {region.end} of chromosome {region.contig}"


def _predicate(predicate: VariantPredicate) -> str:
    match predicate:
        case VariantAll(parts=parts):
            return " and ".join(map(_part, parts))
        case VariantAny(parts=parts):
            return " or ".join(map(_part, parts))
        case VariantNot(part=part):
            return f"it is not so that ({_predicate(part)})"
        case VariantTest(field=field, test=test):
            return f"the {VARIANT[field]} is {range_words(test, percent=field in _FREQUENCIES)}"
        case VariantIn(field=VariantField.LOF, values=("HC",)):
            return "loss of function is predicted with high confidence"
        case VariantIn(field=field, values=values):
            return f"the {VARIANT[field]} is {either(map(quoted, values))}"
        case _:
            assert_never(predicate)


def _part(predicate: VariantPredicate) -> str:
    words = _predicate(predicate)
    return f"({words})" if isinstance(predicate, VariantAll | VariantAny) else words
