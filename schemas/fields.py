"""The fields a where-clause may test: their words, their kind and where each lives.

One table serves the parser (words), the analyser (kinds and domains) and every target (columns).
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache

from schemas.omop import EVENT_TABLES, Domain


class Kind(Enum):
    """What a field is compared with."""

    NUMBER = "number"
    DATE = "date"
    DURATION = "duration in days"
    CONCEPT = "concept set"
    TEXT = "text"
    RECORD = "nothing; it is there or missing"


class Field(Enum):
    """A field of an event; the value is its spelling in text."""

    AGE = "age"
    AGE_AT_END = "age at end"
    DATE = "date"
    END_DATE = "end date"
    DURATION = "duration"
    VALUE = "value"
    VALUE_CONCEPT = "value concept"
    VALUE_TEXT = "value text"
    UNIT = "unit"
    TYPE = "type"
    SOURCE = "source"
    SOURCE_TEXT = "source text"
    VISIT_RECORD = "visit record"
    VISIT_TYPE = "visit type"
    SPECIALTY = "specialty"
    CARE_SITE = "care site"
    PLACE_OF_SERVICE = "place of service"
    SERVICE_REGION = "region of service"
    GENDER = "gender"
    STATUS = "status"
    STOP_REASON = "stop reason"
    REFILLS = "refills"
    QUANTITY = "quantity"
    DAYS_SUPPLY = "days supply"
    ROUTE = "route"
    LOT_NUMBER = "lot number"
    DOSE = "dose"
    DOSE_UNIT = "dose unit"
    MODIFIER = "modifier"
    OPERATOR = "operator"
    RANGE_LOW = "range low"
    RANGE_HIGH = "range high"
    RANGE_LOW_RATIO = "range low ratio"
    RANGE_HIGH_RATIO = "range high ratio"
    QUALIFIER = "qualifier"
    DEVICE_ID = "device id"
    ANATOMIC_SITE = "anatomic site"
    DISEASE_STATUS = "disease status"
    SPECIMEN_ID = "specimen id"
    OCCURRENCES = "occurrences"
    GAP = "gap"
    PAYER = "payer"
    PLAN = "plan"
    SPONSOR = "sponsor"
    COVER_STOP_REASON = "cover stop reason"
    PLAN_SOURCE = "plan source"
    SPONSOR_SOURCE = "sponsor source"
    COVER_STOP_REASON_SOURCE = "cover stop reason source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A field that lives in another table: `key` here equals `table_key` there, take `column` there; with `then`,
    `column` is the key of one table further on. With `same_person` the row there must be of the event's person, for a
    source may name somebody else's."""

    key: str
    table: str
    table_key: str
    column: str
    then: "Lookup | None" = None
    same_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """`columns` are tried in order; a field with neither columns nor lookup is derived from the leading columns.

    With `divisor` the field is its column divided by that one; missing where the divisor is 0. In the domains of
    `concept_of` the field is the concept of the event itself.
    """

    field: Field
    kind: Kind
    description: str
    columns: tuple[str, ...] = ()
    lookup: Lookup | None = None
    divisor: str | None = None
    concept_of: tuple[Domain, ...] = ()

    def column(self, domain: Domain) -> str | None:
        """The column of the domain's table that holds the field, absent when it has none."""
        if domain in self.concept_of:
            return "concept_id"
        names = {column.name for column in EVENT_TABLES[domain].columns}
        return next((name for name in self.columns if name in names), None)

    @property
    def domains(self) -> frozenset[Domain]:
        """The domains whose events have the field."""
        return _domains_with(self)


@cache
def _domains_with(spec: FieldSpec) -> frozenset[Domain]:
    if spec.lookup is not None:
        key = spec.lookup.key
        return frozenset(
            domain for domain, table in EVENT_TABLES.items() if any(column.name == key for column in table.columns)
        )
    if not spec.columns and not spec.concept_of:
        return frozenset(Domain)
    found = (domain for domain in Domain if spec.column(domain))
    if spec.divisor is None:
        return frozenset(found)
    names = {domain: {column.name for column in EVENT_TABLES[domain].columns} for domain in Domain}
    return frozenset(domain for domain in found if spec.divisor in names[domain])


def _field(field: Field, kind: Kind, description: str, *columns: str, lookup: Lookup | None = None,
           divisor: str | None = None, concept_of: tuple[Domain, ...] = ()) -> FieldSpec:  # fmt: skip
    return FieldSpec(field=field, kind=kind, description=description, columns=columns, lookup=lookup, divisor=divisor,
                     concept_of=concept_of)  # fmt: skip


