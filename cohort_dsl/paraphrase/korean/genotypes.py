"""Criteria on a person's genotypes in Korean."""

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
from cohort_dsl.paraphrase.korean.particles import Particle, particle
from cohort_dsl.paraphrase.korean.values import either, quoted, range_words
from cohort_dsl.paraphrase.korean.words import VARIANT
from schemas.fields import VariantField

_ZYGOSITY = {
    Zygosity.ANY: "보유",
    Zygosity.HETEROZYGOUS: "이형접합으로 보유",
    Zygosity.HOMOZYGOUS: "동형접합으로 보유",
    Zygosity.HEMIZYGOUS: "반접합으로 보유",
}
_PAIRS = {
    PairKind.BIALLELIC: "한 유전자의 두 사본 모두에 보유(동형접합, 또는 서로 다른 사본의 두 이형접합 변이)",
    PairKind.COMPOUND: "중 두 가지를 한 유전자의 서로 다른 사본에 보유(복합 이형접합)",
    PairKind.CANDIDATE: "중 두 가지를 한 유전자에 보유하며 같은 사본에 있다고 확인되지 않음(복합 이형접합 후보)",
}
_PHASES = {Phase.CIS: "같은 사본에 보유", Phase.TRANS: "서로 다른 사본에 보유"}
_FREQUENCIES = (VariantField.AF, VariantField.AF_EXTERNAL)


def genotype_words(criterion: GenotypeCriterion) -> str:
    """`변이 rs671 보유`."""
    match criterion:
        case Carries(variants=variants, zygosity=zygosity):
            return f"{variants_words(variants)} {_ZYGOSITY[zygosity]}"
        case NoCall(variants=VariantById() as variant):
            return f"{_variant(variant)}의 유전형을 알 수 없거나 유전체 자료가 없음"
        case NoCall(variants=variants):
            return f"{variants_words(variants)} 중 하나라도 유전형을 알 수 없거나 유전체 자료가 없음"
        case Burden(variants=variants, number=number, unit=BurdenUnit.ALLELES):
            return f"{variants_words(variants)} 대체 대립유전자를 모두 합하여 {number}개 이상 보유"
        case Burden(variants=variants, number=number):
            return f"{variants_words(variants)} 중 {number}가지 이상 보유"
        case PairedVariants(kind=PairKind.BIALLELIC as kind, variants=variants):
            return f"{particle(variants_words(variants), Particle.OBJECT)} {_PAIRS[kind]}"
        case PairedVariants(kind=kind, variants=variants):
            return f"{variants_words(variants)} {_PAIRS[kind]}"
        case PhasedVariants(first=first, second=second, phase=phase):
            both = f"{particle(_variant(first), Particle.WITH)} {particle(_variant(second), Particle.OBJECT)}"
            return f"{both} {_PHASES[phase]}"
        case ScoreTest(score=score, test=test, scale=ScoreScale.PERCENTILE):
            return f"점수 {quoted(score)}의 백분위(유전체 자료가 있는 사람 기준) {range_words(test)}"
        case ScoreTest(score=score, test=test):
            return f"점수 {quoted(score)} {range_words(test)}"
        case _:
            assert_never(criterion)


def variants_words(variants: VariantSelector) -> str:
    """`변이 rs671`, `유전자 PCSK9의 변이(조건: 참조 집단의 대립유전자 빈도 0.1% 미만)`."""
    match variants:
        case VariantById():
            return _variant(variants)
        case VariantList(variants=listed):
            return f"변이 목록({', '.join(each.name for each in listed)})의 변이"
        case VariantsWhere(where=where):
            clause = "" if where is None else f"(조건: {_predicate(where)})"
            return f"{_place(variants)}변이{clause}"
        case _:
            assert_never(variants)


def _variant(variant: VariantById) -> str:
    return f"변이 {variant.name}"


def _place(variants: VariantsWhere) -> str:
    genes = [f"유전자 {either(variants.genes)}"] if variants.genes else []
    panels = [f"패널 {quoted(panel)}" for panel in variants.panels]
    place = f"{either((*genes, *panels))}의 " if genes or panels else ""
    region = variants.region
    if region is None:
        return place
    chromosome = f"{region.contig}번" if region.contig.isdecimal() else region.contig
    return f"{place}{chromosome} 염색체 {region.start}~{region.end} 위치의 "


def _predicate(predicate: VariantPredicate) -> str:
    match predicate:
        case VariantAll(parts=parts):
            return " 및 ".join(map(_part, parts))
        case VariantAny(parts=parts):
            return " 또는 ".join(map(_part, parts))
        case VariantNot(part=part):
            return f"다음이 아님({_predicate(part)})"
        case VariantTest(field=field, test=test):
            return f"{VARIANT[field]} {range_words(test, percent=field in _FREQUENCIES)}"
        case VariantIn(field=VariantField.LOF, values=("HC",)):
            return "높은 신뢰도로 예측된 기능 상실"
        case VariantIn(field=field, values=values):
            return f"{VARIANT[field]}: {either(map(quoted, values))}"
        case _:
            assert_never(predicate)


def _part(predicate: VariantPredicate) -> str:
    words = _predicate(predicate)
    has_choice = isinstance(predicate, VariantIn) and len(predicate.values) > 1
    return f"({words})" if has_choice or isinstance(predicate, VariantAll | VariantAny) else words
