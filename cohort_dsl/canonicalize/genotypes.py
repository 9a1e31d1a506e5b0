"""Criteria on a person's genotypes."""

from dataclasses import replace
from typing import assert_never

from cohort_dsl.ast import (
    Burden,
    Carries,
    GenotypeCriterion,
    NoCall,
    PairedVariants,
    PhasedVariants,
    ScoreTest,
)
from cohort_dsl.canonicalize.order import in_order
from cohort_dsl.canonicalize.values import canonical_range
from cohort_dsl.canonicalize.variants import canonical_variants


def canonical_genotypes(criterion: GenotypeCriterion) -> GenotypeCriterion:
    """Variants canonical; a burden of one is to carry some; of two variants in phase, neither comes first."""
    match criterion:
        case Burden(variants=variants, number=1):
            return Carries(variants=canonical_variants(variants))
        case Carries() | NoCall() | Burden() | PairedVariants():
            return replace(criterion, variants=canonical_variants(criterion.variants))
        case PhasedVariants(first=first, second=second):
            first, second = in_order((first, second))
            return replace(criterion, first=first, second=second)
        case ScoreTest(test=test):
            return replace(criterion, test=canonical_range(test))
        case _:
            assert_never(criterion)
