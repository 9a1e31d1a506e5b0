"""Conditions on the person of an entry, null where unknown."""

import polars as pl

from engine.logical.nodes import PersonConcept, PersonRange, PersonText, PersonUnrecorded
from engine.targets.polars.expressions import calendar_years, completed_years, in_range, is_concept_in, is_text_in
from engine.targets.polars.fields import present_concept
from schemas.fields import PERSON_FIELDS, Kind, PersonField
from schemas.sex import SEX_CONCEPTS

PersonAtom = PersonRange | PersonText | PersonConcept | PersonUnrecorded

_CONCEPTS = {
    PersonField.GENDER: "gender_concept_id",
    PersonField.RACE: "race_concept_id",
    PersonField.ETHNICITY: "ethnicity_concept_id",
}


def person_test(atom: PersonAtom) -> pl.Expr:
    """The condition over an entry's columns and those of `ReleaseTables.people`."""
    match atom:
        case PersonRange(field=field, test=test, by_year=by_year):
            return in_range(_comparable(field, by_year=by_year), test)
        case PersonText(field=field, values=values):
            return is_text_in(values, _text(field))
        case PersonConcept(field=field, concepts=concepts, zero_is_value=zero_is_value):
            return is_concept_in(concepts, _concept(field, zero_is_value=zero_is_value))
        case PersonUnrecorded(field=field, zero_is_value=zero_is_value):
            is_concept = PERSON_FIELDS[field][0] is Kind.CONCEPT
            return (_concept(field, zero_is_value=zero_is_value) if is_concept else _text(field)).is_null()


def _comparable(field: PersonField, *, by_year: bool) -> pl.Expr:
    match field:
        case PersonField.AGE if by_year:
            return calendar_years(pl.col("year_of_birth"), pl.col("start"))
        case PersonField.AGE:
            return completed_years(pl.col("born"), pl.col("start"))
        case PersonField.INDEX_DATE:
            return pl.col("start")
        case PersonField.INDEX_END_DATE:
            return pl.col("end")
        case _:
            return pl.col("year_of_birth")


def _text(field: PersonField) -> pl.Expr:
    """The region, or the word for the sex."""
    if field is PersonField.REGION:
        return pl.col("region")
    words = list(SEX_CONCEPTS)
    return pl.col("gender_concept_id").replace_strict(
        list(SEX_CONCEPTS.values()), words, default=None, return_dtype=pl.String
    )


def _concept(field: PersonField, *, zero_is_value: bool) -> pl.Expr:
    return present_concept(pl.col(_CONCEPTS[field]), zero_is_value=zero_is_value)
