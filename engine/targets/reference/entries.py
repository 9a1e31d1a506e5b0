"""Which entries a person has, in their order, and which of them are picked."""

from collections.abc import Sequence

from cohort_dsl.ast import Pick
from engine.logical.nodes import Entry, EveryoneOn
from engine.targets.reference.calendar import backwards, shifted
from engine.targets.reference.data import Period
from engine.targets.reference.events import EntryRow, EventReader, entry_row
from engine.targets.reference.fields import Event


def entries_of(entry: Entry, events: EventReader, person: int, periods: Sequence[Period]) -> list[EntryRow]:
    """The person's entries, picked, in order: start, event key, place of the relation, end, start of the period."""
    found = [
        (event.start, event.key, place, event.end, period, event)
        for place, index_events in enumerate(_index_events(entry, events, person, periods))
        for event in index_events
        for period in periods
        if _is_observed(entry, event, period)
    ]
    ordered = sorted(found, key=lambda candidate: candidate[:-1])
    return picked([entry_row(event, *period) for *_, period, event in ordered], entry.pick)


def picked(entries: list[EntryRow], pick: Pick) -> list[EntryRow]:
    """Of one person's entries in order: all, the first, or the first of those on the latest day."""
    match pick:
        case Pick.ALL:
            return entries
        case Pick.EARLIEST:
            return entries[:1]
        case Pick.LATEST:
            return [entry for entry in entries if entry.start == entries[-1].start][:1]


def _index_events(entry: Entry, events: EventReader, person: int, periods: Sequence[Period]) -> list[list[Event]]:
    if not isinstance(entry.events, EveryoneOn):
        return [events.events(relation, person) for relation in entry.events]
    first = min((start for start, _ in periods), default=None)
    day = entry.events.on or first
    return [[]] if day is None else [[Event(person=person, start=day, end=day, key=0)]]


def _is_observed(entry: Entry, event: Event, period: Period) -> bool:
    """Whether the event starts in the period, with enough of it before and after."""
    first, last = period
    return (
        first <= event.start <= last
        and first <= shifted(event.start, backwards(entry.observed_before))
        and shifted(event.start, entry.observed_after) <= last
    )
