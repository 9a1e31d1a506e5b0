"""Cohorts that keep a person's first or last entry, of which a target makes no more than it has to look at."""

from cohort_dsl.ast import Pick
from engine.execute.means import Means, Wanted
from engine.execute.target import PicksEntries
from engine.logical.nodes import Atom, EveryoneOn, GenotypeAtom, RulePlan, atoms_of
from engine.physical.estimates import cost_order
from engine.physical.nodes import PhysicalPlan
from engine.physical.picking import PICK_OF

WORTH_PICKING_MS = 20.0
"""Entries and columns that are thought to take longer together are made for as few entries as will do. Those that take
less are made for all of them, and so serve whoever changes a criterion."""


def picker_of(plan: PhysicalPlan, wanted: Wanted, means: Means) -> PicksEntries | None:
    """The target that finds the entries kept, where one can and it is worth it."""
    cohort, target = plan.cohort, means.targets[plan.entries]
    if wanted is not Wanted.MEMBERS or PICK_OF[cohort.keep] is Pick.ALL or cohort.entry.pick is not Pick.ALL:
        return None
    if cohort.qualify is not None or not cohort.rules or isinstance(cohort.entry.events, EveryoneOn):
        return None
    if any(_target_of(atom, plan) != plan.entries for atom in atoms_in(plan)) or not _is_worth_it(plan, means):
        return None
    return target if isinstance(target, PicksEntries) else None


def rules_in_order(plan: PhysicalPlan, means: Means) -> tuple[RulePlan, ...]:
    """The rules, first those that keep most out for what they cost."""
    rules, estimates = plan.cohort.rules, means.estimates
    if estimates is None:
        return rules
    costs = [
        sum(estimates.column(atom, plan.entries, means.persons).milliseconds for atom in atoms_of(rule.condition))
        for rule in rules
    ]
    return tuple(rules[at] for at in cost_order(costs, [estimates.passing(rule) for rule in rules]))


def atoms_in(plan: PhysicalPlan) -> tuple[Atom, ...]:
    """The conditions of the rules."""
    return tuple(dict.fromkeys(atom for rule in plan.cohort.rules for atom in atoms_of(rule.condition)))


def _target_of(atom: Atom, plan: PhysicalPlan) -> str:
    """The target that computes a condition; that of genotypes is none of those that know events."""
    if isinstance(atom, GenotypeAtom):
        return "genotypes"
    return next(scan.target for scan in plan.columns if scan.atom == atom)


def _is_worth_it(plan: PhysicalPlan, means: Means) -> bool:
    estimates = means.estimates
    if estimates is None:
        return True
    entries = estimates.entries(plan.cohort.entry, plan.entries)
    columns = (estimates.column(atom, plan.entries, entries.rows).milliseconds for atom in atoms_in(plan))
    return entries.milliseconds + sum(columns) >= WORTH_PICKING_MS
