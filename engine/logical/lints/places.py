"""Where a document uses concept sets, and which concepts fit there."""

from collections.abc import Iterator
from dataclasses import dataclass

from cohort_dsl.ast import Cohort, ConceptSet, EventQuery, FieldConcepts, FieldTest, PersonConcepts
from cohort_dsl.tree import span_of, walk
from schemas.errors import Span
from schemas.fields import Field, PersonField
from schemas.omop import Domain

DOMAIN_OF: dict[Domain, str] = {
    Domain.CONDITION: "Condition",
    Domain.DRUG: "Drug",
    Domain.PROCEDURE: "Procedure",
    Domain.MEASUREMENT: "Measurement",
    Domain.OBSERVATION: "Observation",
    Domain.DEVICE: "Device",
    Domain.VISIT: "Visit",
    Domain.VISIT_DETAIL: "Visit",
    Domain.SPECIMEN: "Specimen",
    Domain.CONDITION_ERA: "Condition",
    Domain.DRUG_ERA: "Drug",
    Domain.DOSE_ERA: "Drug",
}
"""The `domain_id` of the concepts each kind of event has; the causes of death and others may be of any."""

_DOMAIN_OF_FIELD: dict[Field | PersonField, str] = {
    Field.UNIT: "Unit",
    Field.DOSE_UNIT: "Unit",
    Field.VISIT_TYPE: "Visit",
    Field.ROUTE: "Route",
    Field.GENDER: "Gender",
    PersonField.GENDER: "Gender",
    PersonField.RACE: "Race",
    PersonField.ETHNICITY: "Ethnicity",
}


@dataclass(frozen=True, slots=True)
class Use:
    """A concept set where it is used: what is compared with it, and the `domain_id` of concepts that fit, absent when
    any may. `source` is set where it is compared with the concepts of source codes."""

    concepts: ConceptSet
    words: str
    span: Span | None
    domain: str | None = None
    source: bool = False


def uses(cohort: Cohort) -> Iterator[Use]:
    """Every use of a concept set by a criterion or the index."""
    for visit in walk(cohort):
        place = span_of(getattr(visit.value, "concepts", None)) or visit.span
        match visit.value:
            case EventQuery(domain=domain, concepts=concepts, source=source):
                if concepts is not None:
                    yield Use(concepts, domain.words, place, DOMAIN_OF.get(domain))
                if source is not None:
                    yield Use(source, f"{domain.words} coded", span_of(source) or visit.span, source=True)
            case FieldConcepts(field=field, concepts=concepts):
                domain = _DOMAIN_OF_FIELD.get(field)
                yield Use(concepts, field.value, place, domain, source=field.value.endswith("source"))
            case PersonConcepts(field=field, concepts=concepts):
                yield Use(concepts, field.value, place, _DOMAIN_OF_FIELD.get(field))
            case FieldTest(unit=unit) if unit is not None:
                yield Use(ConceptSet(included=(unit,)), "unit", span_of(unit) or visit.span, "Unit")
            case _:
                pass
