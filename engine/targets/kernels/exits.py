"""Where entries end."""

import numpy as np

from cohort_dsl.ast import Edge
from engine.kernels.windows import earliest_end, earliest_start
from engine.logical.nodes import ExitPlan, ExposurePlan
from engine.physical.entries import Days
from engine.targets.kernels.durations import shifted
from engine.targets.kernels.entries import Entries
from engine.targets.kernels.records import Records
from engine.targets.kernels.relations import Relations

_NEVER = np.int32(np.iinfo(np.int32).max)


def last_days(exit: ExitPlan, entries: Entries, relations: Relations) -> Days:
    """The last day of each entry; the day before its start where it has none."""
    last = _planned(exit, entries)
    if not exit.reads_events:
        return np.where(last < entries.start, entries.start - 1, last)
    last = np.where(last < entries.start, _NEVER, last)
    base = relations.scope.start
    for censor in exit.censors:
        events = relations.records(censor).events
        earliest_start(events, base, entries.offsets, entries.start, entries.observed_to, last)
    if exit.exposure is not None:
        earliest_end(_exposure(exit.exposure, relations).events, base, entries.offsets, entries.start, last)
    return np.where(last == _NEVER, entries.start - 1, last).astype(np.int32)


def _planned(exit: ExitPlan, entries: Entries) -> Days:
    """The index event's edge moved by the offset, not later than the end of the observation period."""
    if exit.offset is None:
        return entries.observed_to
    anchor = entries.start if exit.anchor is Edge.START else entries.end
    return np.minimum(shifted(anchor, exit.offset), entries.observed_to)


def _exposure(exposure: ExposurePlan, relations: Relations) -> Records:
    """The eras of exposure, with the days they last longer."""
    eras = relations.eras(exposure.exposures, gap_days=exposure.gap_days + exposure.offset_days)
    return eras.respanned(eras.events.start, eras.events.end + np.int32(exposure.offset_days))
