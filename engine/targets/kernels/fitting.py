"""Events whose values fit, counted in the windows of entries where they lie: none is listed, and no value is read but
those in windows."""

import numpy as np
import numpy.typing as npt

from cohort_dsl.ast import Distinct, Edge
from engine.kernels.fitting import count_fitting, find_in_runs
from engine.kernels.windows import Bounds
from engine.logical.nodes import Occurs
from engine.targets.kernels.entries import Entries
from engine.targets.kernels.relations import Relations
from engine.targets.kernels.valued import valued_scan

Counts = npt.NDArray[np.uint32]

_FEW = 4
"""Looks of a person's entries, each at the runs of a concept, above which it is better to test each row once: on
average, since entries are walked through once a concept."""


def counted_fitting(
    atom: Occurs, bounds: Bounds, entries: Entries, relations: Relations, *, enough: int
) -> Counts | None:
    """How many events each entry has between its bounds, or on how many dates, `enough` where there are so many or
    more; absent where they are better listed."""
    index, scope, is_once_a_day = relations.sources.index, relations.scope, atom.distinct is Distinct.DATES
    events = valued_scan(atom.events, index) if _is_counted_by_rows(atom) else None
    if events is None:
        return None
    first, last = events.own_runs(index, scope)
    people = entries.people() if scope.people is None else scope.people
    if entries.size * first.size > _FEW * people.size:
        return None
    if is_once_a_day and first.size > 1:  # a date may be in the runs of several concepts
        return None
    start, runs, (one, other) = events.table.columns["start"].stored, events.runs, events.tests
    counts = np.zeros(entries.size, np.uint32)
    low, high = np.empty(entries.size, np.int64), np.empty(entries.size, np.int64)
    for own, after in zip(first.tolist(), last.tolist(), strict=True):
        find_in_runs(start, runs, own, after, entries.person, bounds, low, high)
        count_fitting(start, low, high, one, other, is_once_a_day, enough, counts)
    return counts


def _is_counted_by_rows(atom: Occurs) -> bool:
    """Whether each event counts, or each day, and where it starts is all that windows ask."""
    by_start = all(window.edge is Edge.START for window in atom.windows)
    return by_start and not atom.same_visit and atom.distinct in (None, Distinct.DATES)
