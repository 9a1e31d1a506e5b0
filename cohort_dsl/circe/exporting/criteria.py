"""Criteria as groups."""

from typing import assert_never

from cohort_dsl.ast import (
    Burden,
    Carries,
    Criterion,
    Distinct,
    EventQuery,
    Group,
    GroupKind,
    NoCall,
    Not,
    Occurrence,
    PairedVariants,
    PersonConcepts,
    PersonIn,
    PersonMissing,
    PersonTest,
    PhasedVariants,
    ScoreTest,
    Survey,
    Unknown,
)
from cohort_dsl.circe.exporting.context import Context, JsonObject
from cohort_dsl.circe.exporting.events import event_json, plain_query
from cohort_dsl.circe.exporting.persons import demographic_json
from cohort_dsl.circe.exporting.windows import windows_json
from cohort_dsl.circe.importing.criteria import DISTINCT, OPERATORS
from cohort_dsl.circe.shape import ALWAYS, is_demographic
from cohort_dsl.json_read import Json

_COLUMNS = {distinct: column for column, distinct in DISTINCT.items()}


def query_json(context: Context, query: EventQuery) -> JsonObject:
    """An event query with what its `having` says."""
    nested = None if query.having is None else filled_group_json(context, query.having)
    return event_json(context, query, nested)


def filled_group_json(context: Context, criterion: Criterion) -> JsonObject:
    """The criterion as a group that is not empty, since Circe passes over empty ones; a person of whom nothing is asked
    fits."""
    if criterion == ALWAYS:
        return {"Type": "ALL", "CriteriaList": [], "DemographicCriteriaList": [{}], "Groups": []}
    return group_json(context, criterion)


def group_json(context: Context, criterion: Criterion) -> JsonObject:
    """The criterion as a group; a single one as a group of one."""
    match criterion:
        case Group(kind=GroupKind.ALL, parts=parts) if not is_demographic(criterion):
            return _group(context, "ALL", parts)
        case Group(kind=GroupKind.ANY, parts=()):
            return _group(context, "AT_MOST", (ALWAYS,), 0)
        case Group(kind=GroupKind.ANY, parts=parts):
            return _group(context, "ANY", parts)
        case Group(kind=GroupKind.NONE, parts=parts):
            return _group(context, "AT_MOST", parts, 0)
        case Group(kind=GroupKind.AT_LEAST, parts=parts, number=number):
            return _group(context, "AT_LEAST", parts, number)
        case Group(kind=GroupKind.AT_MOST, parts=parts, number=number):
            return _group(context, "AT_MOST", parts, number)
        case Group(kind=GroupKind.EXACTLY, parts=parts, number=number):
            limits = tuple(
                Group(kind=kind, parts=parts, number=number) for kind in (GroupKind.AT_LEAST, GroupKind.AT_MOST)
            )
            return _group(context, "ALL", limits)
        case Not(part=part) if not is_demographic(criterion):
            return _group(context, "AT_MOST", (part,), 0)
        case _:
            return _group(context, "ALL", (criterion,))


def _group(context: Context, kind: str, parts: tuple[Criterion, ...], number: int | None = None) -> JsonObject:
    """Events, persons and groups each in their list."""
    events: list[Json] = []
    people: list[Json] = []
    groups: list[Json] = []
    for part in parts:
        if is_demographic(part):
            people.append(demographic_json(context, part))
        else:
            _add_part(context, part, events, groups)
    count: JsonObject = {} if number is None else {"Count": number}
    lists: JsonObject = {"CriteriaList": events, "DemographicCriteriaList": people, "Groups": groups}
    return {"Type": kind, **count, **lists}


def _add_part(context: Context, part: Criterion, events: list[Json], groups: list[Json]) -> None:
    match part:
        case Occurrence():
            events.append(_occurrence(context, part))
        case Group() | Not():
            groups.append(group_json(context, part))
        case PersonTest(field=field) | PersonIn(field=field) | PersonConcepts(field=field) | PersonMissing(field=field):
            hint = "Circe knows age, gender, race, ethnicity and the index dates of a person"
            raise context.refusal(f"`{field.value}` of a person this way", part, hint)
        case Carries() | NoCall() | Burden() | PairedVariants() | PhasedVariants() | ScoreTest():
            hint = "export the document without it and apply it to the result here"
            raise context.refusal("a condition on genotypes", part, hint)
        case Survey():
            hint = "ask for an `observation`, where the survey's answers were loaded as such"
            raise context.refusal("a condition on a survey's answer", part, hint)
        case Unknown():
            raise context.refusal("`unknown`: its criteria are true or false", part, "ask `is missing` of a field")
        case _:
            assert_never(part)


def _occurrence(context: Context, occurrence: Occurrence) -> JsonObject:
    count = occurrence.count
    number: JsonObject = {
        "Type": OPERATORS.index(count.operator),
        "Count": count.number,
        "IsDistinct": count.distinct is not None,
    }
    if count.distinct is not None and count.distinct is not Distinct.CONCEPTS:
        number["CountColumn"] = _COLUMNS[count.distinct]
    return {
        "Criteria": query_json(context, plain_query(context, occurrence.events)),
        **windows_json(context, occurrence),
        "Occurrence": number,
        "RestrictVisit": occurrence.same_visit,
        "IgnoreObservationPeriod": occurrence.ignoring_observation,
    }
