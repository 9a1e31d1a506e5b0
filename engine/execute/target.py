"""What a target does: the three fragments of a cohort, each by itself."""

from collections.abc import Mapping
from typing import Protocol

from engine.catalog.interruption import Interruption
from engine.logical.nodes import Atom, CohortPlan, Entry, ExitPlan
from engine.personset import PersonSet
from engine.physical.entries import Anchors, CohortRows, Days, Truth


class Target(Protocol):
    """Computes fragments; safe to use from several threads.

    `cohorts` holds the rows of every cohort that the fragment refers to. With `among` only what is about these people
    is wanted, and nobody else's events need be read; all `anchors` given are theirs then. `anchors` may be any of the
    entries that a target gave, its own or another's, in their order. Raises `TooExpensive` when the work is given up
    through `stop`.
    """

    def anchors(
        self,
        entry: Entry,
        cohorts: Mapping[CohortPlan, CohortRows],
        among: PersonSet | None = None,
        stop: Interruption | None = None,
    ) -> Anchors:
        """The entries, in their order."""
        ...

    def last_days(
        self,
        exit: ExitPlan,
        anchors: Anchors,
        cohorts: Mapping[CohortPlan, CohortRows],
        among: PersonSet | None = None,
        stop: Interruption | None = None,
    ) -> Days:
        """The last day of each entry; the day before its start where it has none."""
        ...

    def truths(
        self,
        atoms: tuple[Atom, ...],
        anchors: Anchors,
        cohorts: Mapping[CohortPlan, CohortRows],
        among: PersonSet | None = None,
        stop: Interruption | None = None,
    ) -> Mapping[Atom, Truth]:
        """A column a clinical condition. Together they may cost less than one by one."""
        ...
