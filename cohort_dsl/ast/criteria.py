"""Criteria on an entry: events, persons, variants, answers, and groups of them."""

from enum import Enum

from cohort_dsl.ast.concepts import ConceptSet
from cohort_dsl.ast.events import Events, Window
from cohort_dsl.ast.values import AnswerIn, RangeTest, absent_span, node
from cohort_dsl.ast.variants import GenotypeCriterion
from schemas.errors import Span
from schemas.fields import PersonField


class CountOperator(Enum):
    AT_LEAST = "at least"
    AT_MOST = "at most"
    EXACTLY = "exactly"


class Distinct(Enum):
    """What is counted once; an event without one does not count (concept 0, 'no matching concept', counts as one)."""

    DATES = "dates"
    END_DATES = "end dates"
    VISITS = "visits"
    VISIT_DETAILS = "visit details"
    CONCEPTS = "concepts"
    SOURCES = "sources"
    DURATIONS = "durations"
    VALUES = "values"
    UNITS = "units"
    RANGE_LOWS = "range lows"
    RANGE_HIGHS = "range highs"
    QUANTITIES = "quantities"
    DAYS_SUPPLIES = "days supplies"
    REFILLS = "refills"
    OCCURRENCES = "occurrences"
    GAPS = "gaps"


@node
class Count:
    """`at least 2 distinct dates of`. `any` is at least 1; `no` is exactly 0."""

    operator: CountOperator = CountOperator.AT_LEAST
    number: int = 1
    distinct: Distinct | None = None


@node
class Occurrence:
    """`any condition in t2dm before index`: how often events occur relative to the index event.

    Events count only when they start in the index event's observation period, unless `ignoring observation`; with
    `at same visit` only those of the index event's visit.
    """

    events: Events
    count: Count = Count()
    windows: tuple[Window, ...] = ()
    same_visit: bool = False
    ignoring_observation: bool = False
    span: Span = absent_span()


@node
class PersonTest:
    """`age at index in 40..79`, `birth year >= 1970`, `index date in 2015-01-01..`; in a `having`: `its age`."""

    field: PersonField
    test: RangeTest
    span: Span = absent_span()


@node
class PersonIn:
    """`sex is female`, `region in ("Seoul", "Busan")`."""

    field: PersonField
    values: tuple[str, ...]
    span: Span = absent_span()


@node
class PersonConcepts:
    """`race in (concept 8515)`."""

    field: PersonField
    concepts: ConceptSet
    span: Span = absent_span()


@node
class PersonMissing:
    """`race is missing`: the source does not say."""

    field: PersonField
    span: Span = absent_span()


@node
class Unanswered:
    """`is unanswered`: no answer in the window. Never unknown."""


@node
class Survey:
    """`survey smoking.status in ("current") within 1 year of index`.

    True when some answer fits; unknown when the person gave no answer in the window; else false.
    """

    question: str
    test: AnswerIn | RangeTest | Unanswered
    window: Window | None = None
    span: Span = absent_span()


class GroupKind(Enum):
    ALL = "all of"
    ANY = "any of"
    NONE = "none of"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    EXACTLY = "exactly"


@node
class Group:
    """Criteria counted together; `number` is used by the last three kinds only. `all of ()` is true."""

    kind: GroupKind
    parts: tuple["Criterion", ...]
    number: int = 0
    span: Span = absent_span()

    def __post_init__(self) -> None:
        if self.kind in (GroupKind.ALL, GroupKind.ANY, GroupKind.NONE):
            object.__setattr__(self, "number", 0)


@node
class Not:
    """`not (…)`: unknown stays unknown."""

    part: "Criterion"
    span: Span = absent_span()


@node
class Unknown:
    """`unknown (…)`: true when the part is neither true nor false. Never unknown itself."""

    part: "Criterion"
    span: Span = absent_span()


Criterion = (
    Occurrence
    | PersonTest
    | PersonIn
    | PersonConcepts
    | PersonMissing
    | GenotypeCriterion
    | Survey
    | Group
    | Not
    | Unknown
)
