"""What answers will be worth, by tier and precision: the same for HTTP, the page and the command line."""

from engine import Expectation, Imagined, expect
from schemas.access import Access
from schemas.policy import AccessTier, DisclosurePolicy, Precision, TierPolicy
from schemas.wire_precision import ExpectedAnswer, PrecisionAnswer, TierExpectation

_DIGITS = 6


def precision_answer(
    policy: DisclosurePolicy, asked: Imagined, granted: dict[AccessTier, Access | None] | None = None
) -> PrecisionAnswer:
    """What every tier with noise may expect. `granted` is what each may use today; without it, all of its rules."""
    noisy = [rules for rules in policy.tiers if rules.is_interactive and not rules.is_exact]
    return PrecisionAnswer(
        policy_version=policy.version,
        policy_sha256=policy.sha256,
        size=asked.size,
        cells=asked.cells,
        steps=asked.steps,
        tiers=[_tier(rules, asked, _open_precisions(rules, granted), _budget(rules, granted)) for rules in noisy],
    )


def _tier(rules: TierPolicy, asked: Imagined, is_open: tuple[Precision, ...], budget: int) -> TierExpectation:
    found = [each for precision in rules.precisions for each in expect(rules, precision, asked, budget=budget)]
    return TierExpectation(
        tier=rules.tier,
        floor=rules.floor,
        rounding=rules.rounding,
        project_budget=budget,
        max_cells=rules.max_cells,
        max_attrition_steps=rules.max_attrition_steps,
        answers=[_answer(each, is_open=each.precision in is_open) for each in found],
    )


def _open_precisions(rules: TierPolicy, granted: dict[AccessTier, Access | None] | None) -> tuple[Precision, ...]:
    if granted is None:
        return rules.precisions
    access = granted.get(rules.tier)
    if access is None:
        return ()
    return rules.precisions if access.precisions is None else access.precisions


def _budget(rules: TierPolicy, granted: dict[AccessTier, Access | None] | None) -> int:
    access = (granted or {}).get(rules.tier)
    return (access.budget if access and access.budget else rules.budget).project


def _answer(expected: Expectation, *, is_open: bool) -> ExpectedAnswer:
    return ExpectedAnswer(
        kind=expected.kind.value,
        precision=expected.precision,
        people=round(expected.people, _DIGITS),
        margin=_rounded(expected.margin),
        widest=_rounded(expected.widest),
        shown_from=expected.shown_from,
        shown=round(expected.shown, _DIGITS),
        relative=_rounded(expected.relative),
        price=expected.price,
        a_year=expected.a_year,
        open=is_open,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
