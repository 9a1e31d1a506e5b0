"""Logical plan to physical plan: genotype conditions to the kernels, everything else to one target."""

from engine.logical.nodes import (
    Atom,
    CohortEntries,
    CohortPlan,
    EveryoneOn,
    GenotypeAtom,
    Having,
    atoms_of,
    plan_conditions,
    plan_relations,
)
from engine.physical.bounds import bound_of
from engine.physical.capabilities import SUPPORTED
from engine.physical.nodes import EntryScan, KernelScan, PhysicalPlan, SubCohort
from schemas.errors import Unsupported


def plan_cohort(cohort: CohortPlan, target: str) -> PhysicalPlan:
    """The physical plan of a cohort on a target; each distinct condition is computed once.

    Raises `Unsupported` when the target is unknown or cannot compute a node.
    """
    atoms = tuple(dict.fromkeys(atom for condition in plan_conditions(cohort) for atom in atoms_of(condition)))
    genotype = tuple(KernelScan(atom=atom) for atom in atoms if isinstance(atom, GenotypeAtom))
    clinical = tuple(atom for atom in atoms if not isinstance(atom, GenotypeAtom))
    _check_supported(cohort, clinical, target)
    referred = tuple(
        dict.fromkeys(events.cohort for events in plan_relations(cohort) if isinstance(events, CohortEntries))
    )
    return PhysicalPlan(
        cohorts=tuple(SubCohort(cohort=sub, plan=plan_cohort(sub, target)) for sub in referred),
        kernels=genotype,
        bound=bound_of(cohort),
        scan=EntryScan(target=target, entry=cohort.entry, exit=cohort.exit, atoms=clinical),
        cohort=cohort,
    )


def _check_supported(cohort: CohortPlan, atoms: tuple[Atom, ...], target: str) -> None:
    if target not in SUPPORTED:
        raise Unsupported("target-unknown", f"there is no target {target!r}", expected=tuple(SUPPORTED))
    relations = tuple(plan_relations(cohort))
    inner = (atom for events in relations if isinstance(events, Having) for atom in atoms_of(events.condition))
    nodes: list[object] = [*atoms, *inner, *relations]
    if isinstance(cohort.entry.events, EveryoneOn):
        nodes.append(cohort.entry.events)
    for node in nodes:
        if type(node) not in SUPPORTED[target]:
            raise Unsupported("target-node", f"target {target} cannot compute {type(node).__name__}")
