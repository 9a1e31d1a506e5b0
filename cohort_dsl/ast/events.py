"""Events and the where-clauses that choose among them, and windows of time."""

import datetime
from enum import Enum
from typing import TYPE_CHECKING

from cohort_dsl.ast.concepts import ConceptByCode, ConceptById, ConceptSet
from cohort_dsl.ast.values import AnswerIn, Duration, RangeTest, absent_span, node
from schemas.errors import Span
from schemas.fields import Field
from schemas.omop import Domain

if TYPE_CHECKING:
    from cohort_dsl.ast.criteria import Criterion


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
    LIKE = "is like"
    """SQL's pattern: `%` stands for any text and `_` for one character."""


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
class FieldAbnormal:
    """`abnormal`: the value is outside its range of normal, or the result is one of the concepts for high and low.

    The rule and the two concepts (4155142 above, 4155143 below the reference range) are OHDSI Circe's.
    """

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


Predicate = (
    FieldTest | FieldConcepts | FieldText | FieldMissing | FieldAbnormal | PredicateAll | PredicateAny | PredicateNot
)


@node
class Ordinal:
    """`first`, `2nd`, `last`, `2nd last`: which of a person's events in date order, counted after the
    where-clause; with `ever` counted before it, over all events of the domain and concept set."""

    position: int = 1
    from_end: bool = False
    ever: bool = False


class Edge(Enum):
    """Which end of an event or an entry."""

    START = "start"
    END = "end"


@node
class Moved:
    """`7 days before start`: a day of the event itself, moved. Negative is before."""

    offset: Duration = Duration(count=0)
    edge: Edge = Edge.START


@node
class Spanning:
    """`spanning 7 days before start to 30 days after start`: the event with other first and last days.

    What follows (where-clause, windows, end) sees the new days; an event that would end before it starts is left out.
    """

    start: Moved = Moved()
    end: Moved = Moved(edge=Edge.END)
    span: Span = absent_span()


@node
class Covering:
    """`covering 2010-01-01..2014-12-31`: the event contains the days given and is taken as lasting from the first to
    the last of them; an absent day leaves that end as it is."""

    first: datetime.date | None
    last: datetime.date | None
    span: Span = absent_span()


class TrendDirection(Enum):
    RISING = "rising"
    FALLING = "falling"


@node
class Trend:
    """`rising by at least 1.5 within 6 months`: an earlier event of the same query, not longer ago, had a value lower
    (for falling: higher) by at least `by`. Values are compared in one unit only."""

    direction: TrendDirection
    by: float
    within: Duration
    span: Span = absent_span()


@node
class EventQuery:
    """Events of one domain, chosen in this order: concepts, `ever` ordinals, spanning, where, covering, having, trend,
    other ordinals: `first ever drug in statins where age >= 40`.

    No concept set means any concept; `source` (`coded in`) asks for the concept of the source code. `having` is a
    criterion on each event, whose windows are relative to that event.
    """

    domain: Domain
    concepts: ConceptSet | None = None
    source: ConceptSet | None = None
    spanning: Spanning | None = None
    where: Predicate | None = None
    covering: Covering | None = None
    having: "Criterion | None" = None
    trend: Trend | None = None
    ordinal: Ordinal | None = None
    span: Span = absent_span()


@node
class CohortEvents:
    """`cohort "Statin starters"`: the entries of a named cohort as events, start to end."""

    name: str
    ordinal: Ordinal | None = None
    span: Span = absent_span()


@node
class Eras:
    """`era of drug in statins with gaps of at most 30 days`: events joined while the next starts at most so many days
    after all before it have ended."""

    events: EventQuery
    gap: Duration = Duration(count=0)
    ordinal: Ordinal | None = None
    span: Span = absent_span()


@node
class Gaps:
    """`gap of at least 60 days in drug in statins`: the days between the end of all earlier events and the start of
    the next one, where there are so many or more. The time after the last event is no gap."""

    events: EventQuery
    at_least: Duration
    ordinal: Ordinal | None = None
    span: Span = absent_span()


@node
class Answers:
    """`answer to smoking.status in ("current")`: the days a survey question was answered (so)."""

    question: str
    test: AnswerIn | RangeTest | None = None
    ordinal: Ordinal | None = None
    span: Span = absent_span()


@node
class Step:
    """`then drug in statins within 30 days`: an event on a later day, at most so much later than the step before."""

    events: EventQuery
    within: Duration | None = None
    span: Span = absent_span()


@node
class Sequence:
    """`condition in a then drug in b within 30 days then procedure in c`: the first events after which the others
    follow in this order, each on a later day than the one before."""

    first: EventQuery
    steps: tuple[Step, ...]
    ordinal: Ordinal | None = None
    span: Span = absent_span()


Events = EventQuery | CohortEvents | Eras | Gaps | Answers | Sequence


class Anchor(Enum):
    """What a bound counts from: an end of the index event (or of the event a `having` is about), or of the
    observation period it lies in."""

    START = "start"
    END = "end"
    OBSERVATION_START = "observation start"
    OBSERVATION_END = "observation end"


@node
class Bound:
    """A day: `offset` from the anchor. Negative is before."""

    offset: Duration
    anchor: Anchor = Anchor.START


@node
class Window:
    """The event's `edge` lies between the bounds, both included; an absent bound is open.

    `before index` is `upper = -1 day`; `within 1 year before index` is `lower = -1 year, upper = 0 days`.
    """

    lower: Bound | None = None
    upper: Bound | None = None
    edge: Edge = Edge.START
