"""How large a plan is, judged from the plan and never from data: what a tier may ask, how long it may run."""

from dataclasses import dataclass

from engine.logical.nodes import (
    CohortEntries,
    CohortPlan,
    Condition,
    CountOf,
    Every,
    EveryoneOn,
    Having,
    IsUnknown,
    Negation,
    Occurs,
    Some,
    atoms_of,
    plan_conditions,
    plan_relations,
    relations_in,
)
from schemas.errors import NotAllowed, TooExpensive
from schemas.policy import CostClass, TierPolicy

_QUICK_LEAVES = 12
_MEDIUM_LEAVES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSize:
    """`leaves` counts conditions and index events, referred cohorts included; `depth` is how deep conditions nest."""

    leaves: int
    depth: int

    @property
    def cost_class(self) -> CostClass:
        """The class whose fixed deadline the answer is given at."""
        if self.leaves <= _QUICK_LEAVES:
            return CostClass.QUICK
        return CostClass.MEDIUM if self.leaves <= _MEDIUM_LEAVES else CostClass.LONG


def plan_size(plan: CohortPlan) -> PlanSize:
    """The size of a plan."""
    conditions = plan_conditions(plan)
    inner = [events.condition for events in plan_relations(plan) if isinstance(events, Having)]
    referred = [plan_size(events.cohort) for events in plan_relations(plan) if isinstance(events, CohortEntries)]
    atoms = sum(1 for condition in (*conditions, *inner) for _ in atoms_of(condition))
    index = 1 if isinstance(plan.entry.events, EveryoneOn) else len(plan.entry.events)
    return PlanSize(
        leaves=atoms + index + len(plan.exit.censors) + sum(size.leaves for size in referred),
        depth=max([1, *map(_depth, conditions), *(size.depth + 1 for size in referred)]),
    )


def check_size(size: PlanSize, rules: TierPolicy) -> None:
    """Refuse what the tier may not ask; the refusal depends on the document alone."""
    if not rules.is_interactive:
        return  # the gate refuses the tier with advice of its own
    for code, what, asked, limit in (
        ("plan-leaves", "criteria", size.leaves, rules.max_leaves),
        ("plan-depth", "levels of nesting", size.depth, rules.max_depth),
    ):
        if asked > limit:
            raise TooExpensive(code, f"the document has {asked} {what}; this tier takes at most {limit}")
    if rules.deadline(size.cost_class) is None:
        raise NotAllowed("plan-cost", f"this tier may not ask questions of class {size.cost_class.value}")


def _depth(condition: Condition) -> int:
    """Groups within groups; a condition on the events of a condition is one level further in."""
    match condition:
        case Every(parts=parts) | Some(parts=parts) | CountOf(parts=parts):
            return 1 + max(map(_depth, parts), default=0)
        case Negation(part=part) | IsUnknown(part=part):
            return 1 + _depth(part)
        case Occurs(events=events):
            return 1 + max((_depth(e.condition) for e in relations_in(events) if isinstance(e, Having)), default=0)
        case _:
            return 1
