"""Row predicates as SQL over a relation named `f`, and its person where an age is asked for."""

from typing import assert_never

from sqlglot import exp

from cohort_dsl.ast import TextOperator
from engine.logical.nodes import (
    ABNORMAL_RESULTS,
    RowAbnormal,
    RowAll,
    RowAny,
    RowConcept,
    RowMissing,
    RowNot,
    RowPredicate,
    RowRange,
    RowText,
    fields_of,
)
from engine.targets.duckdb.fields import field_column
from engine.targets.duckdb.sql import Parameters, age, column, days_between, in_range, year_difference
from schemas.fields import FIELDS, Field, Kind

PERSON_ALIAS = "fp"
_AGES = {Field.AGE: "start_date", Field.AGE_AT_END: "end_date"}
_TEXT_FUNCTIONS = {
    TextOperator.CONTAINS: "contains",
    TextOperator.STARTS_WITH: "starts_with",
    TextOperator.ENDS_WITH: "suffix",
}


def reads_person(predicate: RowPredicate) -> bool:
    """Whether the predicate needs the event's person."""
    return any(field in _AGES for field in fields_of(predicate))


class PredicateSql:
    """Builds predicates of one query; null is unknown."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    def predicate(self, predicate: RowPredicate) -> exp.Expr:
        """The predicate as a Boolean expression."""
        match predicate:
            case RowRange(field=field, test=test, by_year=by_year):
                return exp.paren(in_range(_value(field, by_year), test, self._parameters), copy=False)
            case RowConcept(field=field, concepts=concepts, zero_is_value=zero_is_value):
                return self._parameters.has_concept(concepts, _concept(field, zero_is_value))
            case RowText(field=field, operator=operator, text=text):
                return self._text(field, operator, text)
            case RowMissing(field=field, zero_is_value=zero_is_value):
                return exp.Is(this=_concept(field, zero_is_value), expression=exp.null())
            case RowAbnormal():
                return self._abnormal()
            case RowAll(parts=parts):
                return exp.and_(exp.true(), *map(self.predicate, parts), copy=False)
            case RowAny(parts=parts):
                return exp.or_(exp.false(), *map(self.predicate, parts), copy=False)
            case RowNot(part=part):
                return exp.not_(self.predicate(part), copy=False)
            case _:
                assert_never(predicate)

    def _text(self, field: Field, operator: TextOperator, text: str) -> exp.Expr:
        value = self._parameters.bind(text, "VARCHAR")
        match operator:
            case TextOperator.IS:
                return exp.EQ(this=_stored(field), expression=value)
            case TextOperator.LIKE:
                return exp.Like(this=_stored(field), expression=value)
            case _:
                return exp.func(_TEXT_FUNCTIONS[operator], _stored(field), value, copy=False)

    def _abnormal(self) -> exp.Expr:
        value = _stored(Field.VALUE)
        return exp.or_(
            exp.LT(this=value, expression=_stored(Field.RANGE_LOW)),
            exp.GT(this=value.copy(), expression=_stored(Field.RANGE_HIGH)),
            self._parameters.has_concept(ABNORMAL_RESULTS, _concept(Field.VALUE_CONCEPT, zero_is_value=False)),
            copy=False,
        )


def derived_value(field: Field, alias: str) -> exp.Expr:
    """A date or duration of an event, from its first and last day."""
    start, end = column("start_date", alias), column("end_date", alias)
    match field:
        case Field.DATE:
            return start
        case Field.END_DATE:
            return end
        case _:
            return days_between(start, end)


def _value(field: Field, by_year: bool) -> exp.Expr:
    match field:
        case Field.AGE | Field.AGE_AT_END if by_year:
            return year_difference(column("year_of_birth", PERSON_ALIAS), column(_AGES[field], "f"))
        case Field.AGE | Field.AGE_AT_END:
            return age(column("birth_date", PERSON_ALIAS), column(_AGES[field], "f"))
        case Field.DATE | Field.END_DATE | Field.DURATION:
            return derived_value(field, "f")
        case _:
            return _stored(field)


def _concept(field: Field, zero_is_value: bool) -> exp.Expr:
    """Concept 0 means that there is none, as null does, unless OHDSI's reading is asked for."""
    if FIELDS[field].kind is not Kind.CONCEPT or zero_is_value:
        return _value(field, by_year=False)
    return exp.func("nullif", _stored(field), exp.Literal.number(0), copy=False)


def _stored(field: Field) -> exp.Expr:
    return column(field_column(field), "f")
