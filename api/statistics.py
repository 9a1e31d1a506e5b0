"""Inclusion statistics, incidence and genotypes as wire models."""

from collections.abc import Iterable, Sequence
from itertools import compress, count

from api.documents import dimension_text
from api.envelope import answer_fields, cells_of, proportion_of, value_of
from cohort_dsl.ast import Dimension
from engine import (
    SafeExecution,
    SafeGenotypes,
    SafeIncidence,
    SafeInclusion,
    SafeLinkage,
    SafePeriod,
    SafeVariant,
    Unmatched,
)
from schemas.wire import (
    ExactAlleles,
    ExecutedNode,
    ExecutionAnswer,
    ExpectedNode,
    GenotypesAnswer,
    IncidenceAnswer,
    IncidencePeriod,
    IncidenceRate,
    IncidenceStratum,
    InclusionAnswer,
    InclusionCounts,
    InclusionPattern,
    InclusionRule,
    LinkageAnswer,
    VariantGenotypes,
)


def inclusion_answer(safe: SafeInclusion, query: str, unmatched: Iterable[Unmatched]) -> InclusionAnswer:
    """Both modes with everything that comes with them."""
    modes = [
        InclusionCounts(
            mode=found.mode,
            total=value_of(found.total),
            passed_all=value_of(found.passed_all),
            rules=[
                InclusionRule(number=number, name=name, passed=value_of(passed), gain=value_of(gain))
                for number, name, passed, gain in zip(count(1), safe.rules, found.passed, found.gain, strict=False)
            ],
            patterns=[
                InclusionPattern(passed=list(compress(count(1), pattern.passed)), entries=value_of(pattern.entries))
                for pattern in found.patterns
            ],
        )
        for found in safe.modes
    ]
    return InclusionAnswer(**answer_fields(safe.receipt, query, unmatched), modes=modes)


def incidence_answer(
    safe: SafeIncidence, query: str, unmatched: Iterable[Unmatched], by: Sequence[Dimension] = ()
) -> IncidenceAnswer:
    """Periods, total and strata with everything that comes with them."""
    return IncidenceAnswer(
        **answer_fields(safe.receipt, query, unmatched),
        periods=[_period(period) for period in safe.periods],
        total=_period(safe.total),
        dimensions=[dimension_text(dimension) for dimension in by],
        strata=[
            IncidenceStratum(**dict(_period(stratum.counts)), label=list(stratum.label)) for stratum in safe.strata
        ],
    )


def genotypes_answer(safe: SafeGenotypes, query: str, unmatched: Iterable[Unmatched]) -> GenotypesAnswer:
    """Tables and proportions with everything that comes with them."""
    return GenotypesAnswer(
        **answer_fields(safe.receipt, query, unmatched),
        total=value_of(safe.total),
        variants=[_variant(each) for each in safe.variants],
    )


def linkage_answer(
    safe: SafeLinkage, query: str, unmatched: Iterable[Unmatched], variants: Sequence[str]
) -> LinkageAnswer:
    """Linkage disequilibrium with everything that comes with it."""
    return LinkageAnswer(
        **answer_fields(safe.receipt, query, unmatched),
        variants=list(variants),
        persons=value_of(safe.persons),
        r_squared=safe.r_squared,
        d_prime=safe.d_prime,
    )


def _variant(safe: SafeVariant) -> VariantGenotypes:
    exact = safe.exact
    return VariantGenotypes(
        variant=safe.variant,
        genotypes=cells_of(safe.cells),
        frequency=proportion_of(safe.frequency),
        missing=None if safe.missing is None else proportion_of(safe.missing),
        exact=None
        if exact is None
        else ExactAlleles(
            alleles=list(exact.alleles),
            allele_count=exact.allele_count,
            allele_number=exact.allele_number,
            hardy_weinberg=exact.hardy_weinberg,
        ),
    )


def execution_answer(safe: SafeExecution, query: str, unmatched: Iterable[Unmatched]) -> ExecutionAnswer:
    """The nodes of a plan with everything that comes with them."""
    return ExecutionAnswer(
        **answer_fields(safe.receipt, query, unmatched),
        nodes=[
            ExecutedNode(
                node=each.node,
                target=each.target,
                expected=None
                if each.expected is None
                else ExpectedNode(
                    rows=each.expected.rows,
                    bytes=each.expected.bytes,
                    events=each.expected.events,
                    milliseconds=each.expected.milliseconds,
                ),
                rows=each.rows,
                bytes=each.bytes,
                milliseconds=each.milliseconds,
            )
            for each in safe.nodes
        ],
    )


def _period(period: SafePeriod) -> IncidencePeriod:
    rate = period.rate
    return IncidencePeriod(
        period=period.name,
        persons_at_risk=value_of(period.at_risk),
        person_days=value_of(period.days),
        persons_with_outcome=value_of(period.with_outcome),
        outcomes=value_of(period.outcomes),
        rate=None if rate is None else IncidenceRate(per_1000_person_years=rate.value, low=rate.low, high=rate.high),
    )
