"""The kernel target: fragments of plans over the event index, block by block of people, on all cores."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from cohort_dsl.ast import Pick
from engine.catalog.event_index import EventIndex, open_event_index
from engine.catalog.interruption import Interruption
from engine.catalog.release import Release
from engine.kernels.events import Periods
from engine.kernels.ranges import People
from engine.logical.nodes import Atom, CohortPlan, Entry, EventRelation, EveryoneOn, ExitPlan, RulePlan, Scan
from engine.memory import keep_freed_memory
from engine.personset import PersonSet
from engine.physical.entries import Anchors, CohortRows, Days, Truth
from engine.physical.planner import Fragment, fragment_relations
from engine.targets.kernels.blocks import block_edges, compared_rows, over_edges
from engine.targets.kernels.conditions import is_looked_up, truths
from engine.targets.kernels.entries import Entries, entries_of, find_entries
from engine.targets.kernels.exits import last_days
from engine.targets.kernels.fields import FieldReader
from engine.targets.kernels.having import holding
from engine.targets.kernels.owners import people_with
from engine.targets.kernels.people import PeopleTable
from engine.targets.kernels.picking import ENTRIES_AT_ONCE, picked_entries, relations_kept
from engine.targets.kernels.relations import Relations, Sources
from engine.targets.kernels.scope import Scope

_CORES = len(os.sched_getaffinity(0))

Cohorts = Mapping[CohortPlan, CohortRows]
Part = TypeVar("Part")


class KernelTarget:
    """Runs the parts of a plan over a release's event index; safe to use from several threads. See
    `engine.execute.Target`.

    A question that is given up ends between two steps of the blocks of people under way, and leaves its memory free.
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
        self,
        entry: Entry,
        cohorts: Cohorts,
        among: PersonSet | None = None,
        stop: Interruption | None = None,
        *,
        with_visits: bool = True,
        with_ends: bool = True,
    ) -> Anchors:
        people = None if among is None else among.indices()

        def compute(start: int, end: int) -> Anchors:
            relations = self._relations(cohorts, _scope(people, start, end), stop)
            return find_entries(entry, relations, with_visits=with_visits).anchors(with_ends=with_ends)

        everyone = isinstance(entry.events, EveryoneOn)
        wanted = self._index.persons if people is None else people.size
        parts = self._over_blocks((entry,), wanted, compute, stop, spans=wanted if everyone else 0)
        return Anchors.joined(parts, (stop or Interruption()).check)

    def picked(
        self,
        entry: Entry,
        rules: tuple[RulePlan, ...],
        which: Pick,
        cohorts: Cohorts,
        among: PersonSet | None = None,
        stop: Interruption | None = None,
        *,
        with_ends: bool = True,
    ) -> Anchors:
        """Without making all entries: see `engine.targets.kernels.picking`."""
        people = None if among is None else among.indices()

        def compute(start: int, end: int) -> Anchors:
            relations = self._relations(cohorts, _scope(people, start, end), stop)
            return picked_entries(entry, rules, which, relations, with_ends=with_ends)

        wanted = self._index.persons if people is None else people.size
        relations = tuple(relations_kept(entry, rules, self._index))
        edges = block_edges(relations, self._index, wanted, wanted * ENTRIES_AT_ONCE)
        return Anchors.joined(self._over_edges(edges, compute, stop))

    def people_with(self, scans: tuple[Scan, ...], stop: Interruption | None = None) -> PersonSet:
        """Everybody with an event of the concepts of one of the scans, in about a nanosecond a run."""
        return people_with(scans, self._index, stop)

    def last_days(
        self,
        exit: ExitPlan,
        anchors: Anchors,
        cohorts: Cohorts,
        among: PersonSet | None = None,  # noqa: ARG002  # the entries are theirs, and no others' events are read
        stop: Interruption | None = None,
    ) -> Days:
        def compute(start: int, end: int) -> Days:
            entries = _part(anchors, start, end)
            theirs = entries.scope.of(entries.people()) if exit.reads_events else entries.scope
            return last_days(exit, entries, self._relations(cohorts, theirs, stop))

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

        def compute(start: int, end: int) -> dict[Atom, Truth]:
            entries = _part(anchors, start, end)
            return truths(atoms, entries, self._relations(cohorts, entries.scope, stop))

        listed = [atom for atom in atoms if not is_looked_up(atom)]
        spans = len(anchors) * len(atoms) + sum(compared_rows(atom, len(anchors), self._index) for atom in listed)
        parts = self._over_blocks(listed, _people(anchors), compute, stop, spans=spans)
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
        return self._over_edges(block_edges(relations, self._index, people, spans), compute, stop)

    def _over_edges(
        self, edges: list[int], compute: Callable[[int, int], Part], stop: Interruption | None
    ) -> list[Part]:
        """What each block of people between two edges gives, in their order."""

        def run(start: int, end: int) -> Part:
            if stop is not None:
                stop.check()
            self._index.periods.check(start, end)
            self._index.visits.check(start, end)
            return compute(start, end)

        return over_edges(edges, run, self._pool)

    def _relations(self, cohorts: Cohorts, scope: Scope, stop: Interruption | None) -> Relations:
        return Relations(self._sources, cohorts, scope, holding, stop or Interruption())


def _scope(people: People | None, start: int, stop: int) -> Scope:
    """A block of people; only those listed, and no others, where there is a list."""
    if people is None:
        return Scope(start, stop)
    return Scope(start, stop, people[_between(people, start, stop)], is_strict=True)


def _part(anchors: Anchors, start: int, stop: int) -> Entries:
    """The entries of people `start` to before `stop`."""
    own = _between(anchors.person, start, stop)
    return entries_of(
        Scope(start, stop),
        anchors.person[own],
        anchors.start[own],
        anchors.ends()[own],
        anchors.observed_from[own],
        anchors.observed_to[own],
        None if anchors.visit is None else anchors.visit[own],
    )


def _between(person: People, start: int, stop: int) -> slice:
    """Where people `start` to before `stop` lie among people who ascend. What is looked for has their type: NumPy would
    make a copy of all of them otherwise."""
    low, high = person.searchsorted(np.array((start, stop), person.dtype)).tolist()
    return slice(low, high)


def _people(anchors: Anchors) -> int:
    """How many people the entries are of."""
    return int(np.count_nonzero(anchors.person[1:] != anchors.person[:-1])) + 1 if len(anchors) else 0


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