_VISIT = Lookup(key="visit_occurrence_id", table="visit", table_key="event_id", column="concept_id", same_person=True)
_VISIT_RECORD = Lookup(
    key="visit_occurrence_id", table="visit", table_key="event_id", column="event_id", same_person=True
)
_CARE_SITE_RECORD = Lookup(key="care_site_id", table="care_site", table_key="care_site_id", column="care_site_id")
_PROVIDER = Lookup(key="provider_id", table="provider", table_key="provider_id", column="specialty_concept_id")
_CARE_SITE = Lookup(key="care_site_id", table="care_site", table_key="care_site_id",
                    column="place_of_service_concept_id")  # fmt: skip
_CARE_SITE_PLACE = Lookup(key="care_site_id", table="care_site", table_key="care_site_id", column="location_id",
                          then=Lookup(key="location_id", table="location", table_key="location_id",
                                      column="region_concept_id"))  # fmt: skip
_PERSON = Lookup(key="person", table="person", table_key="person", column="gender_concept_id")

FIELDS: dict[Field, FieldSpec] = {
    spec.field: spec
    for spec in (
        _field(Field.AGE, Kind.NUMBER, "completed years of age on the first day"),
        _field(Field.AGE_AT_END, Kind.NUMBER, "completed years of age on the last day"),
        _field(Field.DATE, Kind.DATE, "first day", "start_date"),
        _field(Field.END_DATE, Kind.DATE, "last day (the first day where the source gives none)"),
        _field(Field.DURATION, Kind.DURATION, "days from the first day to the last; 0 for one day"),
        _field(Field.VALUE, Kind.NUMBER, "numeric result, or dose of a dose era", "value_as_number", "dose_value"),
        _field(Field.VALUE_CONCEPT, Kind.CONCEPT, "categorical result", "value_as_concept_id"),
        _field(Field.VALUE_TEXT, Kind.TEXT, "textual result", "value_as_string"),
        _field(Field.UNIT, Kind.CONCEPT, "unit of the value, dose or quantity", "unit_concept_id"),
        _field(
            Field.TYPE,
            Kind.CONCEPT,
            "where the record comes from",
            "type_concept_id",
            concept_of=(Domain.OBSERVATION_PERIOD,),
        ),
        _field(Field.SOURCE, Kind.CONCEPT, "concept of the source code", "source_concept_id"),
        _field(Field.SOURCE_TEXT, Kind.TEXT, "code as the source wrote it", "source_value"),
        _field(Field.VISIT_RECORD, Kind.RECORD, "the visit the event belongs to", lookup=_VISIT_RECORD),
        _field(Field.CARE_SITE, Kind.RECORD, "the care site", lookup=_CARE_SITE_RECORD),
        _field(Field.VISIT_TYPE, Kind.CONCEPT, "kind of the visit the event belongs to", lookup=_VISIT),
        _field(Field.SPECIALTY, Kind.CONCEPT, "specialty of the provider", lookup=_PROVIDER),
        _field(Field.PLACE_OF_SERVICE, Kind.CONCEPT, "kind of care site", lookup=_CARE_SITE),
        _field(Field.SERVICE_REGION, Kind.CONCEPT, "region of the care site", lookup=_CARE_SITE_PLACE),
        _field(Field.GENDER, Kind.CONCEPT, "gender of the person", lookup=_PERSON),
        _field(Field.STATUS, Kind.CONCEPT, "status of a condition", "status_concept_id"),
        _field(Field.STOP_REASON, Kind.TEXT, "why it ended", "stop_reason"),
        _field(Field.REFILLS, Kind.NUMBER, "refills", "refills"),
        _field(Field.QUANTITY, Kind.NUMBER, "quantity", "quantity"),
        _field(Field.DAYS_SUPPLY, Kind.NUMBER, "days of supply", "days_supply"),
        _field(Field.ROUTE, Kind.CONCEPT, "route of administration", "route_concept_id"),
        _field(Field.LOT_NUMBER, Kind.TEXT, "manufacturer's lot", "lot_number"),
        _field(Field.DOSE, Kind.NUMBER, "dose of an exposure (CDM 5.0 to 5.2)", "effective_drug_dose"),
        _field(Field.DOSE_UNIT, Kind.CONCEPT, "unit of that dose", "dose_unit_concept_id"),
        _field(Field.MODIFIER, Kind.CONCEPT, "modifier of a procedure", "modifier_concept_id"),
        _field(Field.OPERATOR, Kind.CONCEPT, "operator of a result", "operator_concept_id"),
        _field(Field.RANGE_LOW, Kind.NUMBER, "lower limit of normal", "range_low"),
        _field(Field.RANGE_HIGH, Kind.NUMBER, "upper limit of normal", "range_high"),
        _field(
            Field.RANGE_LOW_RATIO,
            Kind.NUMBER,
            "value divided by the lower limit of normal",
            "value_as_number",
            divisor="range_low",
        ),
        _field(
            Field.RANGE_HIGH_RATIO,
            Kind.NUMBER,
            "value divided by the upper limit of normal",
            "value_as_number",
            divisor="range_high",
        ),
        _field(Field.QUALIFIER, Kind.CONCEPT, "qualifier of an observation", "qualifier_concept_id"),
        _field(Field.DEVICE_ID, Kind.TEXT, "unique device id", "unique_device_id"),
        _field(Field.ANATOMIC_SITE, Kind.CONCEPT, "where a specimen was taken", "anatomic_site_concept_id"),
        _field(Field.DISEASE_STATUS, Kind.CONCEPT, "disease status of a specimen", "disease_status_concept_id"),
        _field(Field.SPECIMEN_ID, Kind.TEXT, "specimen id of the source", "specimen_source_id"),
        _field(Field.OCCURRENCES, Kind.NUMBER, "events joined in an era", "occurrence_count"),
        _field(Field.GAP, Kind.NUMBER, "days without supply in a drug era", "gap_days"),
        _field(Field.PAYER, Kind.CONCEPT, "who pays", concept_of=(Domain.PAYER_PLAN_PERIOD,)),
        _field(Field.PLAN, Kind.CONCEPT, "insurance plan", "plan_concept_id"),
        _field(Field.SPONSOR, Kind.CONCEPT, "sponsor of a plan", "sponsor_concept_id"),
        _field(Field.COVER_STOP_REASON, Kind.CONCEPT, "why cover ended", "stop_reason_concept_id"),
        _field(Field.PLAN_SOURCE, Kind.CONCEPT, "source concept of the plan", "plan_source_concept_id"),
        _field(Field.SPONSOR_SOURCE, Kind.CONCEPT, "source concept of the sponsor", "sponsor_source_concept_id"),
        _field(
            Field.COVER_STOP_REASON_SOURCE,
            Kind.CONCEPT,
            "source concept of why cover ended",
            "stop_reason_source_concept_id",
        ),
    )
}


