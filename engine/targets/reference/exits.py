"""When an entry ends."""

import datetime

from cohort_dsl.ast import Edge
from engine.logical.nodes import ExitPlan, ExposurePlan
from engine.targets.reference.calendar import shifted
from engine.targets.reference.events import EntryRow, EventReader
from engine.targets.reference.spans import eras


def exit_day(plan: ExitPlan, entry: EntryRow, events: EventReader) -> datetime.date | None:
    """The entry's last day; absent where it has no day in the cohort."""
    ends = [_planned(plan, entry)]
    if plan.exposure is not None:
        ends.extend(_exposure_ends(plan.exposure, entry, events))
    for censor in plan.censors:
        starts = (event.start for event in events.events(censor, entry.person))
        ends.extend(start for start in starts if start <= entry.observed_to)
    return min((end for end in ends if end >= entry.start), default=None)


def _planned(plan: ExitPlan, entry: EntryRow) -> datetime.date:
    """The index event's edge moved by the offset, not later than the end of the observation period."""
    if plan.offset is None:
        return entry.observed_to
    anchor = entry.start if plan.anchor is Edge.START else entry.end
    return min(shifted(anchor, plan.offset), entry.observed_to)


def _exposure_ends(plan: ExposurePlan, entry: EntryRow, events: EventReader) -> list[datetime.date]:
    """The end of the era the entry starts in, if it starts in one."""
    exposures = [event for source in plan.exposures for event in events.events(source, entry.person)]
    lasting = datetime.timedelta(days=plan.offset_days)
    joined = eras(exposures, plan.gap_days + plan.offset_days)
    return [last + lasting for first, last in joined if first <= entry.start <= last + lasting]
