"""What a run of a plan comes to: rows of a cohort, and how far everybody got."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from engine.logical.nodes import Atom
from engine.physical.entries import Anchors, CohortResult, CohortRows, Days, EntryTable, Truth
from engine.physical.picking import Positions


def members(rows: CohortRows) -> CohortResult:
    """A result that says who is in the cohort, and nothing of its rules."""
    return CohortResult(
        rows=rows,
        progress=np.empty(0, np.int16),
        qualified=np.empty(0, np.uint32),
        passed=np.empty((0, 0), np.bool_),
    )


def table(anchors: Anchors, ends: Days, truth: Mapping[Atom, Truth]) -> EntryTable:
    """Entries with their last days and columns."""
    return EntryTable(person=anchors.person, start=anchors.start, end=ends, period=anchors.observed_from, truth=truth)


def kept_table(anchors: Anchors, kept: Positions, ends: Days) -> EntryTable:
    """The entries at the positions given, which ascend, with their last days; of the rest, nothing is copied that no
    cohort is made of."""
    chosen = slice(None) if kept.size == len(anchors) else kept
    return EntryTable(
        person=anchors.person[chosen],
        start=anchors.start[chosen],
        end=ends,
        period=anchors.observed_from[chosen],
        truth={},
    )


def furthest(person: npt.NDArray[np.uint32], steps: npt.NDArray[np.int16], persons: int) -> npt.NDArray[np.int16]:
    """The most steps of a person's entries, -1 without any; entries are in order of their people."""
    progress = np.full(persons, -1, np.int16)
    if steps.size:
        opens = np.flatnonzero(np.diff(person.astype(np.int64), prepend=-1))
        progress[person[opens]] = np.maximum.reduceat(steps, opens)
    return progress
