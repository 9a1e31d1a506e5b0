"""What the index says for certain about every entry: its dates and ages."""

from functools import reduce

from cohort_dsl.ast import (
    Cohort,
    EventQuery,
    Events,
    Everyone,
    FieldTest,
    Predicate,
    PredicateAll,
    PredicateAny,
)
from cohort_dsl.lint.interval import EVERYTHING, Interval, interval_of
from cohort_dsl.lint.where import is_whole, limits_of
from schemas.fields import Field


def index_days(cohort: Cohort) -> Interval:
    """The days on which entries can start, as proleptic ordinals."""
    return _over_index(cohort, Field.DATE)


def index_ages(cohort: Cohort) -> Interval:
    """The ages at which entries can start."""
    return _over_index(cohort, Field.AGE)


def _over_index(cohort: Cohort, field: Field) -> Interval:
    match cohort.index.events:
        case Everyone(on=on):
            day = None if on is None or field is not Field.DATE else float(on.toordinal())
            return limits_of(field) if day is None else Interval(day, day)
        case events:
            return reduce(Interval.hull, (_of_events(event, field) for event in events))


def _of_events(events: Events, field: Field) -> Interval:
    if not isinstance(events, EventQuery) or events.where is None or events.covering is not None:
        return limits_of(field)
    return limits_of(field).meet(passing(events.where, field))


def passing(predicate: Predicate, field: Field) -> Interval:
    """The values of the field that an event which meets the where-clause can have."""
    match predicate:
        case FieldTest(field=tested, test=test) if tested is field:
            return interval_of(test, whole=is_whole(field))
        case PredicateAll(parts=parts):
            return reduce(Interval.meet, (passing(part, field) for part in parts))
        case PredicateAny(parts=parts):
            return reduce(Interval.hull, (passing(part, field) for part in parts))
        case _:
            return EVERYTHING
