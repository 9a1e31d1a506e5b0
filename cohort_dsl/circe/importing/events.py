"""Criteria as event queries."""

from cohort_dsl.ast import (
    ConceptSet,
    Covering,
    Criterion,
    Duration,
    Edge,
    EventQuery,
    FieldConcepts,
    Moved,
    Ordinal,
    Predicate,
    PredicateAll,
    Spanning,
)
from cohort_dsl.circe.attributes import KINDS_BY_NAME, PAYER_CONCEPT, EventKind, concept_name
from cohort_dsl.circe.importing.context import Context
from cohort_dsl.circe.importing.predicates import where_of
from cohort_dsl.circe.model import Criteria, DateAdjustment, EventCriteria, Period
from cohort_dsl.json_read import Place
from schemas.errors import Problems, Unsupported
from schemas.fields import Field
from schemas.omop import Domain


def event_of(context: Context, criteria: Criteria, having: Criterion | None, place: Place) -> EventQuery:
    """The events that criteria are about; `having` is what their nested criteria say, read by the caller."""
    kind = KINDS_BY_NAME[criteria.kind]
    event = criteria.event
    inner = place.child(criteria.kind)
    is_first = kind.has_first and bool(getattr(event, "first", None))
    source = _source(context, kind, event, inner)
    where = where_of(context, kind, event, inner)
    if source is not None and is_first and kind.domain is Domain.PAYER_PLAN_PERIOD:
        where, source = _and(FieldConcepts(field=Field.SOURCE, concepts=source), where), None
    return EventQuery(
        domain=kind.domain,
        concepts=_concepts(context, kind, event, inner, is_first=is_first),
        source=source,
        spanning=_spanning(context, kind, event.date_adjustment, inner),
        where=where,
        covering=_covering(getattr(event, "user_defined_period", None)),
        having=having,
        ordinal=Ordinal(ever=True) if is_first else None,
    )


def _concepts(
    context: Context, kind: EventKind, event: EventCriteria, place: Place, *, is_first: bool
) -> ConceptSet | None:
    name = concept_name(kind.domain)
    codeset_id: int | None = getattr(event, name) if name is not None else None
    if codeset_id is None:
        return None
    if name == PAYER_CONCEPT and is_first:
        message = f"{place}: the first period of any payer, if that payer is in a set, cannot be said"
        hint = "Circe counts `First` over all payers here; remove `First` or `PayerConcept`"
        raise Problems([Unsupported("circe-payer-first", message, hint=hint)])
    return context.concept_set(codeset_id)


def _source(context: Context, kind: EventKind, event: EventCriteria, place: Place) -> ConceptSet | None:
    codeset_id: int | None = getattr(event, kind.source) if kind.source is not None else None
    if codeset_id is None:
        return None
    if context.is_exact and not kind.sql_has_source:
        context.note(place, f"OHDSI's SQL ignores the source concept of a {kind.domain.words}")
        return None
    return context.concept_set(codeset_id)


def _spanning(context: Context, kind: EventKind, given: DateAdjustment | None, place: Place) -> Spanning | None:
    if given is None:
        return None
    if context.is_exact and not kind.sql_has_dates:
        context.note(place.child("DateAdjustment"), f"OHDSI's SQL does not adjust the dates of a {kind.domain.words}")
        return None
    start, end = _edge(given.start_with), _edge(given.end_with)
    if context.is_exact and kind.domain is Domain.DEATH and (start, end) != (Edge.START, Edge.END):
        context.note(
            place.child("DateAdjustment"), "OHDSI's SQL moves a death's start from its start, its end from its end"
        )
        start, end = Edge.START, Edge.END
    return Spanning(
        start=Moved(offset=Duration(count=given.start_offset), edge=start),
        end=Moved(offset=Duration(count=given.end_offset), edge=end),
    )


def _edge(column: str) -> Edge:
    return Edge.START if column == "START_DATE" else Edge.END


def _covering(given: Period | None) -> Covering | None:
    if given is None or (given.start_date is None and given.end_date is None):
        return None
    return Covering(first=given.start_date, last=given.end_date)


def _and(first: Predicate, rest: Predicate | None) -> Predicate:
    match rest:
        case None:
            return first
        case PredicateAll(parts=parts):
            return PredicateAll(parts=(first, *parts))
        case _:
            return PredicateAll(parts=(first, rest))
