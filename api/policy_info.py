"""The policy as a wire model, and in plain words."""

import datetime
from collections.abc import Iterator

from schemas.access import Access, AccessTier, DataDomain, RegionLevel, VariantLevel
from schemas.policy import COMMON_FREQUENCY, NANO_RHO, SINGLE, Budget, DisclosurePolicy, TierPolicy
from schemas.rates import Rate
from schemas.sensitive import SensitiveUse
from schemas.wire_policy import BudgetLimits, GrantInfo, PhaseInfo, PolicyInfo, PrecisionOffer, SensitiveInfo, TierInfo

_SENSITIVE = {
    SensitiveUse.NONE: "not at all",
    SensitiveUse.COARSE: "with coarse precision only",
    SensitiveUse.PROJECT: "in projects approved for the list",
    SensitiveUse.ANY: "like others, with the reason that every question is given",
}


def policy_info(
    policy: DisclosurePolicy, *, on: datetime.date, release: str | None = None, phase: int | None = None
) -> PolicyInfo:
    """The whole policy; `open` is filled for a release of `phase`."""
    tiers = () if phase is None else tuple(AccessTier)
    found = [policy.access(tier, phase=phase or 0, on=on) for tier in tiers]
    return PolicyInfo(
        version=policy.version,
        sha256=policy.sha256,
        person_cap=policy.person_cap,
        failed_sign_ins=list(map(str, policy.failed_sign_ins)),
        tiers=[_tier_info(rules) for rules in policy.tiers],
        sensitive=[SensitiveInfo.model_validate(each) for each in policy.sensitive],
        phases=[PhaseInfo.model_validate(each) for each in policy.phases],
        grants=[GrantInfo.model_validate(each) for each in policy.grants],
        release=release,
        release_phase=phase,
        on=on,
        open=[GrantInfo.model_validate(each) for each in found if each is not None],
    )


def _tier_info(rules: TierPolicy) -> TierInfo:
    offers = [
        PrecisionOffer(
            name=precision,
            sigma=precision.sigma,
            cost=precision.cost(SINGLE),
            shown_from=rules.threshold(precision.sigma),
            margin=rules.margin(precision.sigma, rules.rounding / 2),
        )
        for precision in rules.precisions
    ]
    return TierInfo(
        tier=rules.tier,
        interactive=rules.is_interactive,
        exact=rules.is_exact,
        precisions=offers,
        default_precision=rules.default_precision,
        floor=rules.floor,
        rounding=rules.rounding,
        budget=BudgetLimits.model_validate(rules.budget),
        max_cells=rules.max_cells,
        max_dimensions=rules.max_dimensions,
        max_attrition_steps=rules.max_attrition_steps,
        max_leaves=rules.max_leaves,
        max_depth=rules.max_depth,
        max_variants=rules.max_variants,
        genotypes=rules.genotypes,
        dictionaries=list(rules.dictionaries),
        deadlines=dict(rules.deadlines),
        questions=list(map(str, rules.questions)),
        lookups=list(map(str, rules.lookups)),
        consent_permissions=list(rules.consent_permissions),
        sensitive=rules.sensitive,
    )


def tier_words(rules: TierPolicy) -> Iterator[str]:
    """What a tier may ask at any time, a sentence a line."""
    if not rules.is_interactive:
        yield "It reads published tables and asks no questions."
        return
    if rules.is_exact:
        yield "Its numbers are exact, are logged, and do not leave the trusted environment unreviewed."
    else:
        offers = ", ".join(
            f"{precision.value} (± {rules.margin(precision.sigma, rules.rounding / 2)}, shown from "
            f"{rules.threshold(precision.sigma)})"
            for precision in rules.precisions
        )
        yield f"Precisions: {offers}."
        yield f"Budget a year: {_budget_words(rules.budget)}."
    yield f"A document has at most {rules.max_leaves} criteria, {rules.max_depth} levels deep."
    yield f"A table has at most {rules.max_cells:,} cells in {rules.max_dimensions} dimensions."
    yield f"Sensitive concepts: {_SENSITIVE[rules.sensitive]}."
    yield f"Questions: at most {_rate_words(rules.questions)}; look-ups: at most {_rate_words(rules.lookups)}."


def _rate_words(rates: tuple[Rate, ...]) -> str:
    return ", ".join(f"{rate.times:,} a {rate.span.value}" for rate in rates)


def access_words(access: Access) -> Iterator[str]:
    """What a grant opens, a sentence a line."""
    yield f"Open: {', '.join(domain.value for domain in access.domains) or 'nothing'}."
    if closed := [domain.value for domain in DataDomain if not access.may_use(domain)]:
        yield f"Closed: {', '.join(closed)}."
    yield f"Dates by {access.dates.value}; age bands of {access.age_width} or more years; {_places(access)}."
    yield f"Variants: {_variant_words(access.variants)}."
    yield f"Events may {'' if access.temporal else 'not '}be related in time."
    yield f"Texts as their source wrote them may {'' if access.free_text else 'not '}be tested."
    if access.precisions is not None:
        yield f"For now with these precisions only: {', '.join(each.value for each in access.precisions)}."
    if access.budget is not None:
        yield f"For now with less budget: {_budget_words(access.budget)}."


def _places(access: Access) -> str:
    return "no places" if access.regions is RegionLevel.NONE else f"places by {access.regions.value}"


def _variant_words(level: VariantLevel) -> str:
    match level:
        case VariantLevel.NONE:
            return "none"
        case VariantLevel.SETS:
            return "by gene, panel or region, never a single one"
        case VariantLevel.COMMON:
            return f"by gene, panel or region, and single ones that reference data give {COMMON_FREQUENCY:.0%} or more"
        case VariantLevel.ANY:
            return "any"


def _budget_words(budget: Budget) -> str:
    return (
        f"rho {budget.project / NANO_RHO:g} a project, {budget.user / NANO_RHO:g} a user, "
        f"{budget.institution / NANO_RHO:g} an institution"
    )
