"""Inclusion statistics and incidence as wire models."""

from collections.abc import Iterable
from itertools import compress, count

from api.envelope import answer_fields, value_of
from engine import SafeIncidence, SafeInclusion, SafePeriod, Unmatched
from schemas.wire import (
    IncidenceAnswer,
    IncidencePeriod,
    IncidenceRate,
    InclusionAnswer,
    InclusionCounts,
    InclusionPattern,
    InclusionRule,
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


def incidence_answer(safe: SafeIncidence, query: str, unmatched: Iterable[Unmatched]) -> IncidenceAnswer:
    """Periods and total with everything that comes with them."""
    return IncidenceAnswer(
        **answer_fields(safe.receipt, query, unmatched),
        periods=[_period(period) for period in safe.periods],
        total=_period(safe.total),
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
