"""Events of one relation and one block of people, as columns."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.catalog.event_index import EventTable
from engine.catalog.event_index.tables import Stretches
from engine.kernels.events import Events
from engine.kernels.groups import Days
from engine.kernels.ranges import People, Rows, list_rows
from engine.kernels.windows import ABSENT
from engine.targets.kernels.deferred import Deferred
from schemas.omop import Domain

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Records:
    """Events as the kernels take them, and where they come from.

    `table` and `domain` are absent where events are no record: eras, gaps, answers, entries of a cohort. The columns of
    `events` are those of a whole table, unless there are `rows`, which say of which row of it each is. *Compact*
    columns hold these events and no others, each to its last day. When `is_ordered`, events of a stretch are in order
    of person and first day, and of key where they are a table's. With `ends` the column `end` holds nothing yet: it is
    read there, a column of the table. All rows of the table that matter lie in the stretches
    of `span`. With `runs` the events are those of these stretches of the table's runs; when `is_by_run` each stretch
    holds events of one person.
    """

    events: Events
    table: EventTable | None = None
    domain: Domain | None = None
    rows: Rows | Deferred | None = None
    ends: Days | None = None
    is_compact: bool = True
    is_ordered: bool = False
    span: Stretches | None = None
    runs: Stretches | None = None
    is_by_run: bool = False

    @property
    def size(self) -> int:
        """How many events there are."""
        return int((self.events.last - self.events.first).sum())

    def alone(self, rows: Rows) -> "Records":
        """Of events that are rows of a table these, each a stretch of its own."""
        return replace(self, events=self.events._replace(first=rows, last=rows + 1), runs=None, is_by_run=True)

    def most_runs(self, people: int) -> int:
        """How many runs of events of one person there may be at most, where the events are of so many people."""
        if self.is_by_run:
            return self.events.first.size
        if self.runs is not None:
            return int((self.runs[1] - self.runs[0]).sum())
        return min(self.size, people * self.events.first.size)

    def respanned(self, start: Days, end: Days, *, sort_day: Days | None = None) -> "Records":
        """Compact events with other first and last days; sorted by the new first day, or the one given."""
        changed = self.events._replace(
            start=frozen(start), end=frozen(end), sort_day=frozen(start if sort_day is None else sort_day)
        )
        return Records(changed, self.table, self.domain, self.rows, span=self.span)


def by_run(records: Records) -> Records:
    """The same events, one stretch a run, where they are those of runs."""
    if records.is_by_run or records.runs is None or records.table is None or records.table.runs is None:
        return records
    row = records.table.runs.row
    stretches = list(zip(*(edge.tolist() for edge in records.runs), strict=True))
    nothing = np.zeros(0, np.int64)
    first = np.concatenate([nothing, *(row[low:high] for low, high in stretches)])
    last = np.concatenate([nothing, *(row[low + 1 : high + 1] for low, high in stretches)])
    return replace(records, events=records.events._replace(first=first, last=last), runs=None, is_by_run=True)


def outermost(records: Records, from_end: bool) -> Events:
    """Of the events those among which the first of each person is, or the last with `from_end`."""
    events = records.events
    if not (records.is_by_run and records.is_ordered and records.table is not None):
        return events
    return events._replace(first=events.last - 1) if from_end else events._replace(last=events.first + 1)


def places_of(events: Events) -> Rows:
    """The rows of the stretches, in their order."""
    return rows_of_stretches(events.first, events.last)


def rows_of_stretches(first: Rows, last: Rows) -> Rows:
    """All rows from `first[i]` to before `last[i]`, in this order."""
    rows = np.empty(int((last - first).sum()), np.int64)
    list_rows(first, last, rows)
    return rows


def whole(person: People, start: Days, end: Days, key: Rows, *, sort_day: Days | None = None) -> Events:
    """Events that are all rows of the columns given."""
    first, last = np.zeros(1, np.int64), np.full(1, person.size, np.int64)
    start = frozen(start)
    days = start if sort_day is None else frozen(sort_day)
    return Events(first, last, frozen(person), start, frozen(end), 0, days, frozen(key))


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array, read-only as mapped files are: kernels are compiled for such once."""
    array.flags.writeable = False
    return array


def numbers_of_each(person: People) -> Rows:
    """Numbers from 1 for the rows of each person, whose rows lie together."""
    opens = np.flatnonzero(np.diff(person.astype(np.int64), prepend=-1))
    lengths = np.diff(opens, append=person.size)
    return np.arange(1, person.size + 1) - np.repeat(opens, lengths)


def absent(number: int) -> Rows:
    """As many values that there are not."""
    return np.full(number, ABSENT)
