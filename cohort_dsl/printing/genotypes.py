"""Criteria on a person's genotypes."""

from typing import assert_never

from cohort_dsl.ast import (
    Burden,
    BurdenUnit,
    Carries,
    GenotypeCriterion,
    NoCall,
    PairedVariants,
    PhasedVariants,
    ScoreScale,
    ScoreTest,
    Zygosity,
)
from cohort_dsl.printing.layout import Doc, group
from cohort_dsl.printing.values import question_text, range_text
from cohort_dsl.printing.variants import variants_doc


def genotype_doc(criterion: GenotypeCriterion) -> Doc:
    """`carries variant rs671`, `score ldl_cholesterol percentile >= 95`."""
    match criterion:
        case Carries(variants=variants, zygosity=zygosity):
            word = "" if zygosity is Zygosity.ANY else f"{zygosity.value} "
            return group(f"carries {word}", variants_doc(variants))
        case NoCall(variants=variants):
            return group("no call at ", variants_doc(variants))
        case Burden(variants=variants, number=number, unit=unit):
            what, several = "", number != 1
            if unit is BurdenUnit.ALLELES:
                what, several = "allele of " if number == 1 else "alleles of ", True
            return group(f"carries at least {number} {what}", variants_doc(variants, several=several))
        case PairedVariants(kind=kind, variants=variants):
            return group(f"carries {kind.value} ", variants_doc(variants, several=True))
        case PhasedVariants(first=first, second=second, phase=phase):
            return group("carries ", variants_doc(first), f" in {phase.value} with ", variants_doc(second))
        case ScoreTest(score=score, test=test, scale=scale):
            word = "percentile " if scale is ScoreScale.PERCENTILE else ""
            return f"score {question_text(score)} {word}{range_text(test)}"
        case _:
            assert_never(criterion)
