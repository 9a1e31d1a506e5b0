"""Conditions on one entry of one person, as True, False or None for unknown."""

import datetime
from collections.abc import Callable
from typing import assert_never

from cohort_dsl.ast import Anchor, Bound, Distinct, Edge, Window
from engine.logical.nodes import (
    DISTINCT_FIELDS,
    Answered,
    Burdened,
    Carrier,
    Condition,
    CountOf,
    EventRelation,
    Every,
    IsUnknown,
    Negation,
    NoCallAt,
    NotAnswered,
    Occurs,
    Paired,
    PersonConcept,
    PersonRange,
    PersonText,
    PersonUnrecorded,
    PhasedPair,
    Scored,
    Some,
)
from engine.targets.reference.answers import answer_fits, answers_to
from engine.targets.reference.calendar import holds, shifted
from engine.targets.reference.data import ReferenceData, Row, as_date
from engine.targets.reference.events import EntryRow
from engine.targets.reference.fields import Event, FieldReader
from engine.targets.reference.genotypes import GenotypeReader
from engine.targets.reference.logic import Truth, count_holds, kleene_all, kleene_any, kleene_count, kleene_not
from engine.targets.reference.people import PersonReader
from schemas.omop import Domain

Events = Callable[[EventRelation, int], list[Event]]


class ConditionReader:
    """Decides conditions for one entry at a time; `events` gives a person's events of a relation."""

    def __init__(self, data: ReferenceData, events: Events, genotypes: GenotypeReader) -> None:
        self._data = data
        self._events = events
        self._fields = FieldReader(data)
        self._people = PersonReader(data)
        self._genotypes = genotypes

    def decide(self, condition: Condition, entry: EntryRow) -> Truth:
        """Whether the condition is true of the entry."""
        match condition:
            case Occurs():
                return count_holds(condition.operator, condition.number, self._occurrences(condition, entry))
            case PersonRange(field=field, test=test, by_year=by_year):
                return holds(test, self._people.comparable(field, entry, by_year=by_year))
            case PersonText(field=field, values=values):
                text = self._people.text(field, entry.person)
                return None if text is None else text in values
            case PersonConcept(field=field, concepts=concepts, zero_is_value=zero_is_value):
                concept = self._people.concept(field, entry.person, zero_is_value=zero_is_value)
                return None if concept is None else concept in concepts
            case PersonUnrecorded(field=field, zero_is_value=zero_is_value):
                return self._people.is_unrecorded(field, entry.person, zero_is_value=zero_is_value)
            case Carrier() | NoCallAt() | Burdened() | Paired() | PhasedPair() | Scored():
                return self._genotypes.decide(condition, entry.person)
            case Answered(test=test):
                answers = self._answers(condition, entry)
                return any(answer_fits(test, answer) for answer in answers) if answers else None
            case NotAnswered():
                return not self._answers(condition, entry)
            case Every(parts=parts):
                return kleene_all([self.decide(part, entry) for part in parts])
            case Some(parts=parts):
                return kleene_any([self.decide(part, entry) for part in parts])
            case CountOf(operator=operator, number=number, parts=parts):
                return kleene_count(operator, number, [self.decide(part, entry) for part in parts])
            case Negation(part=part):
                return kleene_not(self.decide(part, entry))
            case IsUnknown(part=part):
                return self.decide(part, entry) is None
            case _:
                assert_never(condition)

    def _occurrences(self, condition: Occurs, entry: EntryRow) -> int:
        """How many events, or how many different values of what is counted once, fall in the windows."""
        found = [event for event in self._events(condition.events, entry.person) if _occurs(condition, event, entry)]
        if condition.distinct is None:
            return len(found)
        return len({self._distinct(condition.distinct, event) for event in found} - {None})

    def _distinct(self, distinct: Distinct, event: Event) -> object | None:
        match distinct:
            case Distinct.DATES:
                return event.start
            case Distinct.CONCEPTS:
                return event.concept
            case Distinct.VISITS:
                return event.visit
            case Distinct.VISIT_DETAILS:
                assert event.row is not None
                return event.row["event_id" if event.domain is Domain.VISIT_DETAIL else "visit_detail_id"]
            case Distinct.END_DATES:
                return event.end
            case Distinct.DURATIONS:
                return (event.end - event.start).days
            case _:
                return self._fields.stored(DISTINCT_FIELDS[distinct], event)

    def _answers(self, condition: Answered | NotAnswered, entry: EntryRow) -> list[Row]:
        window = condition.window
        return [
            row
            for row in answers_to(self._data, condition.question, entry.person)
            if window is None or _in_window(as_date(row["answered_on"]), window, entry)
        ]


def _occurs(condition: Occurs, event: Event, entry: EntryRow) -> bool:
    observed = not condition.within_observation or entry.observed_from <= event.start <= entry.observed_to
    same_visit = not condition.same_visit or (event.visit is not None and event.visit == entry.visit)
    return (
        observed
        and same_visit
        and all(
            _in_window(event.start if window.edge is Edge.START else event.end, window, entry)
            for window in condition.windows
        )
    )


def _in_window(day: datetime.date, window: Window, entry: EntryRow) -> bool:
    after_lower = window.lower is None or day >= _bound(window.lower, entry)
    return after_lower and (window.upper is None or day <= _bound(window.upper, entry))


def _bound(bound: Bound, entry: EntryRow) -> datetime.date:
    return shifted(_anchor(bound.anchor, entry), bound.offset)


def _anchor(anchor: Anchor, entry: EntryRow) -> datetime.date:
    match anchor:
        case Anchor.START:
            return entry.start
        case Anchor.END:
            return entry.end
        case Anchor.OBSERVATION_START:
            return entry.observed_from
        case Anchor.OBSERVATION_END:
            return entry.observed_to
        case _:
            assert_never(anchor)
