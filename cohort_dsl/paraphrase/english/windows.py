"""Windows of time in English."""

from typing import assert_never

from cohort_dsl.ast import Bound, Duration, Edge, Unit, Window
from cohort_dsl.paraphrase.english.values import duration
from cohort_dsl.paraphrase.english.words import ANCHOR, EVENT
from cohort_dsl.paraphrase.timing import (
    AnyTime,
    Around,
    Containing,
    During,
    Meeting,
    MetBy,
    Near,
    Overlapping,
    Since,
    Through,
    Timing,
    Until,
    extent,
    timings,
)
from cohort_dsl.words import Subject


def windows_words(windows: tuple[Window, ...], subject: Subject) -> str:
    """`in the 365 days before the index date or on it`; several are joined by `and`."""
    found = timings(windows)
    return " and ".join(_timing(each, subject, is_alone=len(found) == 1) for each in found)


def window_words(window: Window, subject: Subject) -> str:
    """One window; an event that lasts has to start in it, or to end in it where it says so."""
    return _timing(window, subject, is_alone=True)


def _timing(timing: Timing, subject: Subject, *, is_alone: bool) -> str:
    event = EVENT[subject]
    match timing:
        case Overlapping():
            return f"overlapping {event} in time"
        case During():
            return f"during {event}"
        case Containing():
            return f"lasting through all of {event}"
        case Meeting():
            return f"ending on the day before {event} starts"
        case MetBy():
            return f"starting on the day after {event} ends"
        case Near(gap=gap):
            return f"with at most {duration(gap)} between it and {event}"
        case Window(edge=Edge.END):
            return f"ending {_extent(timing, subject)}"
        case Window():
            return _extent(timing, subject) if is_alone else f"starting {_extent(timing, subject)}"
        case _:
            assert_never(timing)


def _extent(window: Window, subject: Subject) -> str:
    found = extent(window)
    match found:
        case AnyTime():
            return "at any time"
        case Around():
            return _around(found, ANCHOR[subject][found.anchor])
        case Until(last=Bound(offset=offset, anchor=anchor)) if offset.count == 0:
            return f"on or before {ANCHOR[subject][anchor]}"
        case Until(last=Bound(offset=Duration(count=-1, unit=Unit.DAY), anchor=anchor)):
            return f"before {ANCHOR[subject][anchor]}"
        case Until(last=last):
            return f"no later than {_bound(last, subject)}"
        case Since(first=Bound(offset=offset, anchor=anchor)) if offset.count == 0:
            return f"on or after {ANCHOR[subject][anchor]}"
        case Since(first=Bound(offset=Duration(count=1, unit=Unit.DAY), anchor=anchor)):
            return f"after {ANCHOR[subject][anchor]}"
        case Since(first=first):
            return f"no earlier than {_bound(first, subject)}"
        case Through(first=first, last=last) if first == last:
            return f"exactly {_bound(first, subject)}"
        case Through(first=first, last=last):
            return f"from {_bound(first, subject)} to {_bound(last, subject)}"
        case _:
            assert_never(found)


def _around(around: Around, anchor: str) -> str:
    before, after = around.before, around.after
    if before.count == after.count == 0:
        return f"on {_day_of(anchor)}"
    if after.count == 0:
        return f"in the {_span(before)} before {anchor} or on it"
    if before.count == 0:
        return f"on {_day_of(anchor)} or in the {_span(after)} after it"
    if before == after:
        return f"within {duration(after)} before or after {anchor}"
    return f"from {duration(before)} before to {duration(after)} after {anchor}"


def _bound(bound: Bound, subject: Subject) -> str:
    anchor = ANCHOR[subject][bound.anchor]
    if bound.offset.count == 0:
        return anchor
    return f"{duration(bound.offset)} {'before' if bound.offset.count < 0 else 'after'} {anchor}"


def _day_of(anchor: str) -> str:
    """`the index date`, `the day of that event`."""
    return anchor if anchor.endswith("date") else f"the day of {anchor}"


def _span(length: Duration) -> str:
    """`30 days`, `year`: what follows `in the`."""
    return length.unit.value if length.count == 1 else duration(length)
