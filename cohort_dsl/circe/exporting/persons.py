"""Conditions on persons as demographic criteria."""

from cohort_dsl.ast import (
    ConceptSet,
    Criterion,
    Group,
    Mode,
    Not,
    PersonConcepts,
    PersonIn,
    PersonMissing,
    PersonTest,
)
from cohort_dsl.circe.attributes import Kind
from cohort_dsl.circe.exporting.context import Context, JsonObject, concept_json
from cohort_dsl.circe.exporting.values import range_json
from cohort_dsl.circe.shape import is_listed, listed_concepts
from cohort_dsl.json_read import Json
from schemas.fields import PersonField

_RANGES = {
    PersonField.AGE: ("Age", Kind.WHOLE),
    PersonField.INDEX_DATE: ("OccurrenceStartDate", Kind.DATE),
    PersonField.INDEX_END_DATE: ("OccurrenceEndDate", Kind.DATE),
}
_CONCEPTS = {PersonField.GENDER: "Gender", PersonField.RACE: "Race", PersonField.ETHNICITY: "Ethnicity"}
_SEXES: dict[str, JsonObject] = {
    "male": {"CONCEPT_ID": 8507, "CONCEPT_NAME": "MALE"},
    "female": {"CONCEPT_ID": 8532, "CONCEPT_NAME": "FEMALE"},
}


def demographic_json(context: Context, criterion: Criterion) -> JsonObject:
    """One condition, or several joined by `and`; the caller has made sure that Circe has room for them."""
    match criterion:
        case Group(parts=parts):
            return {key: value for part in parts for key, value in demographic_json(context, part).items()}
        case PersonTest(field=field, test=test):
            key, kind = _RANGES[field]
            return {key: range_json(context, kind, test, criterion)}
        case Not(part=PersonTest(field=field, test=test)):
            key, kind = _RANGES[field]
            return {key: range_json(context, kind, test, criterion, negate=True)}
        case PersonIn(values=values):
            sexes: list[Json] = [_SEXES[value] for value in values]
            return {"Gender": sexes}
        case PersonConcepts(field=field, concepts=concepts):
            return _concepts(context, field, concepts, negate=False)
        case Not(part=PersonConcepts(field=field, concepts=concepts)):
            return _concepts(context, field, concepts, negate=True)
        case PersonMissing(field=field):
            return {f"{_CONCEPTS[field]}CS": {"IsExclusion": True}}
        case Not(part=PersonMissing(field=field)):
            return {f"{_CONCEPTS[field]}CS": {"IsExclusion": False}}
        case _:
            raise AssertionError(type(criterion).__name__)


def _concepts(context: Context, field: PersonField, concepts: ConceptSet, *, negate: bool) -> JsonObject:
    if is_listed(concepts) and not negate:
        items: list[Json] = [concept_json(item) for item in listed_concepts(concepts)]
        return {_CONCEPTS[field]: items}
    if context.mode is Mode.CIRCE_EXACT and field is not PersonField.GENDER and not concepts.is_named:
        hint = "list its concepts, each without descendants, and say it without `not`"
        raise context.refusal("this set, which OHDSI's SQL looks up in the gender", concepts, hint)
    return {f"{_CONCEPTS[field]}CS": {"CodesetId": context.codeset_id(concepts), "IsExclusion": negate}}
