"""Conditions on the person `p` of an entry `e`, and on the dates of its index event."""

from typing import assert_never

from sqlglot import exp

from engine.logical.nodes import Atom, PersonConcept, PersonRange, PersonText, PersonUnrecorded
from engine.targets.duckdb.sql import Parameters, age, column, in_range, year_difference
from schemas.fields import PERSON_FIELDS, Kind, PersonField
from schemas.sex import SEX_CONCEPTS

PersonAtom = PersonRange | PersonText | PersonConcept | PersonUnrecorded

_ENTRY_DATES = {PersonField.INDEX_DATE: "start_date", PersonField.INDEX_END_DATE: "end_date"}
_COLUMNS = {
    PersonField.SEX: "gender_concept_id",
    PersonField.REGION: "region",
    PersonField.BIRTH_YEAR: "year_of_birth",
    PersonField.GENDER: "gender_concept_id",
    PersonField.RACE: "race_concept_id",
    PersonField.ETHNICITY: "ethnicity_concept_id",
}


def reads_person(atom: Atom) -> bool:
    """Whether the condition reads the person table."""
    return isinstance(atom, PersonAtom) and atom.field not in _ENTRY_DATES


def person_truth(atom: PersonAtom, parameters: Parameters) -> exp.Expr:
    """The condition as a Boolean expression, null where it is unknown."""
    match atom:
        case PersonRange(field=field, test=test, by_year=by_year):
            return in_range(_number_or_date(field, by_year), test, parameters)
        case PersonText(field=PersonField.SEX, values=values):
            ids = tuple(SEX_CONCEPTS[value] for value in values if value in SEX_CONCEPTS)
            known = parameters.has_concept(SEX_CONCEPTS.values(), _column(PersonField.SEX))
            return exp.Case().when(known, parameters.has_concept(ids, _column(PersonField.SEX)), copy=False)
        case PersonText(field=field, values=values):
            return parameters.has_text(values, _column(field))
        case PersonConcept(field=field, concepts=concepts, zero_is_value=zero_is_value):
            return parameters.has_concept(concepts, _concept(field, zero_is_value))
        case PersonUnrecorded(field=PersonField.SEX):
            known = parameters.has_concept(SEX_CONCEPTS.values(), _column(PersonField.SEX))
            return exp.not_(exp.func("coalesce", known, exp.false(), copy=False), copy=False)
        case PersonUnrecorded(field=field, zero_is_value=zero_is_value):
            return exp.Is(this=_concept(field, zero_is_value), expression=exp.null())
        case _:
            assert_never(atom)


def _number_or_date(field: PersonField, by_year: bool) -> exp.Expr:
    if field in _ENTRY_DATES:
        return column(_ENTRY_DATES[field], "e")
    if field is not PersonField.AGE:
        return _column(field)
    day = column("start_date", "e")
    return year_difference(column("year_of_birth", "p"), day) if by_year else age(column("birth_date", "p"), day)


def _concept(field: PersonField, zero_is_value: bool) -> exp.Expr:
    """Concept 0 means that there is none, as null does, unless OHDSI's reading is asked for."""
    if zero_is_value or PERSON_FIELDS[field][0] is not Kind.CONCEPT:
        return _column(field)
    return exp.func("nullif", _column(field), exp.Literal.number(0), copy=False)


def _column(field: PersonField) -> exp.Expr:
    return column(_COLUMNS[field], "p")
