"""Events of a scan found person by person, where few people and few days of many concepts matter."""

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.catalog.event_index import EventTable
from engine.catalog.event_index.tables import Stretches
from engine.kernels.events import Events
from engine.kernels.lines import clip_days
from engine.kernels.ranges import Rows
from engine.kernels.timelines import Found, Lines, take_lines
from engine.logical.nodes import Scan
from engine.targets.kernels.records import Records, frozen
from engine.targets.kernels.scope import Scope
from schemas.omop import Domain

_MANY = 4
"""Concepts from which it is better to look a person's days up once than once a concept."""
_SHARE = 4
"""Of the rows of a person one in so many must be of the concepts, or too many others are passed over."""
KEYED = (Domain.VISIT, Domain.VISIT_DETAIL)
"""Domains whose keys conditions read."""


def are_timelines_better(table: EventTable, runs: Stretches, span: Stretches, scope: Scope) -> bool:
    """Whether the events of these runs, which are those of the block, are found sooner in the timelines."""
    return scope.people is not None and scope.days is not None and are_many(table, runs, span, scope)


def are_many(table: EventTable, runs: Stretches, span: Stretches, scope: Scope) -> bool:
    """Whether the events of these runs of the block are of many concepts, and a good part of the table's."""
    if table.timelines is None or runs[0].size < _MANY:
        return False
    lines, rows = table.timelines.offsets, int((span[1] - span[0]).sum())
    return bool(rows * _SHARE >= lines[scope.stop] - lines[scope.start])


def lines_of(table: EventTable, scope: Scope) -> Lines:
    """The timelines of the block, compared with their checksums."""
    held = table.timelines
    assert held is not None, "the caller asked whether there are timelines"
    held.check(scope.start, scope.stop)
    return Lines(held.offsets, held.start, held.concept, held.row)


def timeline_records(table: EventTable, scan: Scan, scope: Scope, span: Stretches) -> Records:
    """The events of the people of the scope that start on days that matter, in order of person and first day.

    They are for conditions, which compare no keys: the key of an event that is no visit is its row.
    """
    people, days, lines = scope.people, scope.days, lines_of(table, scope)
    assert people is not None, "of some people"
    assert days is not None, "on some days"
    first, last = np.empty(people.size, np.int64), np.empty(people.size, np.int64)
    own = people.astype(np.int64)
    clip_days(lines.start, lines.offsets[own], lines.offsets[own + 1], days.since, days.until, first, last)
    most = int((last - first).sum())
    found = Found(np.empty(most, np.uint32), np.empty(most, np.int32), np.empty(most, np.int64))
    ends = np.empty(people.size, np.int64)
    take_lines(lines, people, first, last, table.has(scan.concepts), ends, found)
    used = int(ends[-1]) if ends.size else 0
    person, start, row = (frozen(column[:used]) for column in found)
    stretches = np.concatenate([np.zeros(1, np.int64), ends[:-1]]), ends
    key = _stored(table, "event_id", row, span) if scan.domain in KEYED else row
    end = _stored(table, "end", row, span) if "end" in table.columns else frozen(start + np.int32(1))
    events = Events(*stretches, person, start, end, 0, start, key)
    return Records(events, table, scan.domain, row, is_ordered=True, span=span, is_by_run=True)


def _stored(table: EventTable, name: str, row: Rows, span: Stretches) -> npt.NDArray[Any]:
    column = table.columns[name]
    column.check(span)
    return frozen(column.stored[row])
