"""From entries that passed to the rows of a cohort: which are kept, near ones joined, cut to the study period."""

import datetime
from typing import assert_never

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Keep, Pick
from engine.logical.nodes import CohortPlan, StudyDays
from engine.physical.entries import CohortRows, EntryTable

Positions = npt.NDArray[np.intp]

PICK_OF = {Keep.ALL: Pick.ALL, Keep.FIRST: Pick.EARLIEST, Keep.LAST: Pick.LATEST}
_EPOCH = datetime.date(1970, 1, 1)


def pick(person: npt.NDArray[np.uint32], start: npt.NDArray[np.int32], chosen: Positions, which: Pick) -> Positions:
    """Of the positions chosen, in table order: all, each person's first, or each person's first on the latest day."""
    people = person[chosen].astype(np.int64)
    match which:
        case Pick.ALL:
            return chosen
        case Pick.EARLIEST:
            return chosen[np.diff(people, prepend=-1) != 0]
        case Pick.LATEST:
            opens = (np.diff(people, prepend=-1) != 0) | (np.diff(start[chosen], prepend=0) != 0)
            days = chosen[opens]  # the first entry of each person and day
            return days[np.diff(person[days].astype(np.int64), append=-1) != 0]
        case _:
            assert_never(which)


def collapse(table: EntryTable, cohort: CohortPlan) -> CohortRows:
    """Entries of a person that are near enough joined into one and cut to the study period, so that nobody is in the
    cohort twice on a day."""
    table = table.take(np.flatnonzero(table.end >= table.start))
    person, start, end = table.person, table.start, table.end
    if not len(table):
        return CohortRows(person=person, start=start, end=end)
    # A running maximum that restarts at each person: shift each person's days into a range of its own.
    offset = person.astype(np.int64) << 32
    reach = np.maximum.accumulate(offset + end) - offset
    opens = np.ones(len(table), np.bool_)
    opens[1:] = (person[1:] != person[:-1]) | (start[1:] > reach[:-1] + cohort.join_days)
    if not cohort.across_periods:
        # Observation periods of a person do not overlap, so only joining over a gap can cross from one to the next.
        opens[1:] |= (table.period[1:] != table.period[:-1]) & (start[1:] > reach[:-1])
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(table)) - 1
    return _cut(person[first], start[first], reach[last].astype(np.int32), cohort.study)


def _cut(
    person: npt.NDArray[np.uint32],
    start: npt.NDArray[np.int32],
    end: npt.NDArray[np.int32],
    study: StudyDays | None,
) -> CohortRows:
    if study is not None and study.first is not None:
        start = np.maximum(start, np.int32((study.first - _EPOCH).days))
    if study is not None and study.last is not None:
        end = np.minimum(end, np.int32((study.last - _EPOCH).days))
    inside = start <= end
    return CohortRows(person=person[inside], start=start[inside], end=end[inside])
