"""The columns of some events, read when a predicate or a field asks for them."""

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.catalog.event_index import Column, EventTable
from engine.kernels.events import Events
from engine.kernels.groups import Days
from engine.kernels.ranges import People, Rows
from engine.targets.kernels.records import Mask, Records, frozen, places_of, whole
from schemas.omop import Domain

Array = npt.NDArray[Any]

_LONG = 1024
"""Rows of a stretch, on average, from which stretches are copied one by one and not row by row."""


class View:
    """Columns over the events of a relation, one after another; or over some of them, at the places given."""

    def __init__(self, records: Records, places: Rows | None = None) -> None:
        self._records = records
        self._events = records.events
        self._given = places
        self.table: EventTable | None = records.table
        self.domain: Domain | None = records.domain
        self.size: int = records.size if places is None else places.size

    @cached_property
    def person(self) -> People:
        return self._own(self._events.person)

    @cached_property
    def start(self) -> Days:
        return self._own(self._events.start)

    @cached_property
    def end(self) -> Days:
        """The last days."""
        end = self._own(self._events.end)
        return frozen(end + np.int32(self._events.lasting)) if self._events.lasting else end

    @cached_property
    def key(self) -> Rows:
        return self._own(self._events.key)

    @cached_property
    def rows(self) -> Rows:
        """The row of the table of each event."""
        places, rows = self._places, self._records.rows
        return places if rows is None else rows[places]

    def stored(self, column: Column) -> Array:
        """What a column of the table holds for the events, compared with its checksums."""
        if self._records.span is not None:
            column.check(self._records.span)
        return self._own(column.stored) if self._records.rows is None else column.stored[self.rows]

    def compact(self) -> Records:
        """The events, compact."""
        if self._records.is_compact and self._given is None:
            return self._records
        return self._taken(self._places, self._events.first, self._events.last)

    def taken(self, chosen: Mask) -> Records:
        """The events chosen, compact; those of a stretch stay together."""
        positions = np.flatnonzero(chosen)
        return self._taken(self._at(positions), *self._stretches(positions))

    def at(self, places: Rows) -> Records:
        """The events at these rows of the columns, compact, as one stretch."""
        return self._made(places, np.zeros(1, np.int64), np.full(1, places.size), is_ordered=False)

    @cached_property
    def _places(self) -> Rows:
        """Where the events lie in the columns."""
        if self._given is not None:
            return self._given
        return np.arange(self.size) if self._records.is_compact else places_of(self._events)

    @property
    def _is_slice(self) -> bool:
        return self._given is None and self._events.first.size == 1

    def _own(self, column: Array) -> Array:
        """A column of the events over those that are meant."""
        first, last = self._events.first, self._events.last
        if self._given is None and self._records.is_compact:
            return column
        if self._is_slice:
            return column[first[0] : last[0]]
        if self._given is not None or self.size <= _LONG * first.size:
            return frozen(column[self._places])
        stretches = zip(first.tolist(), last.tolist(), strict=True)
        return frozen(np.concatenate([column[low:high] for low, high in stretches]))

    def _at(self, positions: Rows) -> Rows:
        """Where the events at these positions lie in the columns."""
        if self._given is None and self._records.is_compact:
            return positions
        if self._is_slice:
            return positions + self._events.first[0]
        return self._places[positions]

    def _stretches(self, positions: Rows) -> tuple[Rows, Rows]:
        """The stretches that are left of those of the events."""
        ends = np.searchsorted(positions, np.cumsum(self._events.last - self._events.first))
        starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
        kept = starts < ends
        return starts[kept], ends[kept]

    def _taken(self, places: Rows, first: Rows, last: Rows) -> Records:
        lengths = np.cumsum(last - first)
        made = self._made(places, lengths - (last - first), lengths, is_ordered=self._records.is_ordered)
        return replace(made, is_by_run=self._records.is_by_run)

    def _made(self, places: Rows, first: Rows, last: Rows, *, is_ordered: bool) -> Records:
        events, held = self._events, self._records
        start = events.start[places]
        end = start if events.end is events.start else events.end[places]
        end = end + np.int32(events.lasting) if events.lasting else end
        sort_day = None if events.sort_day is events.start else events.sort_day[places]
        made: Events = whole(events.person[places], start, end, events.key[places], sort_day=sort_day)
        rows = None if held.table is None else places if held.rows is None else held.rows[places]
        made = made._replace(first=first, last=last)
        return Records(made, held.table, held.domain, rows, is_ordered=is_ordered, span=held.span)
