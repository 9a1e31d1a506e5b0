"""Criteria as event queries."""

from cohort_dsl.ast import (
    ConceptSet,
    Covering,
    Criterion,
    Duration,
    Edge,
    EventQuery,
    Moved,
    Ordinal,
    Spanning,
)
from cohort_dsl.circe.attributes import KINDS_BY_NAME, EventKind, concept_name
from cohort_dsl.circe.importing.context import Context
from cohort_dsl.circe.importing.predicates import where_of
from cohort_dsl.circe.model import Criteria, DateAdjustment, EventCriteria, Period
from cohort_dsl.circe.model.values import json_key
from cohort_dsl.json_read import Place
from schemas.errors import Problems, Unsupported
from schemas.omop import Domain


def event_of(context: Context, criteria: Criteria, having: Criterion | None, place: Place) -> EventQuery:
    """The events that criteria are about; `having` is what their nested criteria say, read by the caller."""
    kind = KINDS_BY_NAME[criteria.kind]
    event = criteria.event
    inner = place.child(criteria.kind)
    is_first = kind.has_first and bool(getattr(event, "first", None))
    apart = _apart(kind, is_first=is_first)
    where = where_of(context, kind, event, inner, without=apart)
    return EventQuery(
        domain=kind.domain,
        concepts=_concepts(context, kind, event) if apart else None,
        source=_source(context, kind, event, inner) if apart else None,
        spanning=_spanning(context, kind, event.date_adjustment, inner),
        where=where,
        covering=_covering(getattr(event, "user_defined_period", None)),
        having=having,
        ordinal=Ordinal(ever=True) if is_first else None,
    )


def _apart(kind: EventKind, *, is_first: bool) -> tuple[str | None, ...]:
    """The fields that name the event and are no part of its where-clause.

    Of payer plan periods Circe counts the first before it asks for the payer, as a where-clause after `first ever`
    does.
    """
    return () if is_first and kind.domain is Domain.PAYER_PLAN_PERIOD else (concept_name(kind.domain), kind.source)


def _concepts(context: Context, kind: EventKind, event: EventCriteria) -> ConceptSet | None:
    name = concept_name(kind.domain)
    codeset_id: int | None = getattr(event, name) if name is not None else None
    return None if codeset_id is None else context.concept_set(codeset_id)


def _source(context: Context, kind: EventKind, event: EventCriteria, place: Place) -> ConceptSet | None:
    codeset_id: int | None = getattr(event, kind.source) if kind.source is not None else None
    if codeset_id is None:
        return None
    if not kind.has_source:
        return _without_source(context, kind, place.child(json_key(kind.source or "")))
    return context.concept_set(codeset_id)


def _without_source(context: Context, kind: EventKind, place: Place) -> None:
    """Some attributes ask for a column that the OMOP CDM does not have."""
    if not context.is_exact:
        message = f"{place}: no {kind.domain.words} has a source concept in the OMOP CDM"
        hint = "remove it, or import as circe-exact: OHDSI's SQL ignores it"
        raise Problems([Unsupported("circe-no-column", message, hint=hint)])
    context.note(place, f"OHDSI's SQL ignores it: no {kind.domain.words} has a source concept in the OMOP CDM")


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
