"""Lints of where-clauses: tests that nothing or everything passes, numbers and texts that look mistyped."""

from collections.abc import Iterator
from math import inf

from cohort_dsl.ast import (
    Between,
    Compare,
    EventQuery,
    FieldMissing,
    FieldTest,
    FieldText,
    PersonTest,
    Predicate,
    PredicateAll,
    PredicateAny,
    PredicateNot,
    RangeTest,
    ScoreScale,
    ScoreTest,
    TextOperator,
)
from cohort_dsl.lint.document import Document
from cohort_dsl.lint.finding import Finding, LintRule, Severity
from cohort_dsl.lint.interval import EVERYTHING, Interval, interval_of
from cohort_dsl.lint.said import Sayings
from cohort_dsl.tree import span_of
from schemas.errors import Span
from schemas.fields import FIELDS, PERSON_FIELDS, Field, Kind, PersonField

OLDEST = 130
"""Completed years that nobody has reached."""

PERCENTILES = Interval(0, 100, high_open=True)
"""The share of people whose score is lower: never all of them, for the person is one."""

_LIMITS: dict[Field | PersonField, Interval] = {
    Field.AGE: Interval(0, OLDEST),
    Field.AGE_AT_END: Interval(0, OLDEST),
    Field.DURATION: Interval(0, inf),
    Field.OCCURRENCES: Interval(1, inf),
    Field.GAP: Interval(0, inf),
    PersonField.AGE: Interval(0, OLDEST),
}
_NEVER_MISSING = (Field.AGE, Field.AGE_AT_END, Field.DURATION, PersonField.AGE)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def limits_of(field: Field | PersonField) -> Interval:
    """The values a field can have."""
    return _LIMITS.get(field, EVERYTHING)


def is_whole(field: Field | PersonField) -> bool:
    """Whether the field holds whole numbers, so that `> 5` is `>= 6`."""
    kind = FIELDS[field].kind if isinstance(field, Field) else PERSON_FIELDS[field][0]
    return field in _LIMITS or kind in (Kind.DATE, Kind.DURATION)


def impossible_tests(document: Document) -> Iterator[Finding]:
    """Where-clauses that no event meets, and ages that nobody has."""
    for place in document.queries:
        if place.query.where is not None:
            yield from _impossible(place.query.where, document.said, place.span)
    for visit in document.nodes:
        match visit.value:
            case PersonTest(field=field, test=test) if _passing(field, test).is_empty:
                yield Finding(visit.span, f"no person has such a value of `{field.value}`", "correct the number")
            case ScoreTest(scale=ScoreScale.PERCENTILE, test=test) if PERCENTILES.meet(_interval(test)).is_empty:
                yield Finding(visit.span, "no person has such a percentile", "correct the number")
            case _:
                pass


def _impossible(predicate: Predicate, said: Sayings, span: Span | None) -> Iterator[Finding]:
    parts = tuple(_conjuncts(predicate))
    ranges: dict[Field, Interval] = {}
    missing = {part.field for part in parts if isinstance(part, FieldMissing)}
    denied = {said(part.part) for part in parts if isinstance(part, PredicateNot)}
    for part in parts:
        place = span_of(part) or span
        match part:
            case FieldTest(field=field, test=test):
                before = ranges.get(field, limits_of(field))
                ranges[field] = before.meet(_passing(field, test))
                if ranges[field].is_empty and not before.is_empty:
                    yield Finding(place, f"no `{field.value}` passes this and what is asked besides", "correct a limit")
                elif field in missing:
                    yield Finding(place, f"a missing `{field.value}` passes no comparison", "join the two by `or`")
            case PredicateAny(parts=choices):
                for choice in choices:
                    yield from _impossible(choice, said, place)
            case _:
                pass
        if said(part) in denied:
            yield Finding(place, "this is asked for and denied in one where-clause", "remove one of the two")


def _conjuncts(predicate: Predicate) -> Iterator[Predicate]:
    if isinstance(predicate, PredicateAll):
        for part in predicate.parts:
            yield from _conjuncts(part)
    else:
        yield predicate


def _interval(test: RangeTest) -> Interval:
    return interval_of(test, whole=False)


def _passing(field: Field | PersonField, test: RangeTest) -> Interval:
    return limits_of(field).meet(interval_of(test, whole=is_whole(field)))


def idle_tests(document: Document) -> Iterator[Finding]:
    """Tests that everybody passes."""
    for visit in document.nodes:
        match visit.value:
            case FieldTest(field=field, test=test) | PersonTest(field=field, test=test) if field in _NEVER_MISSING:
                if interval_of(test, whole=True).holds(limits_of(field)):
                    yield Finding(visit.span, f"every `{field.value}` passes this test", "remove it")
            case ScoreTest(scale=ScoreScale.PERCENTILE, test=test) if _interval(test).holds(PERCENTILES):
                yield Finding(visit.span, "every percentile passes this test", "remove it")
            case _:
                pass


