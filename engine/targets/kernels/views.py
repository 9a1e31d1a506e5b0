"""The columns of some events, read when a predicate or a field asks for them."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.cached import cached_property
from engine.catalog.event_index import Column, EventTable
from engine.catalog.event_index.tables import Stretches
from engine.kernels.events import Events
from engine.kernels.groups import Days
from engine.kernels.ranges import People, Rows, keep_true
from engine.physical.entries import TRUE, Truth
from engine.targets.kernels.deferred import now, taken
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

    @cached_property
    def size(self) -> int:
        """How many events there are."""
        return self._records.size if self._given is None else self._given.size

    @cached_property
    def person(self) -> People:
        return self._own(self._events.person)

    @cached_property
    def start(self) -> Days:
        return self._own(self._events.start)

    @cached_property
    def end(self) -> Days:
        """The last days."""
        if self._records.ends is not None:
            return frozen(self._records.ends[self.rows])
        end = self._own(self._events.end)
        return frozen(end + np.int32(self._events.lasting)) if self._events.lasting else end

    @cached_property
    def key(self) -> Rows:
        return self._own(self._events.key)

    @cached_property
    def rows(self) -> Rows:
        """The row of the table of each event."""
        rows = self._records.rows
        if rows is None:
            return self._places
        is_whole = self._records.is_compact and self._given is None
        return now(rows if is_whole else taken(rows, self._places))

    def stored(self, column: Column) -> Array:
        """What a column of the table holds for the events, compared with its checksums."""
        self._check(column)
        return self._own(column.stored) if self._records.rows is None else column.stored[self.rows]

    def located(self, column: Column) -> tuple[Array, Stretches]:
        """A column of the table, compared with its checksums, and the stretches of its rows that are the events."""
        if self._given is None and self._records.rows is None:
            self._check(column)
            return column.stored, (self._events.first, self._events.last)
        own = self.stored(column)
        return own, (np.zeros(1, np.int64), np.full(1, own.size))

    def compact(self) -> Records:
        """The events, compact."""
        if self._records.is_compact and self._given is None:
            return self._records
        lengths = np.cumsum(self._events.last - self._events.first)
        first = lengths - (self._events.last - self._events.first)
        made = self._made(self._places, first, lengths, is_ordered=self._records.is_ordered)
        return replace(made, is_by_run=self._records.is_by_run)

    def taken(self, chosen: Truth | Mask) -> Records:
        """The events for which this is true, as stretches of the same columns."""
        truth = chosen.view(np.int8)
        most = int(np.count_nonzero(truth == TRUE)) + 1
        first, last = np.empty(most, np.int64), np.empty(most, np.int64)
        used = keep_true(truth, self._events.first, self._events.last, first, last)
        events = self._events._replace(first=first[:used], last=last[:used])
        return replace(self._records, events=events, is_compact=False, runs=None)

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

    def _check(self, column: Column) -> None:
        if self._records.span is not None:
            column.check(self._records.span)

    def _made(self, places: Rows, first: Rows, last: Rows, *, is_ordered: bool) -> Records:
        events, held = self._events, self._records
        start = events.start[places]
        end = start if events.end is events.start else events.end[places]
        end = end + np.int32(events.lasting) if events.lasting else end
        sort_day = None if events.sort_day is events.start else events.sort_day[places]
        made: Events = whole(events.person[places], start, end, events.key[places], sort_day=sort_day)
        rows = None if held.table is None else places if held.rows is None else taken(held.rows, places)
        made = made._replace(first=first, last=last)
        return Records(made, held.table, held.domain, rows, held.ends, is_ordered=is_ordered, span=held.span)
