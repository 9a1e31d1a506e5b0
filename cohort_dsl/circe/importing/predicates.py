"""The attributes of an event as its where-clause."""

from collections.abc import Callable, Iterator

from cohort_dsl.ast import (
    FieldAbnormal,
    FieldConcepts,
    FieldMissing,
    FieldTest,
    Predicate,
    PredicateAll,
    PredicateNot,
    RangeTest,
)
from cohort_dsl.circe.attributes import Attribute, EventKind, Kind
from cohort_dsl.circe.importing.concepts import listed
from cohort_dsl.circe.importing.context import Context
from cohort_dsl.circe.importing.ranges import cut, range_condition, rounded, text_condition
from cohort_dsl.circe.model import DateRange, EventCriteria, NumericRange, Selection, TextFilter
from cohort_dsl.json_read import Place
from schemas.fields import Field


def where_of(
    context: Context, kind: EventKind, event: EventCriteria, place: Place, *, without: tuple[str | None, ...] = ()
) -> Predicate | None:
    """All attributes but some joined by `and`, in the order of the table."""
    asked = tuple(attribute for attribute in kind.attributes if attribute.name not in without)
    parts = tuple(_predicates(context, asked, event, place))
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, PredicateAll) else (part,)))
    match flat:
        case ():
            return None
        case (only,):
            return only
        case _:
            return PredicateAll(parts=flat)


def _predicates(
    context: Context, asked: tuple[Attribute, ...], event: EventCriteria, place: Place
) -> Iterator[Predicate]:
    for attribute in asked:
        given: object = getattr(event, attribute.name)
        if given is None or given == () or given is False:
            continue
        if context.is_exact and attribute.reason is not None:
            context.note(place.child(attribute.key), f"OHDSI's SQL departs from the name: it {attribute.reason}")
        field = attribute.tested(context.mode)
        if field is not None:
            excluded = attribute.exclude is not None and bool(getattr(event, attribute.exclude))
            yield _predicate(context, attribute, field, given, excluded=excluded)


def _predicate(context: Context, attribute: Attribute, field: Field, given: object, *, excluded: bool) -> Predicate:
    match given:
        case NumericRange() | DateRange():
            return _range(context, attribute.kind, field, given)
        case TextFilter():
            return text_condition(field, given)
        case Selection():
            return _selection(context, field, given)
        case tuple():
            found = FieldConcepts(field=field, concepts=listed(given))
            return PredicateNot(part=found) if excluded else found
        case bool():
            return FieldAbnormal()
        case int():
            return FieldConcepts(field=field, concepts=context.concept_set(given))
        case _:
            raise AssertionError(attribute.name)


def _range(context: Context, kind: Kind, field: Field, given: NumericRange | DateRange) -> Predicate:
    def test(limits: RangeTest) -> Predicate:
        return FieldTest(field=field, test=limits)

    def every(parts: tuple[Predicate, ...]) -> Predicate:
        return PredicateAll(parts=parts)

    def negate(part: Predicate) -> Predicate:
        return PredicateNot(part=part)

    return range_condition(given, number_rule(context, kind), test=test, every=every, negate=negate)


def number_rule(context: Context, kind: Kind) -> Callable[[float], float]:
    """What becomes of a number: OHDSI's SQL cuts and rounds, a corrected document takes it as it stands."""
    if not context.is_exact:
        return float
    return cut if kind is Kind.WHOLE else rounded


def _selection(context: Context, field: Field, given: Selection) -> Predicate:
    if given.codeset_id is None:
        missing = FieldMissing(field=field)
        return missing if given.is_exclusion else PredicateNot(part=missing)
    found = FieldConcepts(field=field, concepts=context.concept_set(given.codeset_id))
    return PredicateNot(part=found) if given.is_exclusion else found