class VariantField(Enum):
    """A field of a variant; the value is its spelling in text."""

    AF = "af"
    AF_EXTERNAL = "external af"
    CONSEQUENCE = "consequence"
    LOF = "lof"
    CLINVAR = "clinvar"
    FILTER = "filter"


VARIANT_FIELDS: dict[VariantField, tuple[Kind, str]] = {
    VariantField.AF: (Kind.NUMBER, "allele frequency in this release: allele_count / allele_number"),
    VariantField.AF_EXTERNAL: (Kind.NUMBER, "allele frequency in the external reference (gnomAD)"),
    VariantField.CONSEQUENCE: (Kind.TEXT, "most severe Sequence Ontology term"),
    VariantField.LOF: (Kind.TEXT, "loss-of-function confidence, HC or LC; the bare word `lof` means HC"),
    VariantField.CLINVAR: (Kind.TEXT, "ClinVar significance"),
    VariantField.FILTER: (Kind.TEXT, "VCF filter; `PASS` also stands for no filter applied"),
}


class PersonField(Enum):
    """A field of a person, at the index date where it depends on one."""

    SEX = "sex"
    GENDER = "gender"
    AGE = "age at index"
    INDEX_DATE = "index date"
    INDEX_END_DATE = "index end date"
    BIRTH_YEAR = "birth year"
    REGION = "region"
    RACE = "race"
    ETHNICITY = "ethnicity"


PERSON_FIELDS: dict[PersonField, tuple[Kind, str]] = {
    PersonField.SEX: (Kind.TEXT, "male or female; unknown when the source does not say"),
    PersonField.AGE: (Kind.NUMBER, "completed years of age on the index date"),
    PersonField.GENDER: (Kind.CONCEPT, "gender concept: 8507 male, 8532 female"),
    PersonField.INDEX_DATE: (Kind.DATE, "first day of the index event"),
    PersonField.INDEX_END_DATE: (Kind.DATE, "last day of the index event"),
    PersonField.BIRTH_YEAR: (Kind.NUMBER, "year of birth"),
    PersonField.REGION: (Kind.TEXT, "province or metropolitan city of residence"),
    PersonField.RACE: (Kind.CONCEPT, "race"),
    PersonField.ETHNICITY: (Kind.CONCEPT, "ethnicity"),
}
