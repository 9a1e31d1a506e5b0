"""Lints of units and of the numbers before them."""

from collections.abc import Hashable, Iterator

from cohort_dsl.ast import (
    Compare,
    ConceptByCode,
    ConceptById,
    EventQuery,
    FieldConcepts,
    FieldTest,
    RangeTest,
)
from cohort_dsl.lint.document import Document
from cohort_dsl.lint.finding import Finding, LintRule, Severity
from cohort_dsl.tree import span_of, walk
from schemas.fields import Field
from schemas.omop import Domain

_PERCENT = 8554
"""The concept of `%` in OMOP's vocabulary."""
_LARGEST_FRACTION = 0.2


def unitless_values(document: Document) -> Iterator[Finding]:
    """Numbers of measurements that could be in any unit."""
    for place in document.queries:
        if place.query.domain is Domain.MEASUREMENT and not _names_units(place.query):
            for test in _value_tests(place.query):
                if set(_limits(test.test)) - {0.0}:
                    message = "a value in any unit passes or fails by its number alone"
                    yield Finding(span_of(test) or place.span, message, 'add the unit, as in `unit "%"`')


def fractions_of_percent(document: Document) -> Iterator[Finding]:
    """Limits in percent that look like fractions."""
    for place in document.queries:
        for test in _value_tests(place.query):
            limits = [limit for limit in _limits(test.test) if limit]
            if _is_percent(test) and limits and all(abs(limit) < _LARGEST_FRACTION for limit in limits):
                message = f"{limits[0]:g} percent is very little"
                yield Finding(span_of(test) or place.span, message, f"write {100 * limits[0]:g} if a share was meant")


def numbers_in_two_units(document: Document) -> Iterator[Finding]:
    """One number asked of one measurement in two units."""
    said, first = document.said, dict[Hashable, Hashable]()
    for place in document.queries:
        for test in _value_tests(place.query):
            if test.unit is None or not set(_limits(test.test)) - {0.0}:
                continue
            key = (place.query.domain, said(place.query.concepts), said(test.test))
            unit = first.setdefault(key, said(test.unit))
            if unit != said(test.unit):
                message = "another test has this number of this measurement in another unit"
                yield Finding(span_of(test) or place.span, message, "convert the number, or correct the unit")


def _value_tests(query: EventQuery) -> Iterator[FieldTest]:
    """Tests of the query's own value, those of events in its `having` left out."""
    for visit in walk(query.where):
        if isinstance(visit.value, FieldTest) and visit.value.field is Field.VALUE:
            yield visit.value


def _names_units(query: EventQuery) -> bool:
    return any(
        (isinstance(visit.value, FieldTest) and visit.value.unit is not None)
        or (isinstance(visit.value, FieldConcepts) and visit.value.field is Field.UNIT)
        for visit in walk(query.where)
    )


def _limits(test: RangeTest) -> tuple[float, ...]:
    limits = (test.value,) if isinstance(test, Compare) else (test.low, test.high)
    return tuple(limit for limit in limits if isinstance(limit, float))


def _is_percent(test: FieldTest) -> bool:
    match test.unit:
        case ConceptById(concept_id=concept_id):
            return concept_id == _PERCENT
        case ConceptByCode(vocabulary=vocabulary, code=code):
            return (vocabulary, code) == ("UCUM", "%")
        case None:
            return False


_HEAD = "let hba1c = concept 3004410\n"

RULES = (
    LintRule(
        code="value-without-unit",
        severity=Severity.INFO,
        meaning="A measurement's value is compared with a number and no unit is named. Where a release holds two units "
        "of one test, numbers of both pass. Comparisons with 0 mean the same in every unit.",
        example=f"{_HEAD}index first measurement in hba1c where value > 6.5",
        fixed=f'{_HEAD}index first measurement in hba1c where value > 6.5 unit "%"',
        find=unitless_values,
    ),
    LintRule(
        code="fraction-of-percent",
        severity=Severity.WARNING,
        meaning="A limit in percent is so small that it was probably meant as a fraction.",
        example=f'{_HEAD}index first measurement in hba1c where value > 0.065 unit "%"',
        fixed=f'{_HEAD}index first measurement in hba1c where value > 6.5 unit "%"',
        find=fractions_of_percent,
    ),
    LintRule(
        code="number-in-two-units",
        severity=Severity.INFO,
        meaning="One measurement is compared with one number in two units. Unless the units are two spellings of one, "
        "a number was copied and not converted.",
        example=f'{_HEAD}index first measurement in hba1c where value > 6.5 unit "%"\ninclude "again" when any '
        'measurement in hba1c where value > 6.5 unit "mmol/mol" after index',
        fixed=f'{_HEAD}index first measurement in hba1c where value > 6.5 unit "%"\ninclude "again" when any '
        'measurement in hba1c where value > 48 unit "mmol/mol" after index',
        find=numbers_in_two_units,
    ),
)
