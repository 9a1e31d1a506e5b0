"""Event queries as criteria; what `having` says is written by the caller."""

import datetime
from typing import assert_never

from cohort_dsl.ast import (
    Answers,
    CohortEvents,
    Covering,
    Edge,
    Eras,
    EventQuery,
    Events,
    Gaps,
    Mode,
    Moved,
    Ordinal,
    Sequence,
    Spanning,
)
from cohort_dsl.circe.attributes import KINDS_BY_DOMAIN, PAYER_CONCEPT, EventKind, concept_name
from cohort_dsl.circe.exporting.context import Context, JsonObject
from cohort_dsl.circe.exporting.predicates import attributes_json
from cohort_dsl.circe.exporting.values import days
from cohort_dsl.circe.model.values import json_key
from schemas.omop import Domain


def plain_query(context: Context, events: Events) -> EventQuery:
    """The events when Circe has criteria for their kind at all."""
    match events:
        case EventQuery():
            return events
        case CohortEvents():
            hint = "write that cohort's criteria out; a Circe definition stands alone"
            raise context.refusal("the entries of another cohort as events", events, hint)
        case Eras():
            hint = "use `drug era` or `condition era`, whose gaps are those of the OMOP tables"
            raise context.refusal("eras with gaps of a chosen length", events, hint)
        case Gaps():
            raise context.refusal("gaps between events", events, "ask for `no` event in a window instead")
        case Answers():
            hint = "ask for an `observation`, where the survey's answers were loaded as such"
            raise context.refusal("answers to a survey", events, hint)
        case Sequence():
            raise context.refusal("a sequence of events", events, "put the later events in a `having` of the first")
        case _:
            assert_never(events)


def event_json(context: Context, query: EventQuery, nested: JsonObject | None) -> JsonObject:
    """`{"ConditionOccurrence": {…}}`; `nested` is the group its `having` became."""
    kind = KINDS_BY_DOMAIN[query.domain]
    if query.trend is not None:
        raise context.refusal("that a value rose or fell", query, "compare with fixed values instead")
    body: JsonObject = {}
    _add_concepts(context, kind, query, body)
    _add_source(context, kind, query, body)
    if _is_first(context, kind, query):
        body["First"] = True
    attributes = attributes_json(context, kind, query)
    if attributes.keys() & body.keys():
        raise context.refusal(f"two concept sets for one thing of a {kind.domain.words}", query, "join them into one")
    body |= attributes
    if query.spanning is not None:
        body["DateAdjustment"] = _adjustment(context, kind, query.spanning)
    if query.covering is not None:
        body["UserDefinedPeriod"] = _period(context, kind, query.covering)
    if nested is not None:
        body["CorrelatedCriteria"] = nested
    return {kind.key: body}


def _add_concepts(context: Context, kind: EventKind, query: EventQuery, body: JsonObject) -> None:
    if query.concepts is None:
        return
    name = concept_name(kind.domain)
    if name is None:
        hint = "test its type: `where type in …`"
        raise context.refusal("observation periods of chosen concepts", query.concepts, hint)
    if name == PAYER_CONCEPT and query.ordinal is not None:
        hint = "Circe counts `first` over all payers; write `where payer in …`"
        raise context.refusal("the first period of chosen payers", query, hint)
    body[json_key(name)] = context.codeset_id(query.concepts)


def _add_source(context: Context, kind: EventKind, query: EventQuery, body: JsonObject) -> None:
    if query.source is None:
        return
    if kind.source is None or not kind.has_source:
        raise context.refusal(f"`coded in` for a {kind.domain.words}", query.source, "name its standard concepts")
    body[json_key(kind.source)] = context.codeset_id(query.source)


def _is_first(context: Context, kind: EventKind, query: EventQuery) -> bool:
    """Circe counts the first event before anything else is asked of it."""
    match query.ordinal:
        case None:
            return False
        case Ordinal(position=1, from_end=False, ever=ever) if kind.has_first and (ever or _is_bare(query)):
            return True
        case Ordinal(position=1, from_end=False) if kind.has_first:
            hint = "write `first ever`, or `index earliest of …` for the first that fits"
            raise context.refusal("the first event after a condition on it", query, hint)
        case _:
            raise context.refusal(f"which of a person's {kind.domain.words}s by number", query, "use `first ever`")


def _is_bare(query: EventQuery) -> bool:
    return query.where is None and query.spanning is None and query.covering is None and query.having is None


def _adjustment(context: Context, kind: EventKind, spanning: Spanning) -> JsonObject:
    if context.mode is Mode.CIRCE_EXACT and not kind.sql_has_dates:
        raise context.refusal(f"`spanning` for a {kind.domain.words}", spanning, "OHDSI's SQL ignores it; leave it out")
    edges = (spanning.start.edge, spanning.end.edge)
    if context.mode is Mode.CIRCE_EXACT and kind.domain is Domain.DEATH and edges != (Edge.START, Edge.END):
        hint = "OHDSI's SQL moves a death's start from its start and its end from its end"
        raise context.refusal("this `spanning` of a death", spanning, hint)
    return {
        "StartWith": _column(spanning.start),
        "StartOffset": days(context, spanning.start.offset, spanning),
        "EndWith": _column(spanning.end),
        "EndOffset": days(context, spanning.end.offset, spanning),
    }


def _column(moved: Moved) -> str:
    return "START_DATE" if moved.edge is Edge.START else "END_DATE"


def _period(context: Context, kind: EventKind, covering: Covering) -> JsonObject:
    if kind.domain not in (Domain.OBSERVATION_PERIOD, Domain.PAYER_PLAN_PERIOD):
        hint = "use `where date <= … and end date >= …`, which keeps the event's own days"
        raise context.refusal(f"`covering` for a {kind.domain.words}", covering, hint)
    return period_json(covering.first, covering.last)


def period_json(first: datetime.date | None, last: datetime.date | None) -> JsonObject:
    """Two days, either of which may be absent."""
    days_by_key = {"StartDate": first, "EndDate": last}
    return {key: day.isoformat() for key, day in days_by_key.items() if day is not None}
