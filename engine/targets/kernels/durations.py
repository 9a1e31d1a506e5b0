"""Durations of the language as what kernels take: days, or months."""

import numpy as np

from cohort_dsl.ast import Duration, Edge, Moved, Unit
from engine.kernels.calendar import shift
from engine.kernels.events import Events, Room
from engine.kernels.groups import Days
from engine.logical.nodes import Entry
from engine.targets.kernels.records import frozen

_WORTH_LOOKING_UP = 4
"""Times each day between the first and the last has to come, on average, for all of them to be moved once."""


def in_days(offset: Duration) -> tuple[int, int]:
    """A signed duration as days and months, one of which is 0."""
    match offset.unit:
        case Unit.DAY:
            return offset.count, 0
        case Unit.WEEK:
            return 7 * offset.count, 0
        case Unit.MONTH:
            return 0, offset.count
        case Unit.YEAR:
            return 0, 12 * offset.count


def backwards(offset: Duration) -> Duration:
    """The same duration the other way."""
    return Duration(count=-offset.count, unit=offset.unit)


def room_of(entry: Entry) -> Room:
    """What an index event needs of its period."""
    return Room(*in_days(backwards(entry.observed_before)), *in_days(entry.observed_after))


def shifted(days: Days, offset: Duration) -> Days:
    """The days moved by a signed duration."""
    number, months = in_days(offset)
    if not months:
        return days if not number else days + np.int32(number)
    low, high = (int(days.min()), int(days.max())) if days.size else (0, 0)
    if high - low < days.size // _WORTH_LOOKING_UP:
        return shifted(np.arange(low, high + 1, dtype=np.int32), offset)[days - low]
    out = np.empty(days.size, np.int32)
    shift(frozen(days), number, months, out)
    return out


def moved(events: Events, day: Moved) -> Days:
    """A day of each of listed events, moved."""
    return shifted(events.start if day.edge is Edge.START else events.end, day.offset)
