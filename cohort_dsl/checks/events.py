"""Events of one domain and their clauses."""

from collections.abc import Iterator

from cohort_dsl.ast import (
    CohortEvents,
    Covering,
    EventQuery,
    FieldAbnormal,
    FieldConcepts,
    FieldMissing,
    FieldTest,
    FieldText,
    PredicateAll,
    PredicateAny,
    Trend,
)
from cohort_dsl.checks.values import kind_problems, range_problems
from cohort_dsl.source import listed
from cohort_dsl.tree import Visit, span_of, walk
from cohort_dsl.words import ABNORMAL_FIELDS, fields_of, has_unit
from schemas.errors import AnalysisProblem, Problem, Span
from schemas.fields import FIELDS, Field, Kind
from schemas.omop import Domain

_RANGES = (Kind.NUMBER, Kind.DATE, Kind.DURATION)

EVENTS = frozenset((EventQuery, Covering, Trend, CohortEvents, PredicateAll, PredicateAny))
"""The kinds of value that `event_problems` has something to say of."""


def event_problems(visit: Visit) -> Iterator[Problem]:
    """Fields the domain lacks, values of the wrong kind, units where there are none, trends and days that cannot be."""
    match visit.value:
        case EventQuery() as query:
            yield from _query_problems(query, visit)
        case Covering(first=first, last=last):
            yield from range_problems(first, last, visit.span)
        case Trend(by=by, within=within) if not by > 0 or within.count <= 0:
            message = "a trend has a difference and a time above 0"
            yield AnalysisProblem("bad-trend", message, span=visit.span)
        case CohortEvents(name=""):
            yield AnalysisProblem("empty-text", "a cohort is referred to by its name", span=visit.span)
        case PredicateAll(parts=parts) | PredicateAny(parts=parts) if len(parts) < 2:
            yield AnalysisProblem("empty-group", "`and` and `or` join at least two conditions", span=visit.span)
        case _:
            pass


def _query_problems(query: EventQuery, visit: Visit) -> Iterator[Problem]:
    if query.where is not None:
        for inner in walk(query.where):
            yield from _test_problems(inner, query.domain)
    if query.source is not None:
        yield from _lacking(Field.SOURCE, query.domain, span_of(query.source) or visit.span)
    if query.trend is not None:
        yield from _lacking(Field.VALUE, query.domain, span_of(query.trend) or visit.span)


def _lacking(field: Field, domain: Domain, span: Span | None) -> Iterator[Problem]:
    """The problem that events of the domain do not have the field, if they do not."""
    if field not in fields_of(domain):
        having = [other.words for other in Domain if field in fields_of(other)]
        yield AnalysisProblem("field-not-in-domain", f"a {domain.words} has no `{field.value}`", span=span,
                              hint=f"events that have it: {listed(having)}")  # fmt: skip


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
        case FieldAbnormal():
            if not fields_of(domain) >= ABNORMAL_FIELDS:
                having = [other.words for other in Domain if fields_of(other) >= ABNORMAL_FIELDS]
                yield AnalysisProblem("field-not-in-domain", f"a {domain.words} has no range of normal",
                                      span=visit.span, hint=f"events that have one: {listed(having)}")  # fmt: skip
        case _:
            pass


def _field_problems(visit: Visit, field: Field, domain: Domain, kinds: tuple[Kind, ...]) -> Iterator[Problem]:
    spec = FIELDS[field]
    if field not in fields_of(domain):
        yield from _lacking(field, domain, visit.span)
    elif spec.kind not in kinds:
        message = f"`{field.value}` is compared with a {spec.kind.value}"
        yield AnalysisProblem("wrong-kind", message, span=visit.span, expected=(spec.kind.value,))


def _unit_problems(test: FieldTest, domain: Domain) -> Iterator[Problem]:
    if test.unit is None:
        return
    if not has_unit(test.field, domain):
        message = f"`{test.field.value}` of a {domain.words} has no unit"
        yield AnalysisProblem("unit-not-allowed", message, span=span_of(test.unit) or span_of(test))
