"""Cohorts of everybody but some, told by the text alone."""

from cohort_dsl.ast import CountOperator, RuleKind
from engine.logical.nodes import CohortPlan, Condition, CountOf, Every, EveryoneOn, Negation, Occurs, RulePlan, Some


def is_most(plan: CohortPlan) -> bool:
    """Whether a document starts with everyone and only ever takes people out, as in `index everyone` with
    `exclude "cancer" when any condition in cancer`.

    Such a cohort is counted as all people less those outside, who are few; the answer is the same, and only they pay in
    the ledger per person. It depends on the text alone, so a wrong guess, as when most people have what is excluded,
    costs more but tells nothing.
    """
    starts_with_all = isinstance(plan.entry.events, EveryoneOn) and plan.qualify is None
    return starts_with_all and all(map(_takes_out, plan.rules))


def _takes_out(rule: RulePlan) -> bool:
    return _denies(rule.condition) is (rule.kind is RuleKind.INCLUDE)


def _denies(condition: Condition) -> bool:
    """Whether a condition holds for those of whom something is not true."""
    match condition:
        case Negation():
            return True
        case Occurs(operator=operator, number=number) | CountOf(operator=operator, number=number):
            return operator is CountOperator.AT_MOST or (operator is CountOperator.EXACTLY and number == 0)
        case Every(parts=parts) | Some(parts=parts):
            return bool(parts) and all(map(_denies, parts))
        case _:
            return False
