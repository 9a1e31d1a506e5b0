"""Events of every kind, and which of a person's in order."""

import datetime
from dataclasses import dataclass, replace
from typing import Protocol

from cohort_dsl.ast import (
    AnswerIn,
    Answers,
    CohortEvents,
    ConceptSet,
    Covering,
    Criterion,
    Duration,
    Edge,
    Eras,
    EventQuery,
    Events,
    Gaps,
    Moved,
    Ordinal,
    Predicate,
    PredicateAll,
    RangeTest,
    Sequence,
    Spanning,
    Step,
    Trend,
    TrendDirection,
)
from cohort_dsl.building.concepts import ConceptsLike, as_set
from schemas.omop import Domain

START = Moved()
END = Moved(edge=Edge.END)


class MadeCriterion(Protocol):
    """A builder of a criterion."""

    @property
    def made(self) -> Criterion:
        """The criterion so far."""


CriterionLike = Criterion | MadeCriterion


@dataclass(frozen=True, slots=True)
class EventsBuilder:
    """Events of one domain."""

    made: EventQuery

    def coded(self, of: ConceptsLike) -> "EventsBuilder":
        """Only events whose source code has one of these concepts."""
        return EventsBuilder(replace(self.made, source=as_set(of)))

    def spanning(self, start: Moved = START, end: Moved = END) -> "EventsBuilder":
        """With other first and last days: `spanning(end=from_start(days(30)))`."""
        return EventsBuilder(replace(self.made, spanning=Spanning(start=start, end=end)))

    def where(self, *predicates: Predicate) -> "EventsBuilder":
        """Only events for which all of these hold."""
        old = () if self.made.where is None else (self.made.where,)
        parts = (*old, *predicates)
        return EventsBuilder(replace(self.made, where=parts[0] if len(parts) == 1 else PredicateAll(parts=parts)))

    def covering(self, first: datetime.date | None, last: datetime.date | None) -> "EventsBuilder":
        """Only events that contain these days, taken as lasting from the one to the other."""
        return EventsBuilder(replace(self.made, covering=Covering(first=first, last=last)))

    def having(self, criterion: CriterionLike) -> "EventsBuilder":
        """Only events for which the criterion holds; in it, the event stands in the place of the index event."""
        return EventsBuilder(replace(self.made, having=as_criterion(criterion)))

    def rising(self, by: float, within: Duration) -> "EventsBuilder":
        """Only events with a value this much higher than one not longer ago."""
        return self._trend(TrendDirection.RISING, by, within)

    def falling(self, by: float, within: Duration) -> "EventsBuilder":
        """Only events with a value this much lower than one not longer ago."""
        return self._trend(TrendDirection.FALLING, by, within)

    def _trend(self, direction: TrendDirection, by: float, within: Duration) -> "EventsBuilder":
        return EventsBuilder(replace(self.made, trend=Trend(direction=direction, by=by, within=within)))

    def then(self, following: "EventsBuilder", within: Duration | None = None) -> "SequenceBuilder":
        """These events where others follow on a later day, not later than `within`."""
        return SequenceBuilder(Sequence(first=self.made, steps=())).then(following, within)


@dataclass(frozen=True, slots=True)
class SequenceBuilder:
    """Events that follow each other."""

    made: Sequence

    def then(self, following: EventsBuilder, within: Duration | None = None) -> "SequenceBuilder":
        """Where these follow too, on a later day, not later than `within` after the step before."""
        step = Step(events=following.made, within=within)
        return SequenceBuilder(replace(self.made, steps=(*self.made.steps, step)))


EventsLike = EventsBuilder | SequenceBuilder | Events


def as_concepts(given: ConceptsLike) -> ConceptSet:
    """The concept set; a text is the name of one."""
    return as_set(given)


def as_events(given: EventsLike) -> Events:
    """The events of a builder."""
    return given.made if isinstance(given, EventsBuilder | SequenceBuilder) else given


def as_criterion(given: CriterionLike) -> Criterion:
    """The criterion of a builder."""
    return given if isinstance(given, Criterion) else given.made


def events(domain: Domain, of: ConceptsLike | None = None) -> EventsBuilder:
    """Events of any domain."""
    return EventsBuilder(EventQuery(domain=domain, concepts=None if of is None else as_set(of)))


def condition(of: ConceptsLike | None = None) -> EventsBuilder:
    """Conditions, of any concept or of a set."""
    return events(Domain.CONDITION, of)


def drug(of: ConceptsLike | None = None) -> EventsBuilder:
    """Drug exposures, of any concept or of a set."""
    return events(Domain.DRUG, of)


def measurement(of: ConceptsLike | None = None) -> EventsBuilder:
    """Measurements, of any concept or of a set."""
    return events(Domain.MEASUREMENT, of)


def observation(of: ConceptsLike | None = None) -> EventsBuilder:
    """Observations, of any concept or of a set."""
    return events(Domain.OBSERVATION, of)


def procedure(of: ConceptsLike | None = None) -> EventsBuilder:
    """Procedures, of any concept or of a set."""
    return events(Domain.PROCEDURE, of)


def visit(of: ConceptsLike | None = None) -> EventsBuilder:
    """Visits, of any concept or of a set."""
    return events(Domain.VISIT, of)


def death(of: ConceptsLike | None = None) -> EventsBuilder:
    """Death, of any cause or of a set."""
    return events(Domain.DEATH, of)


def cohort_entries(name: str) -> CohortEvents:
    """The entries of a named cohort."""
    return CohortEvents(name=name)


def eras(of: EventsBuilder, *, gap: Duration | None = None) -> Eras:
    """The events joined where the next starts at most `gap` after the end of all before it."""
    return Eras(events=of.made, gap=gap or Duration(count=0))


def gaps(of: EventsBuilder, *, at_least: Duration) -> Gaps:
    """The days between events, where there are so many or more."""
    return Gaps(events=of.made, at_least=at_least)


def answers(question: str, test: RangeTest | None = None, *, among: tuple[str, ...] = ()) -> Answers:
    """The days a survey question was answered; only answers `among` these, or that pass the test."""
    return Answers(question=question, test=AnswerIn(values=among) if among else test)


def first(of: EventsLike, *, ever: bool = False) -> Events:
    """Each person's first."""
    return nth(1, of, ever=ever)


def last(of: EventsLike, *, ever: bool = False) -> Events:
    """Each person's last."""
    return nth(1, of, ever=ever, from_end=True)


def nth(position: int, of: EventsLike, *, ever: bool = False, from_end: bool = False) -> Events:
    """Each person's so-manieth."""
    return replace(as_events(of), ordinal=Ordinal(position=position, from_end=from_end, ever=ever))
