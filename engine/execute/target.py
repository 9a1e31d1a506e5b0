"""What a target does: the three fragments of a cohort, each by itself."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from cohort_dsl.ast import Pick
from engine.catalog.interruption import Interruption
from engine.logical.nodes import Atom, CohortPlan, Entry, ExitPlan, RulePlan, Scan
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
        *,
        with_visits: bool = True,
        with_ends: bool = True,
    ) -> Anchors:
        """The entries, in their order. Visits and last days may be absent where they are not wanted."""
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


@runtime_checkable
class FindsPeople(Protocol):
    """A target that knows whose the events of a concept are without reading them."""

    def people_with(self, scans: tuple[Scan, ...], stop: Interruption | None = None) -> PersonSet:
        """Everybody who may have an event of one of the scans; at least all who have."""
        ...


@runtime_checkable
class PicksEntries(Protocol):
    """A target that finds each person's first or last entry that passes all rules without making every entry."""

    def picked(
        self,
        entry: Entry,
        rules: tuple[RulePlan, ...],
        which: Pick,
        cohorts: Mapping[CohortPlan, CohortRows],
        among: PersonSet | None = None,
        stop: Interruption | None = None,
        *,
        with_ends: bool = True,
    ) -> Anchors:
        """One entry a person at most, in order of person. The entry picks nothing by itself; `rules` are looked at in
        the order given. Visits are there only where a rule is about them, last days where they are asked for."""
        ...
