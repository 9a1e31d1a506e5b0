"""Conditions over the entries of a block of people, as three-valued columns."""

from collections.abc import Sequence
from typing import assert_never

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Anchor, Bound, CountOperator, Distinct, Edge, Window
from engine.kernels.groups import Days
from engine.kernels.ranges import Rows
from engine.kernels.windows import Bounds, count_events, count_runs, count_starts, count_values, span_entries
from engine.logical.nodes import (
    DISTINCT_FIELDS,
    Answered,
    Atom,
    Burdened,
    Carrier,
    NoCallAt,
    NotAnswered,
    Occurs,
    Paired,
    PersonConcept,
    PersonRange,
    PersonText,
    PersonUnrecorded,
    PhasedPair,
    Scan,
    Scored,
)
from engine.physical.entries import FALSE, TRUE, UNKNOWN, Truth
from engine.targets.kernels.counting import counted_in_place, is_counted_in_place
from engine.targets.kernels.durations import shifted
from engine.targets.kernels.entries import Entries
from engine.targets.kernels.fields import FieldReader
from engine.targets.kernels.fitting import counted_fitting
from engine.targets.kernels.ordering import in_order
from engine.targets.kernels.people import person_truth
from engine.targets.kernels.records import Records, by_run, frozen
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.scans import is_row_by_row
from engine.targets.kernels.scope import DaysOfEach
from engine.targets.kernels.views import View

Counts = npt.NDArray[np.uint32]

_FEW = 4
"""Entries a person, on average, up to which each event is compared with the entries of its person; above, a person's
events are put in order once and each entry looks its own up."""
_LOOKED_UP = 6
"""Look-ups in a person's run of events that take as long as putting one event in order, about."""
_EARLIEST, _LATEST = np.iinfo(np.int32).min, np.iinfo(np.int32).max


def truths(atoms: Sequence[Atom], entries: Entries, relations: Relations) -> dict[Atom, Truth]:
    """A column a condition, from the events of the entries' people."""
    if not entries.size:
        return {atom: np.zeros(0, np.int8) for atom in atoms}
    if any(not is_looked_up(atom) for atom in atoms):
        relations = relations.of(relations.scope.of(entries.people()))
    columns: dict[Atom, Truth] = {}
    for atom in atoms:
        relations.stop.check()
        columns[atom] = _truth(atom, entries, relations)
    return columns


def is_looked_up(atom: Atom) -> bool:
    """Whether a condition lists no events."""
    if isinstance(atom, Occurs):
        return is_counted_in_place(atom)
    return isinstance(atom, PersonRange | PersonText | PersonConcept | PersonUnrecorded)


def _truth(atom: Atom, entries: Entries, relations: Relations) -> Truth:
    match atom:
        case Occurs(operator=operator, number=number):
            return _count_holds(operator, number, _occurrences(atom, entries, relations)).astype(np.int8)
        case Answered(question=question, test=test, window=window):
            if window is None:
                return relations.ever_answered(question, test)[_places(entries)]
            answers = relations.all_and_fitting_answers(question, test)
            given, fitting = (_answered(some, window, entries, relations) for some in answers)
            return np.where(fitting > 0, TRUE, np.where(given > 0, FALSE, UNKNOWN)).astype(np.int8)
        case NotAnswered(question=question, window=window):
            if window is None:
                return (relations.ever_answered(question, None)[_places(entries)] == UNKNOWN).astype(np.int8)
            return (_answered(relations.answers(question), window, entries, relations) == 0).astype(np.int8)
        case PersonRange() | PersonText() | PersonConcept() | PersonUnrecorded():
            return person_truth(atom, entries.person, entries.start, entries.end, relations.sources.people)
        case Carrier() | NoCallAt() | Burdened() | Paired() | PhasedPair() | Scored():
            raise AssertionError("the planner gives genotype conditions to the genotype kernels")
        case _:
            assert_never(atom)


def _places(entries: Entries) -> npt.NDArray[np.uint32]:
    """The place of each entry's person in the block."""
    return entries.person - np.uint32(entries.scope.start)


def _answered(given: Records, window: Window, entries: Entries, relations: Relations) -> Counts:
    """How many of the answers each entry has in the window."""
    bounds = _bounds((window,), entries, within_observation=False)
    return _counted(given, bounds, entries, relations, by_end=window.edge is Edge.END, enough=1)


