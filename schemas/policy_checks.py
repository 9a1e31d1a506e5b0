"""What a policy may not say, though each of its values may stand: each fault in words, with the entry it is in."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from schemas.access import Access, DataDomain, VariantLevel
from schemas.consent import PERMISSION_CODES
from schemas.policy import DisclosurePolicy, GenotypeAccess, TierPolicy
from schemas.tiers import AccessTier

_ORDER = (AccessTier.PUBLIC, AccessTier.REGISTERED, AccessTier.CONTROLLED, AccessTier.INTERNAL)


def contradictions(policy: DisclosurePolicy) -> Iterator[str]:
    """Every contradiction, in the order of the file."""
    for rules in policy.tiers:
        yield from (f"tier {rules.tier.value}: {wrong}" for wrong in _in_tier(rules))
    numbers = [phase.number for phase in policy.phases]
    yield from (f"phase {number} is there twice" for number in sorted({n for n in numbers if numbers.count(n) > 1}))
    for grant in policy.grants:
        yield from (f"{_name(grant)}: {wrong}" for wrong in _in_grant(grant, policy))
    yield from _twice(policy)
    yield from _upside_down(policy)


def _in_tier(rules: TierPolicy) -> Iterator[str]:
    budget = rules.budget
    answers_noisily = rules.is_interactive and not rules.is_exact
    if bool(rules.precisions) is not answers_noisily:
        yield "a tier has precisions exactly when it answers questions with noise"
    if (rules.default_precision is not None) is not answers_noisily:
        yield "a tier has a default precision exactly when it answers questions with noise"
    if rules.default_precision is not None and rules.default_precision not in rules.precisions:
        yield "its default precision is not among its precisions"
    if answers_noisily is not all((budget.project, budget.user, budget.institution)):
        yield "a tier has budgets exactly when it answers questions with noise"
    if max(budget.project, budget.user) > budget.institution:
        yield "an institution's budget is smaller than that of one of its projects or users"
    if len(set(rules.precisions)) < len(rules.precisions) or len(set(rules.dictionaries)) < len(rules.dictionaries):
        yield "a word is in a list twice"
    if bool(rules.deadlines) is not rules.is_interactive:
        yield "a tier has deadlines exactly when it answers questions"
    if (rules.genotypes is not GenotypeAccess.NONE) is not (rules.max_variants > 0):
        yield "`genotypes` and `max_variants` disagree on whether genotypes are counted"
    if rules.compares_release_frequencies and not rules.is_exact:
        yield "frequencies measured in the release may choose variants in exact answers only"
    if not all(code in PERMISSION_CODES and PERMISSION_CODES[code].is_use for code in rules.consent_permissions):
        yield "`consent_permissions` are uses, as GRU, HMB, DS or POA"
    if rules.is_exact and rules.tier is not AccessTier.INTERNAL:
        yield "exact numbers are for the internal tier only"


def _in_grant(grant: Access, policy: DisclosurePolicy) -> Iterator[str]:
    rules = policy.of(grant.tier)
    if grant.may_use(DataDomain.GENOTYPES) is not (grant.variants is not VariantLevel.NONE):
        yield "`variants` is `none` exactly where `genotypes` are not among the domains"
    if grant.domains and not grant.may_use(DataDomain.PERSONS):
        yield "every question is about persons, and `persons` are not among the domains"
    if grant.precisions is not None and not (set(grant.precisions) & set(rules.precisions)):
        yield "no precision is left of those of the tier"
    if grant.precisions is not None and not set(grant.precisions) <= set(rules.precisions):
        yield "it grants a precision that its tier does not have"
    if grant.budget is not None and not grant.budget.within(rules.budget):
        yield "its budget is larger than that of its tier, which is what is promised"


def _twice(policy: DisclosurePolicy) -> Iterator[str]:
    seen: set[tuple[int, AccessTier, date | None]] = set()
    for grant in policy.grants:
        key = (grant.phase, grant.tier, grant.start)
        if key in seen:
            yield f"{_name(grant)} is there twice"
        seen.add(key)


def _upside_down(policy: DisclosurePolicy) -> Iterator[str]:
    """On no day may a tier use what the tier above it may not."""
    for phase in policy.phases:
        starts = {grant.start or date.min for grant in policy.grants if grant.phase == phase.number}
        for day in sorted(starts):
            for lower, upper in pairwise(_ORDER):
                less = policy.access(lower, phase=phase.number, on=day)
                more = policy.access(upper, phase=phase.number, on=day)
                if less is not None and less.domains and (more is None or not less.within(more)):
                    yield (
                        f"phase {phase.number} opens to the {lower.value} tier{_since(less.start)} what the "
                        f"{upper.value} tier may not use"
                    )


def _name(grant: Access) -> str:
    return f"phase {grant.phase}, grant to {grant.tier.value}{_since(grant.start)}"


def _since(start: date | None) -> str:
    return f" from {start.isoformat()}" if start else ""
