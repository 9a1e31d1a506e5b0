"""Groups and correlated criteria."""

from cohort_dsl.ast import (
    Count,
    CountOperator,
    Criterion,
    Distinct,
    EventQuery,
    Group,
    GroupKind,
    Occurrence,
)
from cohort_dsl.circe.importing.context import Context
from cohort_dsl.circe.importing.events import event_of
from cohort_dsl.circe.importing.persons import demographic_of
from cohort_dsl.circe.importing.windows import is_empty, windows_of
from cohort_dsl.circe.model import CorrelatedCriteria, Criteria, CriteriaGroup
from cohort_dsl.circe.model import Occurrence as GivenCount
from cohort_dsl.circe.shape import ALWAYS, NEVER, all_of, any_of, none_of, ordered
from cohort_dsl.json_read import Place
from schemas.omop import EVENT_TABLES, Domain

OPERATORS = (CountOperator.EXACTLY, CountOperator.AT_MOST, CountOperator.AT_LEAST)
"""In the order of Circe's numbers for them."""

DISTINCT = {
    "DAYS_SUPPLY": Distinct.DAYS_SUPPLIES,
    "DOMAIN_CONCEPT": Distinct.CONCEPTS,
    "DOMAIN_SOURCE_CONCEPT": Distinct.SOURCES,
    "DURATION": Distinct.DURATIONS,
    "END_DATE": Distinct.END_DATES,
    "ERA_OCCURRENCES": Distinct.OCCURRENCES,
    "GAP_DAYS": Distinct.GAPS,
    "QUANTITY": Distinct.QUANTITIES,
    "RANGE_HIGH": Distinct.RANGE_HIGHS,
    "RANGE_LOW": Distinct.RANGE_LOWS,
    "REFILLS": Distinct.REFILLS,
    "START_DATE": Distinct.DATES,
    "UNIT": Distinct.UNITS,
    "VALUE_AS_NUMBER": Distinct.VALUES,
    "VISIT_ID": Distinct.VISITS,
    "VISIT_DETAIL_ID": Distinct.VISIT_DETAILS,
}

_NO_CONCEPT = (Domain.PAYER_PLAN_PERIOD, Domain.LOCATION_REGION)
"""The events that need not have a concept in the OMOP CDM."""


def group_of(context: Context, group: CriteriaGroup, place: Place) -> Criterion:
    """The criterion a group stands for, without parts that are always or never true; an empty group is true."""
    parts = _parts(context, group, place)
    certain = sum(part == ALWAYS for part in parts)
    open_parts = tuple(part for part in parts if part not in (ALWAYS, NEVER))
    match group.type:
        case "ALL":
            return _at_least(len(parts) - certain, open_parts)
        case "ANY":
            return _at_least(min(1, len(parts)) - certain, open_parts)
        case "AT_LEAST":
            return ALWAYS if not parts else _at_least((group.count or 0) - certain, open_parts)
        case "AT_MOST":
            return ALWAYS if not parts else _at_most((group.count or 0) - certain, open_parts)


def query_of(context: Context, criteria: Criteria, place: Place) -> EventQuery:
    """The events that criteria are about, with those that nested criteria leave out left out."""
    nested = criteria.event.correlated_criteria
    having = None
    if nested is not None and not nested.is_empty:
        having = group_of(context, nested, place.child(criteria.kind).child("CorrelatedCriteria"))
    return event_of(context, criteria, having, place)


def _parts(context: Context, group: CriteriaGroup, place: Place) -> tuple[Criterion, ...]:
    events, people, groups = (place.child(key) for key in ("CriteriaList", "DemographicCriteriaList", "Groups"))
    return (
        *(_correlated(context, one, events.child(n)) for n, one in enumerate(group.criteria_list)),
        *(demographic_of(context, one, people.child(n)) for n, one in enumerate(group.demographic_criteria_list)),
        *(group_of(context, one, groups.child(n)) for n, one in enumerate(group.groups)),
    )


def _at_least(number: int, parts: tuple[Criterion, ...]) -> Criterion:
    if number <= 0:
        return ALWAYS
    if number > len(parts):
        return NEVER
    if number == len(parts):
        return all_of(parts)
    if number == 1:
        return any_of(parts)
    return Group(kind=GroupKind.AT_LEAST, number=number, parts=ordered(parts))


def _at_most(number: int, parts: tuple[Criterion, ...]) -> Criterion:
    if number < 0:
        return NEVER
    if number >= len(parts):
        return ALWAYS
    if number == 0:
        return none_of(parts)
    return Group(kind=GroupKind.AT_MOST, number=number, parts=ordered(parts))


def _correlated(context: Context, correlated: CorrelatedCriteria, place: Place) -> Criterion:
    events = query_of(context, correlated.criteria, place.child("Criteria"))
    count = _count(correlated.occurrence, events.domain)
    windows = windows_of(correlated)
    reason = _never_counts(events, count, correlated)
    if any(map(is_empty, windows)):
        reason = "the window ends before it starts, so no event counts"
    if reason is not None or (count.operator is CountOperator.AT_LEAST and count.number == 0):
        holds = _holds_of_none(count)
        context.note(place, f"{reason or 'at least 0 is true of everybody'}: this is always {str(holds).lower()}")
        return ALWAYS if holds else NEVER
    return Occurrence(
        events=events,
        count=count,
        windows=windows,
        same_visit=bool(correlated.restrict_visit),
        ignoring_observation=bool(correlated.ignore_observation_period),
    )


def _count(given: GivenCount, domain: Domain) -> Count:
    """`at most 0` is exactly 0; what is counted once matters only where it can repeat or be absent."""
    operator = OPERATORS[given.type]
    if operator is CountOperator.AT_MOST and given.count == 0:
        operator = CountOperator.EXACTLY
    distinct = DISTINCT[given.count_column or "DOMAIN_CONCEPT"] if given.is_distinct else None
    is_any_or_none = given.count == (1 if operator is CountOperator.AT_LEAST else 0)
    if is_any_or_none and (distinct is Distinct.DATES or (distinct is Distinct.CONCEPTS and domain not in _NO_CONCEPT)):
        distinct = None
    return Count(operator=operator, number=given.count, distinct=distinct)


def _never_counts(events: EventQuery, count: Count, correlated: CorrelatedCriteria) -> str | None:
    """Why no event can count, where that is so: its domain has no visits."""
    if _has_visits(events.domain):
        return None
    if correlated.restrict_visit:
        return f"a {events.domain.words} belongs to no visit, so none is of the same visit"
    if count.distinct is Distinct.VISITS:
        return f"a {events.domain.words} belongs to no visit, so none is counted"
    return None


def _has_visits(domain: Domain) -> bool:
    columns = EVENT_TABLES[domain].columns
    return domain is Domain.VISIT or any(column.name == "visit_occurrence_id" for column in columns)


def _holds_of_none(count: Count) -> bool:
    """Whether the count is met when nothing counts."""
    return count.operator is CountOperator.AT_MOST or count.number == 0
