"""From the entries kept to the rows of a cohort: near ones joined, cut to the study period."""

import datetime
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from engine.kernels.joining import Entries, Joined, join_entries
from engine.logical.nodes import CohortPlan, StudyDays
from engine.physical.entries import CohortRows, EntryTable

Number = TypeVar("Number", bound=np.generic)

_EPOCH = datetime.date(1970, 1, 1)


def collapse(table: EntryTable, cohort: CohortPlan) -> CohortRows:
    """Entries of a person that are near enough joined into one and cut to the study period, so that nobody is in the
    cohort twice on a day."""
    entries = Entries(_held(table.person), _held(table.start), _held(table.end), _held(table.period))
    size = len(table)
    rows = Joined(np.empty(size, np.uint32), np.empty(size, np.int32), np.empty(size, np.int32))
    # Only joining over a gap crosses from one period to the next: entries that share a day are joined whichever period
    # each started in.
    used = join_entries(entries, cohort.join_days, cohort.across_periods, rows)
    if used < size:  # without the room for more
        rows = Joined(rows.person[:used].copy(), rows.start[:used].copy(), rows.end[:used].copy())
    return _cut(rows, cohort.study)


def _held(column: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """The column as kernels are compiled for it: not to be written to."""
    held = column.view()
    held.flags.writeable = False
    return held


def _cut(rows: Joined, study: StudyDays | None) -> CohortRows:
    person, start, end = rows
    if study is not None and study.first is not None:
        start = np.maximum(start, np.int32((study.first - _EPOCH).days))
    if study is not None and study.last is not None:
        end = np.minimum(end, np.int32((study.last - _EPOCH).days))
    if study is None:
        return CohortRows(person=person, start=start, end=end)
    inside = start <= end
    return CohortRows(person=person[inside], start=start[inside], end=end[inside])
