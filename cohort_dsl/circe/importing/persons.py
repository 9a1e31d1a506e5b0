"""Demographic criteria."""

from collections.abc import Iterator

from cohort_dsl.ast import (
    Criterion,
    Group,
    GroupKind,
    Not,
    PersonConcepts,
    PersonIn,
    PersonMissing,
    PersonTest,
    RangeTest,
)
from cohort_dsl.circe.attributes import Kind
from cohort_dsl.circe.importing.concepts import listed
from cohort_dsl.circe.importing.context import Context
from cohort_dsl.circe.importing.predicates import number_rule
from cohort_dsl.circe.importing.ranges import range_condition
from cohort_dsl.circe.model import Concept, DateRange, DemographicCriteria, NumericRange, Selection
from cohort_dsl.circe.shape import all_of
from cohort_dsl.json_read import Place
from schemas.fields import PersonField

SEXES = {8507: "male", 8532: "female"}
"""OMOP's gender concepts that the language calls sex."""


def demographic_of(context: Context, given: DemographicCriteria, place: Place) -> Criterion:
    """All its attributes joined by `and`; without any, true."""
    del place
    return all_of(_attributes(context, given))


def _attributes(context: Context, given: DemographicCriteria) -> Iterator[Criterion]:
    if given.age is not None:
        yield _range(context, PersonField.AGE, given.age)
    concepts = (
        (PersonField.GENDER, given.gender, given.gender_cs),
        (PersonField.RACE, given.race, given.race_cs),
        (PersonField.ETHNICITY, given.ethnicity, given.ethnicity_cs),
    )
    for field, written, selection in concepts:
        if written:
            yield _written(field, written)
        if selection is not None:
            yield _selection(context, field, selection)
    if given.occurrence_start_date is not None:
        yield _range(context, PersonField.INDEX_DATE, given.occurrence_start_date)
    if given.occurrence_end_date is not None:
        yield _range(context, PersonField.INDEX_END_DATE, given.occurrence_end_date)


def _written(field: PersonField, concepts: tuple[Concept, ...]) -> Criterion:
    match concepts:
        case (Concept(concept_id=concept_id),) if field is PersonField.GENDER and concept_id in SEXES:
            return PersonIn(field=PersonField.SEX, values=(SEXES[concept_id],))
        case _:
            return PersonConcepts(field=field, concepts=listed(concepts))


def _selection(context: Context, field: PersonField, given: Selection) -> Criterion:
    if given.codeset_id is None:
        missing = PersonMissing(field=field)
        return missing if given.is_exclusion else Not(part=missing)
    found = PersonConcepts(field=field, concepts=context.concept_set(given.codeset_id))
    return Not(part=found) if given.is_exclusion else found


def _range(context: Context, field: PersonField, given: NumericRange | DateRange) -> Criterion:
    def test(limits: RangeTest) -> Criterion:
        return PersonTest(field=field, test=limits)

    def every(parts: tuple[Criterion, ...]) -> Criterion:
        return Group(kind=GroupKind.ALL, parts=parts)

    def negate(part: Criterion) -> Criterion:
        return Not(part=part)

    return range_condition(given, number_rule(context, Kind.WHOLE), test=test, every=every, negate=negate)