def _occurrences(atom: Occurs, entries: Entries, relations: Relations) -> Counts:
    """How many events, or how many different values of what is counted once, each entry has in its windows."""
    bounds = _bounds(atom.windows, entries, within_observation=atom.within_observation)
    by_end = any(window.edge is Edge.END for window in atom.windows)
    if isinstance(atom.events, Scan) and is_counted_in_place(atom):
        return counted_in_place(atom.events, bounds, entries, relations, by_end=by_end, enough=_enough(atom))
    if (counts := counted_fitting(atom, bounds, entries, relations, enough=_enough(atom))) is not None:
        return counts
    records = _records(atom, bounds, entries, relations)
    if atom.distinct is None and not atom.same_visit:
        return _counted(records, bounds, entries, relations, by_end=by_end, enough=_enough(atom))
    view, fields = View(records), relations.sources.fields
    visit = fields.visit_of(view) if atom.same_visit else None
    value = None if atom.distinct is None else _distinct(atom.distinct, view, fields)
    ordered = in_order(view, relations.scope, visit=visit, value=value)
    counts = np.zeros(entries.size, np.uint32)
    count_values(ordered, entries.offsets, bounds, entries.visit, atom.same_visit, atom.number + 1, counts)
    return counts


def _enough(atom: Occurs) -> int:
    """How many events decide the condition."""
    return max(1, atom.number if atom.operator is CountOperator.AT_LEAST else atom.number + 1)


def _records(atom: Occurs, bounds: Bounds, entries: Entries, relations: Relations) -> Records:
    """The events of the condition; where they are to be tested or put in order, those that no window holds may be
    missing."""
    people = relations.scope.people
    is_bounded = bool(atom.windows) or atom.within_observation
    if people is None or not is_bounded or not is_row_by_row(atom.events):
        return relations.records(atom.events)
    offsets = np.append(entries.offsets[:-1][people - np.uint32(relations.scope.start)], entries.size)
    days = DaysOfEach(np.empty(people.size, np.int32), np.empty(people.size, np.int32))
    span_entries(offsets, bounds.start_from, bounds.start_to, days.since, days.until)
    return relations.of(relations.scope.of(people, days)).records(atom.events)


def _counted(
    records: Records, bounds: Bounds, entries: Entries, relations: Relations, *, by_end: bool, enough: int
) -> Counts:
    """How many events each entry has in its windows, whichever way reads least; `enough` or more where so many are."""
    counts, base = np.zeros(entries.size, np.uint32), relations.scope.start
    people = (entries.people() if relations.scope.people is None else relations.scope.people).size
    runs = records.most_runs(people)
    if records.is_ordered and runs * entries.size <= _LOOKED_UP * records.size * people:
        count_runs(by_run(records).events, base, entries.offsets, bounds, by_end, counts)
    elif entries.size <= _FEW * people:
        count_events(records.events, base, entries.offsets, bounds, counts)
    elif by_end:
        ordered = in_order(View(records), relations.scope)
        count_values(ordered, entries.offsets, bounds, entries.visit, False, enough, counts)
    else:
        count_starts(in_order(View(records), relations.scope), entries.offsets, bounds, counts)
    return counts


def _distinct(distinct: Distinct, view: View, fields: FieldReader) -> Rows:
    """What is counted once of each event, as a number; `ABSENT` for none."""
    match distinct:
        case Distinct.DATES:
            return view.start.astype(np.int64)
        case Distinct.CONCEPTS:
            if view.table is None:
                return np.zeros(view.size, np.int64)
            return view.table.concept_at(view.rows).astype(np.int64)
        case Distinct.VISITS:
            return fields.visit_of(view)
        case Distinct.VISIT_DETAILS:
            return fields.visit_detail_of(view)
        case _:
            return fields.values(DISTINCT_FIELDS[distinct], view).keys()


def _bounds(windows: Sequence[Window], entries: Entries, *, within_observation: bool) -> Bounds:
    """The days between which events must start and end: all windows of an edge at once."""
    low, high = [_every(_EARLIEST, entries)] * 2, [_every(_LATEST, entries)] * 2
    if within_observation:
        low[0], high[0] = entries.observed_from, entries.observed_to
    for window in windows:
        edge = int(window.edge is Edge.END)
        if window.lower is not None:
            low[edge] = np.maximum(low[edge], _bound(window.lower, entries))
        if window.upper is not None:
            high[edge] = np.minimum(high[edge], _bound(window.upper, entries))
    return Bounds(frozen(low[0]), frozen(high[0]), frozen(low[1]), frozen(high[1]))


def _every(day: int, entries: Entries) -> Days:
    """A day that bounds nothing, for each of the entries."""
    return np.full(entries.size, day, np.int32)


def _bound(bound: Bound, entries: Entries) -> Days:
    match bound.anchor:
        case Anchor.START:
            return shifted(entries.start, bound.offset)
        case Anchor.END:
            return shifted(entries.end, bound.offset)
        case Anchor.OBSERVATION_START:
            return shifted(entries.observed_from, bound.offset)
        case Anchor.OBSERVATION_END:
            return shifted(entries.observed_to, bound.offset)
        case _:
            assert_never(bound.anchor)


def _count_holds(operator: CountOperator, wanted: int, number: Counts) -> npt.NDArray[np.bool_]:
    match operator:
        case CountOperator.AT_LEAST:
            return number >= wanted
        case CountOperator.AT_MOST:
            return number <= wanted
        case CountOperator.EXACTLY:
            return number == wanted
        case _:
            assert_never(operator)
