"""Event relations: many rows a person."""

import datetime
from typing import TYPE_CHECKING

from cohort_dsl.ast import Distinct, Duration, Moved, RangeTest, TrendDirection
from engine.logical.nodes.node import Node, node
from engine.logical.nodes.rows import ConceptIds, RowPredicate, fields_of
from schemas.errors import AnalysisProblem
from schemas.fields import FIELDS, Field
from schemas.omop import EVENT_TABLES, Domain

if TYPE_CHECKING:
    from engine.logical.nodes.cohort import CohortPlan
    from engine.logical.nodes.conditions import Condition


@node
class Scan(Node):
    """All events of a domain, or those whose concept is one of `concepts` and whose source concept one of `source`."""

    domain: Domain
    concepts: ConceptIds | None = None
    source: ConceptIds | None = None

    def __post_init__(self) -> None:
        if self.source is not None and self.domain not in FIELDS[Field.SOURCE].domains:
            raise AnalysisProblem("field-domain", f"a {self.domain.words} has no {Field.SOURCE.value}")


@node
class Filter(Node):
    """The events for which the predicate is true."""

    source: "EventRelation"
    predicate: RowPredicate

    def __post_init__(self) -> None:
        domain = domain_of(self.source)
        for field in fields_of(self.predicate):
            if domain is None or domain not in FIELDS[field].domains:
                name = "a cohort" if domain is None else f"a {domain.words}"
                raise AnalysisProblem("field-domain", f"{name} has no {field.value}")


@node
class Respan(Node):
    """The events with other first and last days; those that would end before they start are left out."""

    source: "EventRelation"
    start: Moved
    end: Moved


@node
class Covering(Node):
    """The events that contain the days given, taken as lasting from the one to the other; an absent day leaves that
    end as it is."""

    source: "EventRelation"
    first: datetime.date | None
    last: datetime.date | None


@node
class Having(Node):
    """The events inside an observation period for which the condition is true.

    The condition's entry is the event: its start, end and visit, and the observation period its start lies in. Where
    periods of a person overlap that is the first by start and end, so that an event is asked about once.
    Genotype conditions do not occur here: they are about the person.
    """

    source: "EventRelation"
    condition: "Condition"

    def __post_init__(self) -> None:
        from engine.logical.nodes.conditions import GenotypeAtom, atoms_of  # conditions are made of events

        if any(isinstance(atom, GenotypeAtom) for atom in atoms_of(self.condition)):
            raise AnalysisProblem(
                "having-genotype",
                "a genotype is of the person and not of an event",
                hint="ask for it in a criterion of its own, joined by `and`",
            )


@node
class Trending(Node):
    """The events before which, at most `within` earlier and on an earlier day, another event of the source had a value
    lower (falling: higher) by at least `by` in the same unit; a missing unit (null or 0) equals a missing unit only.

    Rising means `value - earlier value >= by` in floating point, falling `earlier value - value >= by`.
    """

    source: "EventRelation"
    direction: TrendDirection
    by: float
    within: Duration

    def __post_init__(self) -> None:
        domain = domain_of(self.source)
        if domain is None or domain not in FIELDS[Field.VALUE].domains:
            raise AnalysisProblem("field-domain", "only measurements, observations and dose eras have values")


@node
class EraJoin(Node):
    """The events of all sources joined into eras: an event continues an era when it starts at most `gap_days` after
    the latest end in it. Keys number a person's eras from 1 in order of start; concepts are 0 and visits absent."""

    sources: tuple["EventRelation", ...]
    gap_days: int


@node
class GapsBetween(Node):
    """The days between the latest end of all earlier events and the start of the next, where there are `at_least_days`
    or more: from the day after that end to the day before that start. Keys, concepts and visits as in `EraJoin`."""

    source: "EventRelation"
    at_least_days: int

    def __post_init__(self) -> None:
        if self.at_least_days < 1:
            raise AnalysisProblem("gap-range", "a gap lasts at least one day")


@node
class AnswerScan(Node):
    """The answers to a survey question, those that fit `test` where there is one, as events of one day each. Keys
    number these events of a person from 1 in order of day; concepts are 0 and visits absent."""

    question: str
    test: tuple[str, ...] | RangeTest | None = None


@node
class Nth(Node):
    """At most one event a person: the `position`-th by (start date, event id), counted from the end if `from_end`."""

    source: "EventRelation"
    position: int
    from_end: bool = False

    def __post_init__(self) -> None:
        if self.position < 1:
            raise AnalysisProblem("ordinal-range", "an ordinal counts from 1")


@node
class CohortEntries(Node):
    """The final entries of another cohort, as events from start to end. Keys number those of a person from 1."""

    cohort: "CohortPlan"


EventRelation = (
    Scan | Filter | Respan | Covering | Having | Trending | EraJoin | GapsBetween | AnswerScan | Nth | CohortEntries
)


def domain_of(events: EventRelation) -> Domain | None:
    """The domain of the events; absent for the entries of a cohort."""
    match events:
        case Scan(domain=domain):
            return domain
        case CohortEntries() | EraJoin() | GapsBetween() | AnswerScan():
            return None
        case _:
            return domain_of(events.source)


def sources_of(events: EventRelation) -> tuple[EventRelation, ...]:
    """The relations an event relation is made from directly; those inside a `having` condition are not among them."""
    match events:
        case Scan() | CohortEntries() | AnswerScan():
            return ()
        case EraJoin(sources=sources):
            return sources
        case _:
            return (events.source,)


def has_visits(events: EventRelation) -> bool:
    """Whether each event belongs to a visit (or is one)."""
    domain = domain_of(events)
    return domain is Domain.VISIT or (domain is not None and _has_column(domain, "visit_occurrence_id"))


DISTINCT_FIELDS: dict[Distinct, Field] = {
    Distinct.END_DATES: Field.END_DATE,
    Distinct.SOURCES: Field.SOURCE,
    Distinct.DURATIONS: Field.DURATION,
    Distinct.VALUES: Field.VALUE,
    Distinct.UNITS: Field.UNIT,
    Distinct.RANGE_LOWS: Field.RANGE_LOW,
    Distinct.RANGE_HIGHS: Field.RANGE_HIGH,
    Distinct.QUANTITIES: Field.QUANTITY,
    Distinct.DAYS_SUPPLIES: Field.DAYS_SUPPLY,
    Distinct.REFILLS: Field.REFILLS,
    Distinct.OCCURRENCES: Field.OCCURRENCES,
    Distinct.GAPS: Field.GAP,
}
"""What is counted once, where it is a field; dates, visits, visit details and concepts are columns of every event.

Null counts as nothing; concept 0 counts as a concept like any other, as in OHDSI's SQL."""


def countable(events: EventRelation, distinct: Distinct) -> bool:
    """Whether the events have what is to be counted."""
    domain = domain_of(events)
    match distinct:
        case Distinct.DATES | Distinct.CONCEPTS:
            return True
        case Distinct.VISITS:
            return has_visits(events)
        case Distinct.VISIT_DETAILS:
            return domain is not None and (domain is Domain.VISIT_DETAIL or _has_column(domain, "visit_detail_id"))
        case _:
            return domain is not None and domain in FIELDS[DISTINCT_FIELDS[distinct]].domains


def _has_column(domain: Domain, name: str) -> bool:
    return any(column.name == name for column in EVENT_TABLES[domain].columns)
