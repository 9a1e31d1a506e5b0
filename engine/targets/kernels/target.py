"""The kernel target: fragments of plans over the event index, block by block of people, on all cores."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from engine.catalog.event_index import EventIndex, open_event_index
from engine.catalog.interruption import Interruption
from engine.catalog.release import Release
from engine.kernels.events import Periods
from engine.logical.nodes import Atom, CohortPlan, Entry, EventRelation, EveryoneOn, ExitPlan
from engine.personset import PersonSet
from engine.physical.entries import Anchors, CohortRows, Days, Truth
from engine.physical.planner import Fragment, fragment_relations
from engine.targets.kernels.blocks import block_edges
from engine.targets.kernels.conditions import truths
from engine.targets.kernels.entries import Entries, entries_of, find_entries
from engine.targets.kernels.exits import last_days
from engine.targets.kernels.fields import FieldReader
from engine.targets.kernels.having import holding
from engine.targets.kernels.memory import keep_freed_memory
from engine.targets.kernels.people import PeopleTable
from engine.targets.kernels.relations import Relations, Sources
from engine.targets.kernels.scope import Scope

_CORES = len(os.sched_getaffinity(0))

Cohorts = Mapping[CohortPlan, CohortRows]
Part = TypeVar("Part")


class KernelTarget:
    """Runs the parts of a plan over a release's event index; safe to use from several threads. See
    `engine.execute.Target`.

    A question that is given up ends with the blocks of people under way.
    """

    def __init__(self, release: Release, index: EventIndex | None = None) -> None:
        keep_freed_memory()
        self._index = open_event_index(release) if index is None else index
        people = PeopleTable.load(release)
        fields = FieldReader(release, self._index, people)
        own = self._index.periods
        periods = Periods(own.offsets, own.columns["start"], own.columns["end"])
        self._sources = Sources(self._index, fields, people, periods)
        self._pool = ThreadPoolExecutor(_CORES, thread_name_prefix="events")

    def anchors(
        self, entry: Entry, cohorts: Cohorts, among: PersonSet | None = None, stop: Interruption | None = None
    ) -> Anchors:
        people = None if among is None else among.indices()

        def compute(start: int, stop: int) -> Anchors:
            scope = Scope(start, stop)
            if people is not None:
                own = people[np.searchsorted(people, start) : np.searchsorted(people, stop)]
                scope = Scope(start, stop, own, is_strict=True)
            return find_entries(entry, self._relations(cohorts, scope)).anchors()

        everyone = isinstance(entry.events, EveryoneOn)
        wanted = self._index.persons if people is None else people.size
        parts = self._over_blocks((entry,), wanted, compute, stop, spans=wanted if everyone else 0)
        names = ("person", "start", "end", "observed_from", "observed_to", "visit")
        columns = (_joined([getattr(part, name) for part in parts]) for name in names)
        person, start, end, observed_from, observed_to, visit = columns
        return Anchors(
            person=person, start=start, end=end, observed_from=observed_from, observed_to=observed_to, visit=visit
        )

    def last_days(
        self,
        exit: ExitPlan,
        anchors: Anchors,
        cohorts: Cohorts,
        among: PersonSet | None = None,  # noqa: ARG002  # the entries are theirs, and no others' events are read
        stop: Interruption | None = None,
    ) -> Days:
        def compute(start: int, stop: int) -> Days:
            entries = _part(anchors, start, stop)
            return last_days(exit, entries, self._theirs(cohorts, entries))

        return _joined(self._over_blocks((exit,), _people(anchors), compute, stop))

    def truths(
        self,
        atoms: tuple[Atom, ...],
        anchors: Anchors,
        cohorts: Cohorts,
        among: PersonSet | None = None,  # noqa: ARG002
        stop: Interruption | None = None,
    ) -> dict[Atom, Truth]:
        """From the events of the entries' people only."""

        def compute(start: int, stop: int) -> dict[Atom, Truth]:
            entries = _part(anchors, start, stop)
            return truths(atoms, entries, self._theirs(cohorts, entries))

        parts = self._over_blocks(atoms, _people(anchors), compute, stop, spans=len(anchors))
        return {atom: _joined([part[atom] for part in parts]) for atom in atoms}

    def _over_blocks(
        self,
        fragments: Sequence[Fragment],
        people: int,
        compute: Callable[[int, int], Part],
        stop: Interruption | None,
        *,
        spans: int = 0,
    ) -> list[Part]:
        """What each block of people gives, in their order; `spans` entries are worked on beside the events read."""
        relations: list[EventRelation] = [events for part in fragments for events in fragment_relations(part)]
        edges = block_edges(relations, self._index, people, spans)

        def run(start: int, end: int) -> Part:
            if stop is not None:
                stop.check()
            self._index.periods.check(start, end)
            self._index.visits.check(start, end)
            return compute(start, end)

        blocks = (edges[:-1], edges[1:])
        return list(map(run, *blocks) if len(edges) == 2 else self._pool.map(run, *blocks))

    def _relations(self, cohorts: Cohorts, scope: Scope) -> Relations:
        return Relations(self._sources, cohorts, scope, holding)

    def _theirs(self, cohorts: Cohorts, entries: Entries) -> Relations:
        """The relations of the entries' people."""
        return self._relations(cohorts, entries.scope.of(entries.people()))


def _part(anchors: Anchors, start: int, stop: int) -> Entries:
    """The entries of people `start` to before `stop`."""
    low, high = np.searchsorted(anchors.person, (start, stop)).tolist()
    return entries_of(
        Scope(start, stop),
        anchors.person[low:high],
        anchors.start[low:high],
        anchors.end[low:high],
        anchors.observed_from[low:high],
        anchors.observed_to[low:high],
        anchors.visit[low:high],
    )


def _people(anchors: Anchors) -> int:
    """How many people the entries are of."""
    return int(np.count_nonzero(np.diff(anchors.person))) + 1 if len(anchors) else 0


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
