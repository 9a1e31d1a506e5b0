"""The physical plan: who computes what. Fragments are computed apart, so that each can be kept and used again."""

from dataclasses import dataclass

from engine.logical.nodes import Atom, CohortPlan, GenotypeAtom
from engine.physical.bounds import Bound

node = dataclass(frozen=True, slots=True, kw_only=True)


@node
class KernelScan:
    """A genotype condition, computed by kernels once for everybody as person sets."""

    atom: GenotypeAtom


@node
class ColumnScan:
    """A clinical condition, computed by `target` as a three-valued column over the entries still in question."""

    target: str
    atom: Atom


@node
class SubCohort:
    """A cohort this one refers to; its entries serve as events. It is computed when something asks for them."""

    cohort: CohortPlan
    plan: "PhysicalPlan"


@node
class PhysicalPlan:
    """The fragments of a cohort: its entries by the target `entries`, their last days by `ends` (absent where they are
    the end of observation, which every entry knows), and the columns of its conditions.

    `bound` holds all who can be members: where only members matter and they are few, nobody else's events are read.
    `cohort` says the rest: qualification, rules, which entries are kept, joining and cutting.
    """

    cohorts: tuple[SubCohort, ...]
    kernels: tuple[KernelScan, ...]
    bound: Bound | None
    entries: str
    ends: str | None
    columns: tuple[ColumnScan, ...]
    cohort: CohortPlan
