"""The optimiser: a tuple of rules, functions from plan to plan, applied in order until none has anything to say."""

from collections.abc import Callable

from engine.logical.nodes import CohortPlan
from engine.logical.rules.flatten_groups import flatten_groups
from engine.logical.rules.merge_filters import merge_filters
from engine.logical.rules.push_negations import push_negations
from engine.logical.rules.settle_groups import settle_groups
from engine.logical.rules.simplify_counts import simplify_counts
from engine.logical.rules.sort_parts import sort_parts
from engine.logical.rules.unify_values import unify_values

Rule = Callable[[CohortPlan], CohortPlan]

RULES: tuple[Rule, ...] = (
    merge_filters,
    unify_values,
    simplify_counts,
    push_negations,
    settle_groups,
    flatten_groups,
    sort_parts,
)

_MOST_ROUNDS = 32
"""More than the depth of any document: a round settles at least one level of groups."""


def optimize(plan: CohortPlan) -> CohortPlan:
    """The plan after every rule. No rule may change how many rules a cohort has or what decides its entries.

    Plans that mean the same by these rules become equal, and so have one name (`fingerprint`): what is asked in other
    words is not paid for again.
    """
    for _ in range(_MOST_ROUNDS):
        before, plan = plan, _round(plan)
        if plan == before:
            break
    return plan


def _round(plan: CohortPlan) -> CohortPlan:
    for rule in RULES:
        rewritten = rule(plan)
        assert len(rewritten.rules) == len(plan.rules), f"{rule.__name__} lost a rule"
        assert rewritten.keep is plan.keep, f"{rule.__name__} changed which entries are kept"
        plan = rewritten
    return plan
