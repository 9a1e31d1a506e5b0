"""Row predicates: tests of one event, three-valued."""

import datetime
from collections.abc import Iterator

from cohort_dsl.ast import Between, Compare, RangeTest, TextOperator
from engine.logical.nodes.node import Node, node
from schemas.errors import AnalysisProblem
from schemas.fields import FIELDS, Field, Kind

ConceptIds = tuple[int, ...]
"""Sorted, distinct OMOP concept ids; empty matches nothing."""


@node
class RowRange(Node):
    """The field lies in a range; unknown where the field is missing. Dates, numbers and days of duration.

    With `by_year` an age is the difference of calendar years, as in OHDSI's SQL, and not completed years.
    """

    field: Field
    test: RangeTest
    by_year: bool = False

    def __post_init__(self) -> None:
        kind = FIELDS[self.field].kind
        if kind not in (Kind.NUMBER, Kind.DATE, Kind.DURATION):
            raise _mismatch(self.field, kind, "a number or date")
        for value in range_values(self.test):
            if isinstance(value, datetime.date) != (kind is Kind.DATE):
                raise _mismatch(self.field, kind, "a date" if isinstance(value, datetime.date) else "a number")


@node
class RowConcept(Node):
    """The field's concept is one of `concepts`; unknown where it is missing.

    Concept 0 means missing, unless `zero_is_value`, as in OHDSI's SQL.
    """

    field: Field
    concepts: ConceptIds
    zero_is_value: bool = False

    def __post_init__(self) -> None:
        if FIELDS[self.field].kind is not Kind.CONCEPT:
            raise _mismatch(self.field, FIELDS[self.field].kind, "a concept set")


@node
class RowText(Node):
    """The field's text matches, letter case counting; unknown where it is missing."""

    field: Field
    operator: TextOperator
    text: str

    def __post_init__(self) -> None:
        if FIELDS[self.field].kind is not Kind.TEXT:
            raise _mismatch(self.field, FIELDS[self.field].kind, "text")


@node
class RowMissing(Node):
    """The field has no value (for concepts: null, or 0 unless `zero_is_value`). Never unknown."""

    field: Field
    zero_is_value: bool = False


@node
class RowAbnormal(Node):
    """The value is outside its range of normal, or the result is one of `ABNORMAL_RESULTS`; unknown by Kleene's
    disjunction of the three tests, where a result of concept 0 is missing."""


@node
class RowAll(Node):
    parts: tuple["RowPredicate", ...]


@node
class RowAny(Node):
    parts: tuple["RowPredicate", ...]


@node
class RowNot(Node):
    part: "RowPredicate"


RowPredicate = RowRange | RowConcept | RowText | RowMissing | RowAbnormal | RowAll | RowAny | RowNot


ABNORMAL_RESULTS: ConceptIds = (4155142, 4155143)
"""Above and below the reference range, the two concepts OHDSI Circe takes for abnormal."""


ABNORMAL_FIELDS = (Field.VALUE, Field.RANGE_LOW, Field.RANGE_HIGH, Field.VALUE_CONCEPT)
"""What `RowAbnormal` reads."""


def range_values(test: RangeTest) -> tuple[float | datetime.date, ...]:
    """The values a range is made of."""
    match test:
        case Compare(value=value):
            return (value,)
        case Between(low=low, high=high):
            return tuple(value for value in (low, high) if value is not None)


def fields_of(predicate: RowPredicate) -> Iterator[Field]:
    """Every field a predicate reads."""
    match predicate:
        case RowRange(field=field) | RowConcept(field=field) | RowText(field=field) | RowMissing(field=field):
            yield field
        case RowAbnormal():
            yield from ABNORMAL_FIELDS
        case RowAll(parts=parts) | RowAny(parts=parts):
            for part in parts:
                yield from fields_of(part)
        case RowNot(part=part):
            yield from fields_of(part)


def _mismatch(field: Field, kind: Kind, given: str) -> AnalysisProblem:
    return AnalysisProblem("field-kind", f"{field.value} is compared with {given}", expected=(kind.value,))
