"""All events of some concepts as entries, merged from their runs: each lies in the index in order already, so that no
event need be tested, put together with others of its person, or looked up by its place afterwards."""

import numpy as np

from engine.catalog.event_index.tables import Runs, Stretches
from engine.kernels.merging import Entered, RunsOfEach, enter_runs
from engine.logical.nodes import Entry, EveryoneOn, Scan
from engine.targets.kernels.candidates import Candidates, Started
from engine.targets.kernels.durations import room_of
from engine.targets.kernels.predicates import parts_of, tested
from engine.targets.kernels.reach import decides, reach_of
from engine.targets.kernels.records import frozen, rows_of_stretches
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.scope import Scope, ordered_by_person


def merged(entry: Entry, relations: Relations) -> Started | None:
    """The index events of an entry that picks nothing, in order; absent where they are not those of runs, or where
    predicates ask for more than the person and the first day."""
    if isinstance(entry.events, EveryoneOn) or len(entry.events) > 1:
        return None
    scan, predicates = tested(entry.events[0])
    if not isinstance(scan, Scan) or not all(decides(part) for each in predicates for part in parts_of(each)):
        return None
    records = relations.of_runs(scan)
    if records is None or records.runs is None or records.table is None or records.table.runs is None:
        return None
    runs = _runs_of_each(records.table.runs, records.runs, relations.scope)
    reach = reach_of(entry, predicates, (), runs.people, relations.sources)
    room, periods, size = room_of(entry), relations.sources.periods, records.size
    out = _entered(size)
    used = enter_runs(runs, records.events, periods, room, reach.since, reach.until, out)
    if used > size:  # periods overlap
        out = _entered(used)
        enter_runs(runs, records.events, periods, room, reach.since, reach.until, out)
    chosen = Candidates(np.zeros(used, np.int32), out.row[:used], out.period[:used])
    return Started([records], chosen, out.person[:used], out.start[:used])


def _runs_of_each(held: Runs, stretches: Stretches, scope: Scope) -> RunsOfEach:
    """The runs of these stretches, those of a person together."""
    numbers = rows_of_stretches(*stretches)
    person = held.person[numbers]
    if (person[1:] < person[:-1]).any():
        order = ordered_by_person(person, scope)
        person, numbers = person[order], numbers[order]
    opens = np.flatnonzero(np.diff(person, prepend=np.uint32(scope.stop)))
    offsets = np.append(opens, person.size)
    return RunsOfEach(frozen(person[opens]), frozen(offsets), held.row[numbers], held.row[numbers + 1])


def _entered(size: int) -> Entered:
    return Entered(
        np.empty(size, np.uint32), np.empty(size, np.int32), np.empty(size, np.int64), np.empty(size, np.int64)
    )
