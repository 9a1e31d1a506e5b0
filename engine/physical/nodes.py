"""The physical plan: person sets from kernels, one entry scan by a target, then logic over its columns."""

from dataclasses import dataclass

from engine.logical.nodes import Atom, CohortPlan, Entry, ExitPlan, GenotypeAtom
from engine.physical.bounds import Bound

node = dataclass(frozen=True, slots=True, kw_only=True)


@node
class KernelScan:
    """A genotype condition, computed by kernels once for everybody as person sets."""

    atom: GenotypeAtom


@node
class EntryScan:
    """Entries with their ends, and a three-valued column for each clinical condition, computed by `target`."""

    target: str
    entry: Entry
    exit: ExitPlan
    atoms: tuple[Atom, ...]


@node
class SubCohort:
    """A cohort this one refers to, computed first; its entries then serve as events."""

    cohort: CohortPlan
    plan: "PhysicalPlan"


@node
class PhysicalPlan:
    """Steps in the order they run: sub-cohorts, kernel scans, the entry scan, then what `cohort` says of its entries:
    qualification, rules, which are kept, joining and cutting. `bound` holds all who can be members: where only members
    matter and they are few, nobody else's events are read."""

    cohorts: tuple[SubCohort, ...]
    kernels: tuple[KernelScan, ...]
    bound: Bound | None
    scan: EntryScan
    cohort: CohortPlan
