"""Conditions on the fields of events."""

import datetime
from dataclasses import dataclass, replace

from cohort_dsl.ast import (
    Between,
    Comparator,
    Compare,
    ConceptByCode,
    ConceptById,
    FieldAbnormal,
    FieldConcepts,
    FieldMissing,
    FieldTest,
    FieldText,
    Predicate,
    PredicateAll,
    PredicateAny,
    PredicateNot,
    RangeTest,
    TextOperator,
)
from cohort_dsl.building.concepts import ConceptsLike, as_set
from schemas.fields import Field

Limit = float | datetime.date
Unit = ConceptById | ConceptByCode | str


@dataclass(frozen=True, slots=True)
class FieldBuilder:
    """A field to be compared: `field("age") >= 40`."""

    field: Field
    unit: ConceptById | ConceptByCode | None = None

    def in_unit(self, unit: Unit) -> "FieldBuilder":
        """In a unit: a UCUM code or a concept."""
        made = ConceptByCode(vocabulary="UCUM", code=unit) if isinstance(unit, str) else unit
        return replace(self, unit=made)

    def _test(self, test: RangeTest) -> FieldTest:
        return FieldTest(field=self.field, test=test, unit=self.unit)

    def __lt__(self, value: Limit) -> FieldTest:
        return self._test(Compare(operator=Comparator.LT, value=value))

    def __le__(self, value: Limit) -> FieldTest:
        return self._test(Compare(operator=Comparator.LE, value=value))

    def __gt__(self, value: Limit) -> FieldTest:
        return self._test(Compare(operator=Comparator.GT, value=value))

    def __ge__(self, value: Limit) -> FieldTest:
        return self._test(Compare(operator=Comparator.GE, value=value))

    def equals(self, value: Limit) -> FieldTest:
        """`= value`."""
        return self._test(Compare(operator=Comparator.EQ, value=value))

    def differs(self, value: Limit) -> FieldTest:
        """`!= value`."""
        return self._test(Compare(operator=Comparator.NE, value=value))

    def between(self, low: Limit | None, high: Limit | None) -> FieldTest:
        """`in low..high`."""
        return self._test(Between(low=low, high=high))

    def among(self, of: ConceptsLike) -> FieldConcepts:
        """`in concepts`."""
        return FieldConcepts(field=self.field, concepts=as_set(of))

    def says(self, text: str) -> FieldText:
        """`is "text"`."""
        return FieldText(field=self.field, operator=TextOperator.IS, text=text)

    def contains(self, text: str) -> FieldText:
        """`contains "text"`."""
        return FieldText(field=self.field, operator=TextOperator.CONTAINS, text=text)

    def starts_with(self, text: str) -> FieldText:
        """`starts with "text"`."""
        return FieldText(field=self.field, operator=TextOperator.STARTS_WITH, text=text)

    def ends_with(self, text: str) -> FieldText:
        """`ends with "text"`."""
        return FieldText(field=self.field, operator=TextOperator.ENDS_WITH, text=text)

    def like(self, pattern: str) -> FieldText:
        """`is like "pattern"`: `%` stands for any text and `_` for one character."""
        return FieldText(field=self.field, operator=TextOperator.LIKE, text=pattern)

    def is_missing(self) -> FieldMissing:
        """`is missing`."""
        return FieldMissing(field=self.field)


def field(name: str | Field) -> FieldBuilder:
    """A field by its words, `field("visit type")`."""
    return FieldBuilder(Field(name))


def abnormal() -> FieldAbnormal:
    """The value is outside its range of normal."""
    return FieldAbnormal()


def both(*parts: Predicate) -> PredicateAll:
    """Joined by `and`."""
    return PredicateAll(parts=parts)


def either(*parts: Predicate) -> PredicateAny:
    """Joined by `or`."""
    return PredicateAny(parts=parts)


def never(part: Predicate) -> PredicateNot:
    """`not (part)`."""
    return PredicateNot(part=part)
