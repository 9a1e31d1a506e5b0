"""Event relations over Python rows."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from cohort_dsl.ast import Edge, Moved, TrendDirection
from engine.logical.nodes import (
    AnswerScan,
    CohortEntries,
    CohortPlan,
    Condition,
    Covering,
    EraJoin,
    EventRelation,
    Filter,
    GapsBetween,
    Having,
    Nth,
    Respan,
    Scan,
    Trending,
)
from engine.targets.reference.answers import answer_fits, answers_to
from engine.targets.reference.calendar import backwards, shifted
from engine.targets.reference.data import ReferenceData, Row, as_date, as_int
from engine.targets.reference.fields import Event, FieldReader
from engine.targets.reference.logic import Truth
from engine.targets.reference.rows import row_holds
from engine.targets.reference.spans import eras, gaps, numbered
from schemas.fields import Field
from schemas.omop import STILL_THERE, Domain


@dataclass(frozen=True, slots=True)
class EntryRow:
    """What a condition is about: an event inside an observation period."""

    person: int
    start: datetime.date
    end: datetime.date
    observed_from: datetime.date
    observed_to: datetime.date
    visit: int | None


CohortLookup = Mapping[CohortPlan, list[tuple[int, datetime.date, datetime.date]]]
Decide = Callable[[Condition, EntryRow], Truth]


class EventReader:
    """Reads the events of one person at a time; `decide` answers the conditions of `Having`."""

    def __init__(self, data: ReferenceData, cohorts: CohortLookup, decide: Decide) -> None:
        self._data = data
        self._fields = FieldReader(data)
        self._cohorts = cohorts
        self._decide = decide

    def events(self, relation: EventRelation, person: int) -> list[Event]:
        """The person's events of the relation, in no particular order."""
        match relation:
            case Scan():
                return self._scan(relation, person)
            case Filter(source=source, predicate=predicate):
                return [e for e in self.events(source, person) if row_holds(predicate, e, self._fields) is True]
            case Respan(source=source, start=start, end=end):
                moved = [
                    replace(e, start=_moved(start, e), end=_moved(end, e), sort_day=None)
                    for e in self.events(source, person)
                ]
                return [event for event in moved if event.start <= event.end]
            case Covering(source=source, first=first, last=last):
                return [
                    replace(
                        event,
                        start=first or event.start,
                        end=last or event.end,
                        sort_day=event.sort_day or event.start,
                    )
                    for event in self.events(source, person)
                    if all(day is None or event.start <= day <= event.end for day in (first, last))
                ]
            case Having(source=source, condition=condition):
                return [event for event in self.events(source, person) if self._has(condition, event)]
            case Trending():
                return self._trending(relation, person)
            case EraJoin(sources=sources, gap_days=gap_days):
                joined = [event for source in sources for event in self.events(source, person)]
                return numbered(person, eras(joined, gap_days))
            case GapsBetween(source=source, at_least_days=at_least_days):
                return numbered(person, gaps(self.events(source, person), at_least_days))
            case AnswerScan(question=question, test=test):
                days = [
                    as_date(row["answered_on"])
                    for row in answers_to(self._data, question, person)
                    if test is None or answer_fits(test, row)
                ]
                return numbered(person, [(day, day) for day in sorted(days)])
            case Nth(source=source, position=position, from_end=from_end):
                ordered = sorted(self.events(source, person), key=lambda e: (e.start, e.key), reverse=from_end)
                return ordered[position - 1 : position]
            case CohortEntries(cohort=cohort):
                own = [(start, end) for member, start, end in self._cohorts[cohort] if member == person]
                return [Event(person=person, start=start, end=end, key=key) for key, (start, end) in enumerate(own, 1)]
            case _:
                assert_never(relation)

    def _scan(self, scan: Scan, person: int) -> list[Event]:
        rows = self._data.events[scan.domain].get(person, [])
        found = [_event(scan.domain, row) for row in rows]
        return [
            event
            for event in found
            if (scan.concepts is None or event.concept in scan.concepts)
            and (scan.source is None or self._fields.stored(Field.SOURCE, event) in scan.source)
        ]

    def _has(self, condition: Condition, event: Event) -> bool:
        """Whether the condition is true of the event in the first observation period its start lies in."""
        for first, last in self._data.periods(event.person):
            if first <= event.start <= last:
                return self._decide(condition, entry_row(event, first, last)) is True
        return False

    def _trending(self, trend: Trending, person: int) -> list[Event]:
        events = self.events(trend.source, person)
        return [later for later in events if any(self._is_trend(trend, earlier, later) for earlier in events)]

    def _is_trend(self, trend: Trending, earlier: Event, later: Event) -> bool:
        oldest = shifted(later.start, backwards(trend.within))
        if not oldest <= earlier.start < later.start or self._unit(earlier) != self._unit(later):
            return False
        before, after = self._number(earlier), self._number(later)
        if before is None or after is None:
            return False
        return (after - before if trend.direction is TrendDirection.RISING else before - after) >= trend.by

    def _unit(self, event: Event) -> object | None:
        return self._fields.present(Field.UNIT, event)

    def _number(self, event: Event) -> float | None:
        value = self._fields.stored(Field.VALUE, event)
        return None if value is None else float(str(value))


def entry_row(event: Event, observed_from: datetime.date, observed_to: datetime.date) -> EntryRow:
    """The event as an entry, inside an observation period."""
    return EntryRow(
        person=event.person,
        start=event.start,
        end=event.end,
        observed_from=observed_from,
        observed_to=observed_to,
        visit=event.visit,
    )


def _moved(moved: Moved, event: Event) -> datetime.date:
    return shifted(event.start if moved.edge is Edge.START else event.end, moved.offset)


def _event(domain: Domain, row: Row) -> Event:
    start = as_date(row["start_date"])
    visit = row["event_id"] if domain is Domain.VISIT else row.get("visit_occurrence_id")
    return Event(
        person=as_int(row["person"]),
        start=start,
        end=_end(domain, row, start),
        key=as_int(row["event_id"]),
        concept=as_int(row["concept_id"]),
        visit=None if visit is None else as_int(visit),
        domain=domain,
        row=row,
    )


def _end(domain: Domain, row: Row, start: datetime.date) -> datetime.date:
    """The source's end; for drugs else the end of supply; a residence lasts on; else the day after the start."""
    if row["end_date"] is not None:
        return as_date(row["end_date"])
    if domain is Domain.LOCATION_REGION:
        return STILL_THERE
    if domain is Domain.DRUG and row["days_supply"] is not None:
        return start + datetime.timedelta(days=as_int(row["days_supply"]))
    return start + datetime.timedelta(days=1)
