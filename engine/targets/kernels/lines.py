"""The events that may start entries, in the order of these, person by person: made into entries some at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.catalog.event_index import EventIndex
from engine.catalog.event_index.tables import Timelines
from engine.kernels.groups import Days
from engine.kernels.lines import clip_days
from engine.kernels.ranges import People, Rows
from engine.logical.nodes import Entry, EveryoneOn, RowPredicate, RulePlan, Scan
from engine.targets.kernels.deferred import Deferred, taken
from engine.targets.kernels.entries import Entries, entries_from, find_entries
from engine.targets.kernels.predicates import parts_of, row_truth, tested
from engine.targets.kernels.reach import decides, reach_of
from engine.targets.kernels.records import Records, by_run, rows_of_stretches, whole
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.scans import scan_runs
from engine.targets.kernels.scope import DaysOfEach
from engine.targets.kernels.timelines import KEYED
from engine.targets.kernels.views import View


@dataclass(frozen=True, slots=True)
class Line:
    """Events of the people of a scope: those of `person[i]` from `low[i]` to before `high[i]`, in order of their first
    days, which `start` holds, and key. `entries_of` says what entries the events of such a line make, in order, and
    `ends_of` on which days the events at some places end."""

    person: People
    low: Rows
    high: Rows
    start: Days
    entries_of: Callable[["Line"], Entries]
    ends_of: Callable[[Rows], Days | Deferred]
    is_decided: bool = True
    """Whether all events within reach that lie in a period with room are entries."""

    def entries(self) -> Entries:
        """The entries that the events make."""
        return self.entries_of(self)

    def places(self) -> Rows:
        """Where the events lie."""
        return rows_of_stretches(self.low, self.high)

    def between(self, low: Rows, high: Rows) -> "Line":
        """Others of the same people's events."""
        return replace(self, low=low, high=high)

    def within(self, days: DaysOfEach) -> "Line":
        """The events that start on these days of each person."""
        low, high = np.empty(self.person.size, np.int64), np.empty(self.person.size, np.int64)
        clip_days(self.start, self.low, self.high, days.since, days.until, low, high)
        return self.between(low, high)

    def nonempty(self) -> "Line":
        """The people who have events left."""
        return self._of(np.flatnonzero(self.low < self.high))

    def without(self, people: People) -> "Line":
        """All but these people, who ascend and are all in the line."""
        is_left = np.ones(self.person.size, np.bool_)
        is_left[np.searchsorted(self.person, people)] = False
        return self._of(np.flatnonzero(is_left))

    def _of(self, chosen: Rows) -> "Line":
        return replace(self, person=self.person[chosen], low=self.low[chosen], high=self.high[chosen])


def line_of(
    entry: Entry, rules: Sequence[RulePlan], relations: Relations, *, with_visits: bool
) -> tuple[Line, DaysOfEach]:
    """The line of an entry that picks nothing, and the days outside of which none of its events can pass the rules.
    Visits are read only where they are asked for."""
    if not isinstance(entry.events, EveryoneOn) and len(entry.events) == 1:
        scan, predicates = tested(entry.events[0])
        if isinstance(scan, Scan) and scan.source is None:
            line = _line_of_scan(scan, relations, lambda found: _made(found, predicates, entry, relations, with_visits))
            if line is not None:
                is_decided = all(decides(part) for predicate in predicates for part in parts_of(predicate))
                reach = reach_of(entry, predicates, rules, line.person, relations.sources)
                return replace(line, is_decided=is_decided), reach
    entries = find_entries(entry, relations, with_visits=with_visits)
    offsets, people = entries.offsets, np.arange(relations.scope.start, relations.scope.stop, dtype=np.uint32)
    line = Line(
        person=people,
        low=offsets[:-1],
        high=offsets[1:],
        start=entries.start,
        entries_of=lambda line: entries.taken(line.places()),
        ends_of=lambda places: taken(entries.ends, places),
    )
    return line, reach_of(entry, (), rules, people, relations.sources)


def _line_of_scan(scan: Scan, relations: Relations, made: Callable[[Records], Entries]) -> Line | None:
    """The line of the events of one concept, or of a whole table; absent where they lie in no order that is known."""
    table = relations.sources.index.tables.get(scan.domain)
    if table is None or table.runs is None:
        return None
    if scan_runs(scan, relations.sources.index)[0].size == 1:
        return _line_of_runs(by_run(relations.records(scan)), made)
    if scan.concepts is None and table.timelines is not None:
        return _line_of_timelines(relations.records(scan), table.timelines, relations, made)
    return None


def _line_of_runs(records: Records, made: Callable[[Records], Entries]) -> Line:
    events = records.events
    return Line(
        person=events.person[events.first],
        low=events.first,
        high=events.last,
        start=events.start,
        entries_of=lambda line: made(records.alone(line.places())),
        ends_of=lambda places: Deferred(events.end, places, events.lasting),
    )


def _line_of_timelines(
    records: Records, held: Timelines, relations: Relations, made: Callable[[Records], Entries]
) -> Line:
    scope = relations.scope
    held.check(scope.start, scope.stop)
    people = np.arange(scope.start, scope.stop, dtype=np.uint32) if scope.people is None else scope.people
    own = people.astype(np.int64)
    last_day = records.events.end

    def ends_of(places: Rows) -> Deferred:
        is_a_day = last_day is records.events.start
        return Deferred(held.start, places, 1) if is_a_day else Deferred(last_day, Deferred(held.row, places))

    return Line(
        person=people,
        low=held.offsets[own],
        high=held.offsets[own + 1],
        start=held.start,
        entries_of=lambda line: made(_listed(records, line, held)),
        ends_of=ends_of,
    )


def _listed(records: Records, line: Line, held: Timelines) -> Records:
    """The events of a line, which are some of the records, in order. Their rows and last days are not read yet, and the
    keys of those that are no visits are their places, for these are in order of key."""
    events, places = records.events, line.places()
    rows = Deferred(held.row, places)
    key = events.key[rows.read()] if records.domain in KEYED else places
    person, start = np.repeat(line.person, line.high - line.low), held.start[places]
    listed = whole(person, start, start, key)._replace(lasting=events.lasting)
    ends = None if events.end is events.start else events.end
    return Records(listed, records.table, records.domain, rows, ends, is_ordered=True, span=records.span)


def _made(
    records: Records, predicates: tuple[RowPredicate, ...], entry: Entry, relations: Relations, with_visits: bool
) -> Entries:
    """The entries of some events, which are in order."""
    for predicate in predicates:
        view = View(records)
        records = view.taken(row_truth(predicate, view, relations.sources.fields))
    return entries_from(records, entry, relations, with_visits=with_visits)


def is_in_order(entry: Entry, index: EventIndex) -> bool:
    """Whether the line is read from the index as it lies there, and no events are put in order."""
    if isinstance(entry.events, EveryoneOn) or len(entry.events) > 1:
        return False
    scan, _ = tested(entry.events[0])
    return (
        isinstance(scan, Scan)
        and scan.source is None
        and (scan.concepts is None or scan_runs(scan, index)[0].size == 1)
    )
