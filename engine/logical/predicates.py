"""Where-clauses of the language to row predicates of the plan."""

from collections.abc import Callable
from typing import TypeVar, assert_never

from cohort_dsl.ast import (
    ConceptByCode,
    ConceptById,
    ConceptSet,
    FieldAbnormal,
    FieldConcepts,
    FieldMissing,
    FieldTest,
    FieldText,
    Predicate,
    PredicateAll,
    PredicateAny,
    PredicateNot,
)
from engine.logical.concepts import ConceptResolver
from engine.logical.nodes import (
    RowAbnormal,
    RowAll,
    RowAny,
    RowConcept,
    RowMissing,
    RowNot,
    RowPredicate,
    RowRange,
    RowText,
)
from schemas.errors import AnalysisProblem, Span
from schemas.fields import FIELDS, Field, Kind

Node = TypeVar("Node")

_JOINED = {Field.VISIT_TYPE: Field.VISIT_RECORD, Field.PLACE_OF_SERVICE: Field.CARE_SITE}
"""Fields of a table that OHDSI's SQL joins -> whether that table has the row."""


class PredicateAnalyzer:
    """Turns where-clauses into row predicates; `exact` takes ages and concept 0 as OHDSI's SQL does."""

    def __init__(self, concepts: ConceptResolver, *, exact: bool) -> None:
        self._concepts = concepts
        self._exact = exact

    def predicate(self, predicate: Predicate) -> RowPredicate:
        """The predicate; raises `AnalysisProblem` with its place in the text."""
        match predicate:
            case FieldTest():
                return placed(predicate.span, lambda: self._field_test(predicate))
            case FieldConcepts(field=field, concepts=concepts):
                ids = self._concepts.resolve(concepts, source=field is Field.SOURCE)
                return placed(predicate.span, lambda: RowConcept(field=field, concepts=ids, zero_is_value=self._exact))
            case FieldText(field=field, operator=operator, text=text):
                return placed(predicate.span, lambda: RowText(field=field, operator=operator, text=text))
            case FieldMissing(field=field):
                missing = self._missing(field)
                if not self._exact or field not in _JOINED:
                    return missing
                # OHDSI's SQL joins the table the field lives in, so that events without a row there are gone.
                return RowAll(parts=(missing, RowNot(part=RowMissing(field=_JOINED[field]))))
            case FieldAbnormal():
                return RowAbnormal()
            case PredicateAll(parts=parts):
                return RowAll(parts=tuple(self.predicate(part) for part in parts))
            case PredicateAny(parts=parts):
                return RowAny(parts=tuple(self.predicate(part) for part in parts))
            case PredicateNot(part=FieldMissing(field=field)):
                return RowNot(part=self._missing(field))
            case PredicateNot(part=FieldConcepts(field=field, concepts=concepts)) if self._is_nothing(field, concepts):
                # `NOT IN` of nothing is true in SQL, also where the field is missing.
                return RowNot(part=RowMissing(field=_JOINED[field])) if field in _JOINED else RowAll(parts=())
            case PredicateNot(part=PredicateNot(part=part)):
                return self.predicate(part)
            case PredicateNot(part=PredicateAll(parts=parts)):
                return RowAny(parts=tuple(self.predicate(PredicateNot(part=part)) for part in parts))
            case PredicateNot(part=PredicateAny(parts=parts)):
                return RowAll(parts=tuple(self.predicate(PredicateNot(part=part)) for part in parts))
            case PredicateNot(part=part):
                return RowNot(part=self.predicate(part))
            case _:
                assert_never(predicate)

    def _is_nothing(self, field: Field, concepts: ConceptSet) -> bool:
        """Whether OHDSI's reading is asked for, of a set without any concept."""
        return self._exact and not self._concepts.resolve(concepts, source=field is Field.SOURCE)

    def _missing(self, field: Field) -> RowMissing:
        return RowMissing(field=field, zero_is_value=self._exact and FIELDS[field].kind is Kind.CONCEPT)

    def _field_test(self, predicate: FieldTest) -> RowPredicate:
        by_year = self._exact and predicate.field in (Field.AGE, Field.AGE_AT_END)
        test = RowRange(field=predicate.field, test=predicate.test, by_year=by_year)
        if predicate.unit is None:
            return test
        if FIELDS[predicate.field].kind is not Kind.NUMBER:
            raise AnalysisProblem("unit-not-allowed", f"{predicate.field.value} has no unit", span=predicate.span)
        return RowAll(parts=(test, RowConcept(field=Field.UNIT, concepts=self._unit(predicate.unit))))

    def _unit(self, unit: ConceptById | ConceptByCode) -> tuple[int, ...]:
        """The concepts of a unit given by UCUM code or concept id."""
        return self._concepts.resolve(ConceptSet(included=(unit,)))


def placed(span: Span, make: Callable[[], Node]) -> Node:
    """A node whose problems, found while it is made, are given the place of the text it comes from."""
    try:
        return make()
    except AnalysisProblem as problem:
        if problem.span is None:
            problem.span = span
        raise
