"""The policy says what the documentation says, and both what was measured when it was designed."""

from pathlib import Path

import pytest

from schemas.policy import (
    COMMON_FREQUENCY,
    DEFAULT_POLICY,
    NANO_RHO,
    AccessTier,
    CostClass,
    Precision,
)

PAGE = (Path(__file__).parents[2] / "docs/understand/disclosure.md").read_text()


def rows() -> list[list[str]]:
    """The cells of every table row of the page that starts with a tier."""
    tiers = {tier.value for tier in AccessTier}
    split = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line[:1] == "|"]
    return [row for row in split if row[0] in tiers]


def test_the_page_lists_every_precision_of_every_tier():
    expected = []
    for rules in DEFAULT_POLICY.tiers:
        for precision in rules.precisions:
            cost = precision.cost(1)
            expected.append(
                [rules.tier.value, precision.value]
                + [
                    str(number)
                    for number in (
                        precision.sigma,
                        cost,
                        rules.budget.project // cost,
                        rules.threshold(precision.sigma),
                        rules.margin(precision.sigma, rules.rounding / 2),
                    )
                ]
            )
    assert [row for row in rows() if len(row) == 7] == expected


def test_the_page_lists_the_limits_of_every_tier():
    def rho(nano: int) -> str:
        return f"{nano / NANO_RHO:g}"

    expected = [
        [
            rules.tier.value, str(rules.floor), str(rules.rounding),
            rho(rules.budget.project), rho(rules.budget.user), rho(rules.budget.institution),
            str(rules.max_cells), str(rules.max_dimensions), str(rules.max_attrition_steps),
            str(rules.max_leaves), str(rules.max_depth),
        ]
        for rules in DEFAULT_POLICY.tiers
    ]  # fmt: skip
    assert [row for row in rows() if len(row) == 11] == expected


def test_the_page_says_whose_genotypes_each_tier_sees():
    expected = [[rules.tier.value, rules.genotypes.value, str(rules.max_variants)] for rules in DEFAULT_POLICY.tiers]
    assert [row for row in rows() if len(row) == 3] == expected
    assert f"frequency of at least {COMMON_FREQUENCY:.0%}" in PAGE.replace("1 %", "1%")


@pytest.mark.parametrize("precision", Precision)
def test_costs_are_whole_and_never_below_the_privacy_spent(precision):
    for distance in (1, 2):
        assert precision.cost(distance) * 2 * precision.sigma**2 >= distance * NANO_RHO
        assert (precision.cost(distance) - 1) * 2 * precision.sigma**2 < distance * NANO_RHO


def test_each_tier_has_its_rules_and_a_default_it_allows():
    for tier in AccessTier:
        rules = DEFAULT_POLICY.of(tier)
        assert rules.tier is tier
        assert rules.default_precision is None or rules.default_precision in rules.precisions
        assert rules.consent_permissions


def test_a_tier_answers_a_class_of_questions_at_one_time_or_not_at_all():
    registered = DEFAULT_POLICY.of(AccessTier.REGISTERED)
    assert registered.deadline(CostClass.QUICK) == 1.0
    assert registered.deadline(CostClass.LONG) is None
