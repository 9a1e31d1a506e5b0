"""Walking a plan: every event relation and condition in it."""

from collections.abc import Iterator

from engine.logical.nodes.cohort import CohortPlan, EveryoneOn
from engine.logical.nodes.conditions import Condition, Occurs, atoms_of
from engine.logical.nodes.events import EventRelation, Having, sources_of


def relations_in(events: EventRelation) -> Iterator[EventRelation]:
    """The relation and every one it is made from, those inside `having` conditions too; outer ones first."""
    yield events
    if isinstance(events, Having):
        yield from condition_relations(events.condition)
    for source in sources_of(events):
        yield from relations_in(source)


def condition_relations(condition: Condition) -> Iterator[EventRelation]:
    """Every event relation in a condition."""
    for atom in atoms_of(condition):
        if isinstance(atom, Occurs):
            yield from relations_in(atom.events)


def plan_relations(plan: CohortPlan) -> Iterator[EventRelation]:
    """Every event relation of a cohort, inner ones too, without going into the cohorts it refers to."""
    entry = () if isinstance(plan.entry.events, EveryoneOn) else plan.entry.events
    exposures = plan.exit.exposure.exposures if plan.exit.exposure is not None else ()
    for events in (*entry, *plan.exit.censors, *exposures):
        yield from relations_in(events)
    for condition in plan_conditions(plan):
        yield from condition_relations(condition)


def plan_conditions(plan: CohortPlan) -> tuple[Condition, ...]:
    """The conditions on entries: of the qualification, then of each rule."""
    qualify = () if plan.qualify is None else (plan.qualify.condition,)
    return (*qualify, *(rule.condition for rule in plan.rules))
