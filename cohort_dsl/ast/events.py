"""Events and the where-clauses that choose among them, and windows of time."""

from enum import Enum

from cohort_dsl.ast.concepts import ConceptByCode, ConceptById, ConceptSet
from cohort_dsl.ast.values import Duration, RangeTest, absent_span, node
from schemas.errors import Span
from schemas.fields import Field
from schemas.omop import Domain


@node
class FieldTest:
    """`age >= 40`, `date in 2015-01-01..2024-12-31`, `value > 6.5 unit "%"`. The unit is a UCUM code or concept."""

    field: Field
    test: RangeTest
    unit: ConceptById | ConceptByCode | None = None
    span: Span = absent_span()


@node
class FieldConcepts:
    """`visit type in inpatient`: the field's concept is in the set."""

    field: Field
    concepts: ConceptSet
    span: Span = absent_span()


class TextOperator(Enum):
    IS = "is"
    CONTAINS = "contains"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"


@node
class FieldText:
    """`stop reason contains "adverse"`; letter case counts."""

    field: Field
    operator: TextOperator
    text: str
    span: Span = absent_span()


@node
class FieldMissing:
    """`value is missing`: the source gives no value (for concepts: null or 0)."""

    field: Field
    span: Span = absent_span()


@node
class PredicateAll:
    """Joined by `and`."""

    parts: tuple["Predicate", ...]
    span: Span = absent_span()


@node
class PredicateAny:
    """Joined by `or`."""

    parts: tuple["Predicate", ...]
    span: Span = absent_span()


@node
class PredicateNot:
    """`not (…)`. A comparison with a missing value is neither true nor false, and neither is its negation."""

    part: "Predicate"
    span: Span = absent_span()


Predicate = FieldTest | FieldConcepts | FieldText | FieldMissing | PredicateAll | PredicateAny | PredicateNot


@node
class Ordinal:
    """`first`, `2nd`, `last`, `2nd last`: which of a person's events in date order, counted after the
    where-clause; with `ever` counted before it, over all events of the domain and concept set."""

    position: int = 1
    from_end: bool = False
    ever: bool = False


@node
class EventQuery:
    """Events of one domain: `first ever drug in statins where age >= 40`. No concept set means any concept."""

    domain: Domain
    concepts: ConceptSet | None = None
    where: Predicate | None = None
    ordinal: Ordinal | None = None
    span: Span = absent_span()


@node
class CohortEvents:
    """`cohort "Statin starters"`: the entries of a named cohort as events, start to end."""

    name: str
    ordinal: Ordinal | None = None
    span: Span = absent_span()


Events = EventQuery | CohortEvents


class Edge(Enum):
    """Which end of an event or an entry."""

    START = "start"
    END = "end"


@node
class Bound:
    """A day: `offset` from the index start or end. Negative is before."""

    offset: Duration
    anchor: Edge = Edge.START


@node
class Window:
    """The event's `edge` lies between the bounds, both included; an absent bound is open.

    `before index` is `upper = -1 day`; `within 1 year before index` is `lower = -1 year, upper = 0 days`.
    """

    lower: Bound | None = None
    upper: Bound | None = None
    edge: Edge = Edge.START
