"""The optimiser: a tuple of rules, functions from node to node, applied everywhere in order until none has anything to
say."""

from engine.logical.nodes import CohortPlan
from engine.logical.rewrite import Rule, Settled, rewrite
from engine.logical.rules import (
    flatten_groups,
    merge_filters,
    push_negations,
    settle_groups,
    simplify_counts,
    sort_parts,
    unify_values,
)

RULES: tuple[tuple[Rule, frozenset[type]], ...] = (
    (merge_filters.merge_filters, merge_filters.KINDS),
    (unify_values.unify_values, unify_values.KINDS),
    (simplify_counts.simplify_counts, simplify_counts.KINDS),
    (push_negations.push_negations, push_negations.KINDS),
    (settle_groups.settle_groups, settle_groups.KINDS),
    (flatten_groups.flatten_groups, flatten_groups.KINDS),
    (sort_parts.sort_parts, sort_parts.KINDS),
)
"""Each rule with the kinds of node that it has something to say of."""

_MOST_ROUNDS = 32
"""More than the depth of any document: a round settles at least one level of groups."""


def optimize(plan: CohortPlan) -> CohortPlan:
    """The plan after every rule. No rule may change how many rules a cohort has or what decides its entries.

    Plans that mean the same by these rules become equal, and so have one name (`fingerprint`): what is asked in other
    words is not paid for again.
    """
    settled = Settled(RULES)
    for _ in range(_MOST_ROUNDS):
        if settled.has_all_of(plan):
            break
        plan = _round(plan, settled)
    return plan


def _round(plan: CohortPlan, settled: Settled) -> CohortPlan:
    for rule, _ in RULES:
        rewritten = rewrite(plan, rule, settled)
        assert len(rewritten.rules) == len(plan.rules), f"{rule.__name__} lost a rule"
        assert rewritten.keep is plan.keep, f"{rule.__name__} changed which entries are kept"
        plan = rewritten
    return plan
