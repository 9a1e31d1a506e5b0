"""Logical plan to physical plan: genotype conditions to the kernels, everything else to one target."""

from collections.abc import Iterator
from typing import assert_never

from engine.logical.nodes import (
    Atom,
    Carrier,
    CohortEntries,
    CohortPlan,
    EventRelation,
    EveryoneOn,
    Filter,
    NoCallAt,
    Nth,
    Occurs,
    Scan,
    atoms_of,
)
from engine.physical.capabilities import SUPPORTED
from engine.physical.nodes import EntryScan, KernelScan, PhysicalPlan, SubCohort
from schemas.errors import Unsupported


def plan_cohort(cohort: CohortPlan, target: str) -> PhysicalPlan:
    """The physical plan of a cohort on a target; each distinct condition is computed once.

    Raises `Unsupported` when the target is unknown or cannot compute a node.
    """
    atoms = tuple(dict.fromkeys(atom for rule in cohort.rules for atom in atoms_of(rule.condition)))
    genotype = tuple(KernelScan(atom=atom) for atom in atoms if isinstance(atom, Carrier | NoCallAt))
    clinical = tuple(atom for atom in atoms if not isinstance(atom, Carrier | NoCallAt))
    _check_supported(cohort, clinical, target)
    referred = tuple(dict.fromkeys(_cohorts_in(_relations(cohort, clinical))))
    return PhysicalPlan(
        cohorts=tuple(SubCohort(cohort=sub, plan=plan_cohort(sub, target)) for sub in referred),
        kernels=genotype,
        scan=EntryScan(target=target, entry=cohort.entry, exit=cohort.exit, atoms=clinical),
        rules=cohort.rules,
        keep=cohort.keep,
    )


def _check_supported(cohort: CohortPlan, atoms: tuple[Atom, ...], target: str) -> None:
    if target not in SUPPORTED:
        raise Unsupported("target-unknown", f"there is no target {target!r}", expected=tuple(SUPPORTED))
    nodes: list[object] = [*atoms, *_relations(cohort, atoms)]
    if isinstance(cohort.entry.events, EveryoneOn):
        nodes.append(cohort.entry.events)
    for node in nodes:
        if type(node) not in SUPPORTED[target]:
            raise Unsupported("target-node", f"target {target} cannot compute {type(node).__name__}")


def _relations(cohort: CohortPlan, atoms: tuple[Atom, ...]) -> Iterator[EventRelation]:
    """Every event relation of an entry scan, inner ones too."""
    roots = [*cohort.exit.censors, *(atom.events for atom in atoms if isinstance(atom, Occurs))]
    if not isinstance(cohort.entry.events, EveryoneOn):
        roots.extend(cohort.entry.events)
    for root in roots:
        yield from _chain(root)


def _chain(events: EventRelation) -> Iterator[EventRelation]:
    yield events
    match events:
        case Filter(source=source) | Nth(source=source):
            yield from _chain(source)
        case Scan() | CohortEntries():
            return
        case _:
            assert_never(events)


def _cohorts_in(relations: Iterator[EventRelation]) -> Iterator[CohortPlan]:
    for relation in relations:
        if isinstance(relation, CohortEntries):
            yield relation.cohort
