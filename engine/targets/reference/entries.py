"""Which entries a person has, in their order, and which of them are picked."""

import datetime
from collections.abc import Sequence

from cohort_dsl.ast import Pick
from engine.logical.nodes import Entry, EveryoneOn
from engine.targets.reference.calendar import backwards, shifted
from engine.targets.reference.data import Period
from engine.targets.reference.events import EntryRow, EventReader, entry_row
from engine.targets.reference.fields import Event

Candidate = tuple[Event, int, Period]
"""An index event, the place of its relation in the entry, and the observation period it lies in."""


def entries_of(entry: Entry, events: EventReader, person: int, periods: Sequence[Period]) -> list[EntryRow]:
    """The person's entries, picked, in order: start, event key, place of the relation, end, period."""
    found = [
        (event, place, period)
        for place, index_events in enumerate(_index_events(entry, events, person, periods))
        for event in index_events
        for period in periods
        if _is_observed(entry, event, period)
    ]
    chosen = _first(found, entry.pick)
    ordered = sorted(chosen, key=lambda candidate: (candidate[0].start, *_ties(candidate)))
    return [entry_row(event, *period) for event, _, period in ordered]


def _first(found: list[Candidate], pick: Pick) -> list[Candidate]:
    """All candidates, or the first of the earliest or of the latest day they sort by."""
    days = [event.sort_day or event.start for event, _, _ in found]
    if pick is Pick.ALL or not found:
        return found
    day = min(days) if pick is Pick.EARLIEST else max(days)
    return [min((c for c, own in zip(found, days, strict=True) if own == day), key=_ties)]


def _ties(candidate: Candidate) -> tuple[int, int, datetime.date, Period]:
    """What decides the order of entries of one day: event key, place of the relation, end, period."""
    event, place, period = candidate
    return event.key, place, event.end, period


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
