"""Which people a part of a plan is computed for: a block of the person axis, or some people of it."""

from dataclasses import dataclass

import numpy as np

from engine.catalog.event_index.tables import Runs, Stretches
from engine.kernels.events import Runs as RunColumns
from engine.kernels.groups import (
    Days,
    are_in_order,
    group,
    order_by_digit,
    place_each,
    sort_each,
    sort_groups,
)
from engine.kernels.ranges import People, Rows, narrow, seek
from engine.kernels.timelines import clip_runs
from engine.targets.kernels.records import frozen

_DIGIT_BITS = 10
"""Bits of a person's number by which few rows are put in order at a time: a look at every person takes longer."""
_DENSE = 4
"""People for each row up to which it does not."""
_PROBES = 8
"""Rows that finding one person takes as long as reading, about."""
_RUN_PROBES = 2
"""The same, where people are found in the runs of a table."""


@dataclass(frozen=True, slots=True)
class DaysOfEach:
    """For each person of a scope the first and the last day on which an event that matters may start."""

    since: Days
    until: Days


@dataclass(frozen=True, slots=True)
class Scope:
    """People `start` to before `stop`; with `people` (ascending) only theirs are needed, and where `is_strict` no other
    events may be found. With `days` only events are needed that start then."""

    start: int
    stop: int
    people: People | None = None
    is_strict: bool = False
    days: DaysOfEach | None = None

    @property
    def size(self) -> int:
        """How many people the block has."""
        return self.stop - self.start

    def of(self, people: People, days: DaysOfEach | None = None) -> "Scope":
        """The same block, where events of these people (and days) only are needed."""
        return Scope(self.start, self.stop, people, days=days)

    def narrowed(self, person: People, stretches: Stretches) -> Stretches:
        """The rows of the block, of stretches in which people ascend."""
        first, last = stretches
        out_first, out_last = np.empty(first.size, np.int64), np.empty(first.size, np.int64)
        used = narrow(person, first, last, self.start, self.stop, out_first, out_last)
        return out_first[:used], out_last[:used]

    def theirs(self, person: People, stretches: Stretches) -> Stretches:
        """Of rows of the block those of the people, or all where finding theirs would take longer than reading all."""
        first, last = stretches
        rows = int((last - first).sum())
        if self.people is None or (not self.is_strict and self.people.size * first.size * _PROBES > rows):
            return stretches
        most = min(self.people.size * first.size, rows)
        out_first, out_last = np.empty(most, np.int64), np.empty(most, np.int64)
        used = seek(person, first, last, self.people, out_first, out_last)
        return out_first[:used], out_last[:used]

    def runs_of_theirs(self, runs: Runs, stretches: Stretches, rows: int) -> Rows | None:
        """Of stretches of runs with so many rows those of the people; absent where reading all is as good."""
        first, last = stretches
        if self.people is None or (not self.is_strict and self.people.size * first.size * _RUN_PROBES > rows):
            return None
        most = min(self.people.size * first.size, int((last - first).sum()))
        found, after = np.empty(most, np.int64), np.empty(most, np.int64)
        return found[: seek(runs.person, first, last, self.people, found, after)]

    def clipped(self, runs: Runs, own: Rows, start: Days) -> Stretches:
        """The rows of runs, of each person those that start on days that matter."""
        if self.days is None or self.people is None:
            return runs.row[own], runs.row[own + 1]
        since, until = np.empty(self.size, np.int32), np.empty(self.size, np.int32)
        at = self.people - np.uint32(self.start)
        since[at], until[at] = self.days.since, self.days.until
        first, last = np.empty(own.size, np.int64), np.empty(own.size, np.int64)
        columns = RunColumns(runs.person, runs.start, runs.row)
        used = clip_runs(columns, own, start, self.start, since, until, first, last)
        return first[:used], last[:used]


def grouped_by_day(owner: People, day: Days, key: Rows, scope: Scope) -> tuple[Rows, Rows]:
    """Where the rows of each person of the block begin, and the rows in order of person, day and key."""
    if are_in_order(frozen(owner), frozen(day), frozen(key)):
        return _offsets(owner, scope), np.arange(owner.size)
    rows = ordered_by_day(owner, day, key, scope)
    return _offsets(owner[rows], scope), rows


def ordered_by_day(owner: People, day: Days, key: Rows, scope: Scope) -> Rows:
    """The rows in order of person, day and key."""
    if _are_many(owner, scope):
        offsets, rows = _grouped(owner, scope)
        sort_groups(offsets, rows, frozen(day), frozen(key))
        return rows
    rows = _ordered_by_digits(owner, scope)
    sort_each(frozen(owner), frozen(day), frozen(key), rows)
    return rows


def ordered_by_person(owner: People, scope: Scope) -> Rows:
    """The rows in order of person, those of a person in their order."""
    return _grouped(owner, scope)[1] if _are_many(owner, scope) else _ordered_by_digits(owner, scope)


def _are_many(owner: People, scope: Scope) -> bool:
    """Whether so many rows are to be put in order that a look at every person is not much beside that."""
    return owner.size * _DENSE > scope.size


def _grouped(owner: People, scope: Scope) -> tuple[Rows, Rows]:
    """Where the rows of each person of the block begin, and the rows in order of person."""
    offsets, rows = np.empty(scope.size + 1, np.int64), np.empty(owner.size, np.int64)
    group(frozen(owner), scope.start, offsets, rows)
    return offsets, rows


def _ordered_by_digits(owner: People, scope: Scope) -> Rows:
    """The rows in order of person, without a look at every person."""
    order, rows, counts = np.arange(owner.size), np.empty(owner.size, np.int64), np.empty(1 << _DIGIT_BITS, np.int64)
    for shift in range(0, scope.size.bit_length(), _DIGIT_BITS):
        order_by_digit(frozen(owner), scope.start, shift, order, counts, rows)
        order, rows = rows, order
    return order


def _offsets(owner: People, scope: Scope) -> Rows:
    """Where the rows of each person of the block begin, of rows whose people ascend."""
    offsets = np.empty(scope.size + 1, np.int64)
    place_each(frozen(owner), scope.start, offsets)
    return offsets
