"""Event relations and row predicates over Python rows."""

import datetime
from dataclasses import dataclass
from typing import assert_never

from cohort_dsl.ast import TextOperator
from engine.logical.nodes import (
    CohortEntries,
    EventRelation,
    Filter,
    Nth,
    RowAll,
    RowAny,
    RowConcept,
    RowMissing,
    RowNot,
    RowPredicate,
    RowRange,
    RowText,
    Scan,
)
from engine.targets.reference.calendar import Value, completed_years, holds
from engine.targets.reference.data import ReferenceData, Row
from schemas.fields import FIELDS, Field, Kind
from schemas.omop import Domain


@dataclass(frozen=True, slots=True)
class Event:
    """One event of one person; `row` and `domain` are absent for an entry of a cohort."""

    start: datetime.date
    end: datetime.date
    id: int
    concept: int
    visit: int | None
    domain: Domain | None = None
    row: Row | None = None


CohortLookup = dict[object, list[tuple[int, datetime.date, datetime.date]]]


class EventReader:
    """Reads the events of one person at a time."""

    def __init__(self, data: ReferenceData, cohorts: CohortLookup) -> None:
        self._data = data
        self._cohorts = cohorts

    def events(self, relation: EventRelation, person: int) -> list[Event]:
        """The person's events of the relation, in no particular order."""
        match relation:
            case Scan(domain=domain, concepts=concepts):
                rows = self._data.events[domain].get(person, [])
                found = [_event(domain, row) for row in rows]
                return [event for event in found if concepts is None or event.concept in concepts]
            case Filter(source=source, predicate=predicate):
                return [e for e in self.events(source, person) if self._holds(predicate, e, person) is True]
            case Nth(source=source, position=position, from_end=from_end):
                ordered = sorted(self.events(source, person), key=lambda e: (e.start, e.id), reverse=from_end)
                return ordered[position - 1 : position]
            case CohortEntries(cohort=cohort):
                return [
                    Event(start=start, end=end, id=number, concept=0, visit=None)
                    for number, (member, start, end) in enumerate(self._cohorts[cohort])
                    if member == person
                ]
            case _:
                assert_never(relation)

    def _holds(self, predicate: RowPredicate, event: Event, person: int) -> bool | None:
        match predicate:
            case RowRange(field=field, test=test):
                return holds(test, self._number_or_date(field, event, person))
            case RowConcept(field=field, concepts=concepts):
                concept = self._value(field, event)
                return None if concept is None else concept in concepts
            case RowText(field=field, operator=operator, text=text):
                value = self._value(field, event)
                return None if value is None else _text_matches(str(value), operator, text)
            case RowMissing(field=field):
                derived = field in (Field.AGE, Field.AGE_AT_END, Field.END_DATE, Field.DURATION)
                return False if derived else self._value(field, event) is None
            case RowAll(parts=parts):
                return kleene_all([self._holds(part, event, person) for part in parts])
            case RowAny(parts=parts):
                return kleene_any([self._holds(part, event, person) for part in parts])
            case RowNot(part=part):
                return kleene_not(self._holds(part, event, person))
            case _:
                assert_never(predicate)

    def _number_or_date(self, field: Field, event: Event, person: int) -> Value | None:
        match field:
            case Field.AGE:
                return completed_years(_date(self._data.people[person]["birth_date"]), event.start)
            case Field.AGE_AT_END:
                return completed_years(_date(self._data.people[person]["birth_date"]), event.end)
            case Field.DATE:
                return event.start
            case Field.END_DATE:
                return event.end
            case Field.DURATION:
                return (event.end - event.start).days
            case _:
                value = self._value(field, event)
                return None if value is None else float(str(value))

    def _value(self, field: Field, event: Event) -> object | None:
        """The stored value of a field, absent when it is null, or 0 for a concept."""
        assert event.row is not None
        assert event.domain is not None
        spec = FIELDS[field]
        if spec.lookup is not None:
            key = event.row[spec.lookup.key]
            other = self._data.lookups[spec.lookup.table].get(key) if key is not None else None
            value = other[spec.lookup.column] if other else None
        else:
            value = event.row[str(spec.column(event.domain))]
        return None if spec.kind is Kind.CONCEPT and value == 0 else value


def _event(domain: Domain, row: Row) -> Event:
    start = _date(row["start_date"])
    visit = row["event_id"] if domain is Domain.VISIT else row.get("visit_occurrence_id")
    return Event(
        start=start,
        end=_end(domain, row, start),
        id=int(str(row["event_id"])),
        concept=int(str(row["concept_id"])),
        visit=None if visit is None else int(str(visit)),
        domain=domain,
        row=row,
    )


def _end(domain: Domain, row: Row, start: datetime.date) -> datetime.date:
    """The source's end; for drugs else the end of supply; else the day after the start."""
    if row["end_date"] is not None:
        return _date(row["end_date"])
    if domain is Domain.DRUG and row["days_supply"] is not None:
        return start + datetime.timedelta(days=int(str(row["days_supply"])))
    return start + datetime.timedelta(days=1)


def _date(value: object) -> datetime.date:
    assert isinstance(value, datetime.date)
    return value


def _text_matches(value: str, operator: TextOperator, text: str) -> bool:
    match operator:
        case TextOperator.IS:
            return value == text
        case TextOperator.CONTAINS:
            return text in value
        case TextOperator.STARTS_WITH:
            return value.startswith(text)
        case TextOperator.ENDS_WITH:
            return value.endswith(text)


def kleene_all(values: list[bool | None]) -> bool | None:
    """False if any is false, else unknown if any is unknown, else true."""
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def kleene_any(values: list[bool | None]) -> bool | None:
    """True if any is true, else unknown if any is unknown, else false."""
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


def kleene_not(value: bool | None) -> bool | None:
    """Unknown stays unknown."""
    return None if value is None else not value
