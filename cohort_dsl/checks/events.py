"""Events and their where-clauses."""

from collections.abc import Iterator

from cohort_dsl.ast import (
    CohortEvents,
    EventQuery,
    FieldConcepts,
    FieldMissing,
    FieldTest,
    FieldText,
    Index,
    PredicateAll,
    PredicateAny,
)
from cohort_dsl.checks.values import kind_problems
from cohort_dsl.source import listed
from cohort_dsl.tree import Visit, span_of, walk
from cohort_dsl.words import fields_of
from schemas.errors import AnalysisProblem, Problem
from schemas.fields import FIELDS, Field, Kind
from schemas.omop import Domain

_UNIT_OF_VALUE = (Field.VALUE, Field.RANGE_LOW, Field.RANGE_HIGH, Field.QUANTITY)
_RANGES = (Kind.NUMBER, Kind.DATE, Kind.DURATION)


def event_problems(visit: Visit) -> Iterator[Problem]:
    """Fields the domain lacks, values of the wrong kind, units where there are none, negative observation."""
    match visit.value:
        case EventQuery(domain=domain, where=where) if where is not None:
            for inner in walk(where):
                yield from _test_problems(inner, domain)
        case CohortEvents(name=""):
            yield AnalysisProblem("empty-text", "a cohort is referred to by its name", span=visit.span)
        case PredicateAll(parts=parts) | PredicateAny(parts=parts) if len(parts) < 2:
            yield AnalysisProblem("empty-group", "`and` and `or` join at least two conditions", span=visit.span)
        case Index(events=()):
            yield AnalysisProblem("empty-group", "the index names at least one kind of event", span=visit.span)
        case Index(observed_before=before, observed_after=after) if min(before.count, after.count) < 0:
            yield AnalysisProblem("negative-time", "observation is asked for in days before and after", span=visit.span)
        case _:
            pass


def _test_problems(visit: Visit, domain: Domain) -> Iterator[Problem]:
    match visit.value:
        case FieldTest(field=field, test=test) as node:
            yield from _field_problems(visit, field, domain, _RANGES)
            if FIELDS[field].kind in _RANGES:
                yield from kind_problems(field.value, FIELDS[field].kind, test, visit.span)
            yield from _unit_problems(node, domain)
        case FieldConcepts(field=field):
            yield from _field_problems(visit, field, domain, (Kind.CONCEPT,))
        case FieldText(field=field):
            yield from _field_problems(visit, field, domain, (Kind.TEXT,))
        case FieldMissing(field=field):
            yield from _field_problems(visit, field, domain, tuple(Kind))
        case _:
            pass


def _field_problems(visit: Visit, field: Field, domain: Domain, kinds: tuple[Kind, ...]) -> Iterator[Problem]:
    spec = FIELDS[field]
    if field not in fields_of(domain):
        having = [other.words for other in Domain if field in fields_of(other)]
        yield AnalysisProblem("field-not-in-domain", f"a {domain.words} has no `{field.value}`", span=visit.span,
                              hint=f"events that have it: {listed(having)}")  # fmt: skip
    elif spec.kind not in kinds:
        message = f"`{field.value}` is compared with a {spec.kind.value}"
        yield AnalysisProblem("wrong-kind", message, span=visit.span, expected=(spec.kind.value,))


def _unit_problems(test: FieldTest, domain: Domain) -> Iterator[Problem]:
    if test.unit is None:
        return
    of_value = test.field in _UNIT_OF_VALUE and Field.UNIT in fields_of(domain)
    if not of_value and test.field is not Field.DOSE:
        message = f"`{test.field.value}` of a {domain.words} has no unit"
        yield AnalysisProblem("unit-not-allowed", message, span=span_of(test.unit) or span_of(test))
