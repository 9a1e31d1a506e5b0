"""Events and their where-clauses."""

import datetime
from dataclasses import dataclass, replace

from cohort_dsl.ast import (
    Between,
    CohortEvents,
    Comparator,
    Compare,
    ConceptByCode,
    ConceptById,
    ConceptSet,
    EventQuery,
    Events,
    FieldConcepts,
    FieldMissing,
    FieldTest,
    FieldText,
    Ordinal,
    Predicate,
    PredicateAll,
    PredicateAny,
    PredicateNot,
    RangeTest,
    TextOperator,
)
from cohort_dsl.building.concepts import Concepts, as_set
from schemas.fields import Field
from schemas.omop import Domain

ConceptsLike = Concepts | ConceptSet | str
Limit = float | datetime.date
Unit = ConceptById | ConceptByCode | str


@dataclass(frozen=True, slots=True)
class EventsBuilder:
    """Events of one domain."""

    made: EventQuery

    def where(self, *predicates: Predicate) -> "EventsBuilder":
        """Only events for which all of these hold."""
        old = () if self.made.where is None else (self.made.where,)
        parts = (*old, *predicates)
        return EventsBuilder(replace(self.made, where=parts[0] if len(parts) == 1 else PredicateAll(parts=parts)))


EventsLike = EventsBuilder | Events


def as_concepts(given: ConceptsLike) -> ConceptSet:
    """The concept set; a text is the name of one."""
    return as_set(given)


def as_events(given: EventsLike) -> Events:
    """The events of a builder."""
    return given.made if isinstance(given, EventsBuilder) else given


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


def first(of: EventsLike, *, ever: bool = False) -> Events:
    """Each person's first."""
    return nth(1, of, ever=ever)


def last(of: EventsLike, *, ever: bool = False) -> Events:
    """Each person's last."""
    return nth(1, of, ever=ever, from_end=True)


def nth(position: int, of: EventsLike, *, ever: bool = False, from_end: bool = False) -> Events:
    """Each person's so-manieth."""
    return replace(as_events(of), ordinal=Ordinal(position=position, from_end=from_end, ever=ever))


@dataclass(frozen=True, slots=True)
class FieldBuilder:
    """A field to be compared: `field("age") >= 40`."""

    field: Field
    unit: ConceptById | ConceptByCode | None = None

    def in_unit(self, unit: Unit) -> "FieldBuilder":
        """In a unit: a UCUM code or a concept."""
        made = ConceptByCode(vocabulary="UCUM", code=unit) if isinstance(unit, str) else unit
        return replace(self, unit=made)

    def _test(self, test: RangeTest) -> FieldTest:
        return FieldTest(field=self.field, test=test, unit=self.unit)

    def __lt__(self, value: Limit) -> FieldTest:
        return self._test(Compare(operator=Comparator.LT, value=value))

    def __le__(self, value: Limit) -> FieldTest:
        return self._test(Compare(operator=Comparator.LE, value=value))

    def __gt__(self, value: Limit) -> FieldTest:
        return self._test(Compare(operator=Comparator.GT, value=value))

    def __ge__(self, value: Limit) -> FieldTest:
        return self._test(Compare(operator=Comparator.GE, value=value))

    def equals(self, value: Limit) -> FieldTest:
        """`= value`."""
        return self._test(Compare(operator=Comparator.EQ, value=value))

    def differs(self, value: Limit) -> FieldTest:
        """`!= value`."""
        return self._test(Compare(operator=Comparator.NE, value=value))

    def between(self, low: Limit | None, high: Limit | None) -> FieldTest:
        """`in low..high`."""
        return self._test(Between(low=low, high=high))

    def among(self, of: ConceptsLike) -> FieldConcepts:
        """`in concepts`."""
        return FieldConcepts(field=self.field, concepts=as_set(of))

    def says(self, text: str) -> FieldText:
        """`is "text"`."""
        return FieldText(field=self.field, operator=TextOperator.IS, text=text)

    def contains(self, text: str) -> FieldText:
        """`contains "text"`."""
        return FieldText(field=self.field, operator=TextOperator.CONTAINS, text=text)

    def starts_with(self, text: str) -> FieldText:
        """`starts with "text"`."""
        return FieldText(field=self.field, operator=TextOperator.STARTS_WITH, text=text)

    def ends_with(self, text: str) -> FieldText:
        """`ends with "text"`."""
        return FieldText(field=self.field, operator=TextOperator.ENDS_WITH, text=text)

    def is_missing(self) -> FieldMissing:
        """`is missing`."""
        return FieldMissing(field=self.field)


def field(name: str | Field) -> FieldBuilder:
    """A field by its words, `field("visit type")`."""
    return FieldBuilder(Field(name))


def both(*parts: Predicate) -> PredicateAll:
    """Joined by `and`."""
    return PredicateAll(parts=parts)


def either(*parts: Predicate) -> PredicateAny:
    """Joined by `or`."""
    return PredicateAny(parts=parts)


def never(part: Predicate) -> PredicateNot:
    """`not (part)`."""
    return PredicateNot(part=part)
