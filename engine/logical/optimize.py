"""The optimiser: a tuple of rules, each a function from plan to plan, applied in order."""

from collections.abc import Callable

from engine.logical.nodes import CohortPlan
from engine.logical.rules.cancel_negations import cancel_negations
from engine.logical.rules.flatten_groups import flatten_groups
from engine.logical.rules.merge_filters import merge_filters
from engine.logical.rules.sort_parts import sort_parts

Rule = Callable[[CohortPlan], CohortPlan]

RULES: tuple[Rule, ...] = (merge_filters, cancel_negations, flatten_groups, sort_parts)


def optimize(plan: CohortPlan) -> CohortPlan:
    """The plan after every rule. No rule may change how many rules a cohort has or what decides its entries."""
    for rule in RULES:
        rewritten = rule(plan)
        assert len(rewritten.rules) == len(plan.rules), f"{rule.__name__} lost a rule"
        assert rewritten.keep is plan.keep, f"{rule.__name__} changed which entries are kept"
        plan = rewritten
    return plan
