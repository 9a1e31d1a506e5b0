"""Time at risk as a cohort: whoever is in a cohort, until the outcome."""

from cohort_dsl.ast import Anchor, Bound, CountOperator, Duration, Edge, Keep, RuleKind, Window
from engine.logical.nodes import (
    CohortEntries,
    CohortPlan,
    Entry,
    ExitPlan,
    IncidencePlan,
    Occurs,
    RulePlan,
)
from engine.logical.optimize import optimize

_AT_ONCE = Duration(count=0)
_WITHIN_ENTRY = Window(lower=Bound(offset=_AT_ONCE), upper=Bound(offset=_AT_ONCE, anchor=Anchor.END))


def at_risk(cohort: CohortPlan, incidence: IncidencePlan) -> CohortPlan:
    """The plan whose entries are the times at risk that `IncidencePlan` describes, one an entry of the cohort and
    observation period it starts in. Its one rule is true of the entries that an outcome ended.

    The rule counts outcomes up to the end of the cohort's entry but in the same observation period only, so it is
    true just when an outcome is the reason for the end, or falls on its day.
    """
    outcome = incidence.outcome
    return optimize(
        CohortPlan(
            entry=Entry(events=(CohortEntries(cohort=cohort),), observed_before=_AT_ONCE, observed_after=_AT_ONCE),
            rules=(
                RulePlan(
                    kind=RuleKind.INCLUDE,
                    name="outcome",
                    condition=Occurs(
                        events=outcome, operator=CountOperator.AT_LEAST, number=1, windows=(_WITHIN_ENTRY,)
                    ),
                ),
            ),
            keep=Keep.ALL,
            exit=ExitPlan(offset=_AT_ONCE, anchor=Edge.END, censors=(outcome,)),
        )
    )
