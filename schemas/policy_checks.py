"""What a policy may not say, though each of its values may stand: each fault in words, with the entry it is in."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from schemas.access import Access, DataDomain, VariantLevel
from schemas.consent import PERMISSION_CODES
from schemas.cube import (
    DATED_FAMILIES,
    FIRST_TABLES,
    LISTED_FAMILIES,
    REGIONS_COST,
    CubeFamily,
    CubeRules,
    CubeTable,
    FamilyRules,
)
from schemas.policy import DisclosurePolicy, GenotypeAccess, TierPolicy
from schemas.rates import Rate
from schemas.sensitive import SensitiveUse
from schemas.tiers import NANO_RHO, AccessTier

_ORDER = (AccessTier.PUBLIC, AccessTier.REGISTERED, AccessTier.CONTROLLED, AccessTier.INTERNAL)


def contradictions(policy: DisclosurePolicy) -> Iterator[str]:
    """Every contradiction, in the order of the file."""
    yield from (f"`failed_sign_ins`: {wrong}" for wrong in _in_rates(policy.failed_sign_ins))
    for rules in policy.tiers:
        yield from (f"tier {rules.tier.value}: {wrong}" for wrong in _in_tier(rules))
    yield from (f"cube: {wrong}" for wrong in _in_cube(policy.cube))
    lists = [each.name for each in policy.sensitive]
    yield from (f"list `{name}` is there twice" for name in sorted({n for n in lists if lists.count(n) > 1}))
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
    if bool(rules.questions) is not rules.is_interactive:
        yield "a tier has rates of `questions` exactly when it answers questions"
    yield from (f"`rates.lookups`: {wrong}" for wrong in _in_rates(rules.lookups))
    if rules.questions:
        yield from (f"`rates.questions`: {wrong}" for wrong in _in_rates(rules.questions))
    if (rules.genotypes is not GenotypeAccess.NONE) is not (rules.max_variants > 0):
        yield "`genotypes` and `max_variants` disagree on whether genotypes are counted"
    if rules.compares_release_frequencies and not rules.is_exact:
        yield "frequencies measured in the release may choose variants in exact answers only"
    if not all(code in PERMISSION_CODES and PERMISSION_CODES[code].is_use for code in rules.consent_permissions):
        yield "`consent_permissions` are uses, as GRU, HMB, DS or POA"
    if (rules.sensitive is SensitiveUse.ANY) and not rules.is_exact:
        yield "sensitive concepts may be asked about at will in exact answers only"
    if rules.sensitive is not SensitiveUse.NONE and not rules.is_interactive:
        yield "`sensitive` is `none` in a tier that asks no questions"
    if rules.is_exact and rules.tier is not AccessTier.INTERNAL:
        yield "exact numbers are for the internal tier only"


def _in_rates(rates: tuple[Rate, ...]) -> Iterator[str]:
    if not rates:
        yield "nothing is ever unlimited, and there is no rate"
    for shorter, longer in pairwise(rates):
        if shorter.span is longer.span:
            yield f"there are two rates a {shorter.span.value}"
        elif longer.times < shorter.times:
            yield f"{longer} leaves nothing for {shorter} to limit"


def _in_cube(cube: CubeRules) -> Iterator[str]:
    names = [rules.family.value for rules in cube.families]
    if len(set(names)) < len(names):
        yield "a family is there twice"
    for rules in cube.families:
        yield from (f"family `{rules.family.value}`: {wrong}" for wrong in _in_family(rules))
    if cube.cost() > cube.for_tables:
        yield (
            f"its tables cost rho {cube.cost() / NANO_RHO:g}, more than its budget of {cube.budget / NANO_RHO:g} less "
            f"{REGIONS_COST / NANO_RHO:g} for the list of regions"
        )


def _in_family(rules: FamilyRules) -> Iterator[str]:
    in_order = tuple(table for table in CubeTable if table in rules.tables)
    if rules.tables != in_order or CubeTable.TOTAL not in in_order:
        yield "`tables` are the total and what comes after it, each once and in order"
    if not set(FIRST_TABLES) <= set(rules.tables) and rules.family is not CubeFamily.GENOTYPES:
        yield "only genotypes may be without sex and age, and region"
    if CubeTable.YEAR in rules.tables and rules.family not in DATED_FAMILIES:
        yield "it has no day, and so no table by year"
    if rules.codes and rules.family not in LISTED_FAMILIES:
        yield "its list cannot be told by `codes`"
    if len({code for _, code in rules.codes}) < len(rules.codes) or len(set(rules.variants)) < len(rules.variants):
        yield "an entry of its list is there twice"
    if bool(rules.variants) is not (rules.family is CubeFamily.GENOTYPES):
        yield "`variants` are named for genotypes and for nothing else"
    elif len(rules.variants) > rules.most:
        yield f"each person has a genotype of all {len(rules.variants)} variants, and `most` is {rules.most}"


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