def unlikely_dates(document: Document) -> Iterator[Finding]:
    """Years in which nothing was recorded."""
    for visit in document.nodes:
        match visit.value:
            case FieldTest(field=field, test=test) if FIELDS[field].kind is Kind.DATE:
                yield from _unlikely(test, visit.span)
            case PersonTest(field=field, test=test) if PERSON_FIELDS[field][0] is Kind.DATE:
                yield from _unlikely(test, visit.span)
            case _:
                pass


def _unlikely(test: RangeTest, span: Span | None) -> Iterator[Finding]:
    limits = (test.value,) if isinstance(test, Compare) else (test.low, test.high)
    for limit in limits:
        if limit is not None and not isinstance(limit, float) and not _FIRST_YEAR <= limit.year <= _LAST_YEAR:
            message = f"the year {limit.year} lies outside any record"
            fix = "leave that side open, as in `2015-01-01..`" if isinstance(test, Between) else "correct the year"
            yield Finding(span, message, fix)


def odd_texts(document: Document) -> Iterator[Finding]:
    """Texts that begin or end with a space, and patterns in the wrong place."""
    for visit in document.nodes:
        match visit.value:
            case FieldText(text=text) if text != text.strip():
                fix = f'write "{text.strip()}"'
                yield Finding(visit.span, "the text begins or ends with a space, which must then be there", fix)
            case FieldText(operator=TextOperator.LIKE, text=text) if not set("%_") & set(text):
                yield Finding(visit.span, "the pattern has no `%` and no `_`", f'write `is "{text}"`')
            case FieldText(operator=operator, text=text) if (
                operator is not TextOperator.LIKE and "%" in text[:1] + text[-1:]
            ):
                message = f"`{operator.value}` takes `%` for a letter like any other"
                yield Finding(visit.span, message, f'write `is like "{text}"`')
            case _:
                pass


def any_concept(document: Document) -> Iterator[Finding]:
    """Clinical events of any concept, of which nothing else is asked either."""
    for place in document.queries:
        match place.query:
            case EventQuery(domain=domain, concepts=None, source=None, where=None, having=None, covering=None):
                if domain.value in _OF_MANY_CONCEPTS:
                    words = domain.words
                    yield Finding(place.span, f"this takes in every {words}", f"write `{words} in …` if some are meant")
            case _:
                pass


_OF_MANY_CONCEPTS = ("condition", "drug", "procedure", "measurement", "observation", "device")
_HEAD = "let t2dm = concept 201826\n"

RULES = (
    LintRule(
        code="impossible-test",
        severity=Severity.WARNING,
        meaning="No event or person can pass: an age below 0, two tests that exclude each other, a value that is "
        "missing and compared. The criterion is never true.",
        example=f"{_HEAD}index first ever condition in t2dm where age >= 60 and age < 40",
        fixed=f"{_HEAD}index first ever condition in t2dm where age >= 40 and age < 60",
        find=impossible_tests,
    ),
    LintRule(
        code="idle-test",
        severity=Severity.INFO,
        meaning="Every event or person passes the test.",
        example=f"{_HEAD}index first ever condition in t2dm where age >= 0",
        fixed=f"{_HEAD}index first ever condition in t2dm where age >= 18",
        find=idle_tests,
    ),
    LintRule(
        code="unlikely-date",
        severity=Severity.WARNING,
        meaning=f"A date lies before {_FIRST_YEAR} or after {_LAST_YEAR}: a slip of the keyboard, or a side of a range "
        "that could be left open.",
        example=f"{_HEAD}index first ever condition in t2dm where date >= 2105-01-01",
        fixed=f"{_HEAD}index first ever condition in t2dm where date >= 2015-01-01",
        find=unlikely_dates,
    ),
    LintRule(
        code="odd-text",
        severity=Severity.WARNING,
        meaning="A text begins or ends with a space, or holds a pattern where none is read, or is a pattern without "
        "anything to fill in.",
        example=f'{_HEAD}index first ever condition in t2dm where source text starts with " E11"',
        fixed=f'{_HEAD}index first ever condition in t2dm where source text starts with "E11"',
        find=odd_texts,
    ),
    LintRule(
        code="any-concept",
        severity=Severity.INFO,
        meaning="Clinical events are asked for without a concept set or any other condition, so every one counts.",
        example=f'{_HEAD}index first ever condition in t2dm\ninclude "treated" when any drug after index',
        fixed=f"{_HEAD}let metformin = concept 1503297\nindex first ever condition in t2dm\n"
        'include "treated" when any drug in metformin after index',
        find=any_concept,
    ),
)
