"""Logical plan to physical plan: genotype conditions to the kernels, other fragments to a target that can do them."""

from collections.abc import Iterable, Iterator

from engine.logical.nodes import (
    Atom,
    CohortEntries,
    CohortPlan,
    Entry,
    EventRelation,
    EveryoneOn,
    ExitPlan,
    GenotypeAtom,
    Having,
    Occurs,
    atoms_of,
    plan_conditions,
    plan_relations,
    relations_in,
)
from engine.physical.bounds import bound_of
from engine.physical.capabilities import SUPPORTED
from engine.physical.nodes import ColumnScan, KernelScan, PhysicalPlan, SubCohort
from schemas.errors import Unsupported

Fragment = Entry | ExitPlan | Atom
"""What is given to one target as a whole."""


def plan_cohort(cohort: CohortPlan, *targets: str) -> PhysicalPlan:
    """The physical plan of a cohort on these targets, of which each fragment goes to the first that can compute it;
    each distinct condition is computed once.

    The choice depends on the document alone, so that a plan may be shown to whoever may see the document. Raises
    `Unsupported` when a target is unknown or none can compute a fragment.
    """
    for name in targets:
        if name not in SUPPORTED:
            raise Unsupported("target-unknown", f"there is no target {name!r}", expected=tuple(SUPPORTED))
    atoms = tuple(dict.fromkeys(atom for condition in plan_conditions(cohort) for atom in atoms_of(condition)))
    referred = dict.fromkeys(events.cohort for events in plan_relations(cohort) if isinstance(events, CohortEntries))
    return PhysicalPlan(
        cohorts=tuple(SubCohort(cohort=sub, plan=plan_cohort(sub, *targets)) for sub in referred),
        kernels=tuple(KernelScan(atom=atom) for atom in atoms if isinstance(atom, GenotypeAtom)),
        bound=bound_of(cohort),
        entries=_first_able(cohort.entry, targets),
        ends=None if ends_with_observation(cohort.exit) else _first_able(cohort.exit, targets),
        columns=tuple(
            ColumnScan(target=_first_able(atom, targets), atom=atom)
            for atom in atoms
            if not isinstance(atom, GenotypeAtom)
        ),
        cohort=cohort,
    )


def ends_with_observation(exit: ExitPlan) -> bool:
    """Whether entries last until the end of their observation period, whatever happens."""
    return exit.offset is None and exit.exposure is None and not exit.censors


def fragment_relations(fragment: Fragment) -> Iterator[EventRelation]:
    """Every event relation that a fragment reads, inner ones too."""
    match fragment:
        case Entry(events=events):
            outer: Iterable[EventRelation] = () if isinstance(events, EveryoneOn) else events
        case ExitPlan(exposure=exposure, censors=censors):
            outer = (*censors, *(exposure.exposures if exposure is not None else ()))
        case Occurs(events=events):
            outer = (events,)
        case _:
            outer = ()
    for events in outer:
        yield from relations_in(events)


def _first_able(fragment: Fragment, targets: tuple[str, ...]) -> str:
    needed = tuple(_nodes(fragment))
    for target in targets:
        if all(type(node) in SUPPORTED[target] for node in needed):
            return target
    lacking = next(node for node in needed if type(node) not in SUPPORTED[targets[-1]])
    raise Unsupported("target-node", f"target {targets[-1]} cannot compute {type(lacking).__name__}")


def _nodes(fragment: Fragment) -> Iterator[object]:
    """What a target must know to compute a fragment."""
    match fragment:
        case Entry(events=EveryoneOn() as everyone):
            yield everyone
        case Entry() | ExitPlan():
            pass
        case atom:
            yield atom
    for events in fragment_relations(fragment):
        yield events
        if isinstance(events, Having):
            yield from atoms_of(events.condition)
