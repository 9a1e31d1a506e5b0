"""What each attribute of Circe's event criteria tests: one table for reading and writing.

Where OHDSI's SQL departs from an attribute's name, the table says so; `circe-exact` documents follow the SQL, others
the name. Source: the SQL builders of circe-be 1.12.
"""

from dataclasses import dataclass
from enum import Enum

from cohort_dsl.ast import Mode
from cohort_dsl.circe.model.values import json_key
from schemas.fields import Field
from schemas.omop import Domain

PAYER_CONCEPT = "payer_concept"
"""Payer plan periods name their concept set so, and the rest `codeset_id`."""


class Kind(Enum):
    """The shapes of attributes."""

    WHOLE = "whole number"
    """Compared as an integer; decimals are cut off."""
    DECIMAL = "decimal number"
    """Rounded to four decimals."""
    DATE = "date"
    TEXT = "text"
    CONCEPTS = "list of concepts"
    SELECTION = "concept set, in or not in"
    CODESET = "concept set"
    ABNORMAL = "abnormal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """`name` is the model's field. `sql` is what the SQL tests, absent when it ignores the attribute."""

    name: str
    kind: Kind
    field: Field
    exclude: str | None = None
    """The flag that turns a list of concepts into its contrary."""
    sql: Field | None
    reason: str | None = None

    @property
    def key(self) -> str:
        """Its key in Circe's JSON."""
        return json_key(self.name)

    def tested(self, mode: Mode) -> Field | None:
        """The field it tests in a document of the mode; absent when it tests nothing."""
        return self.sql if mode is Mode.CIRCE_EXACT else self.field


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """A kind of criteria: its domain, its attributes in order, and the field of its source concept."""

    name: str
    domain: Domain
    attributes: tuple[Attribute, ...]
    source: str | None = None
    has_source: bool = True
    """Whether the OMOP CDM has the column that `source` asks for."""
    has_first: bool = True
    sql_has_dates: bool = True
    """Whether the SQL applies a date adjustment."""

    @property
    def key(self) -> str:
        """Its key in Circe's JSON."""
        return json_key(self.name)


def _attribute(kind: Kind, name: str, field: Field, exclude: str | None = None) -> Attribute:
    return Attribute(name=name, kind=kind, field=field, sql=field, exclude=exclude)


def _whole(name: str, field: Field) -> tuple[Attribute, ...]:
    return (_attribute(Kind.WHOLE, name, field),)


def _decimal(name: str, field: Field) -> tuple[Attribute, ...]:
    return (_attribute(Kind.DECIMAL, name, field),)


def _text(name: str, field: Field) -> tuple[Attribute, ...]:
    return (_attribute(Kind.TEXT, name, field),)


def _concepts(name: str, field: Field, exclude: str | None = None) -> tuple[Attribute, ...]:
    return (_attribute(Kind.CONCEPTS, name, field, exclude), *_set(f"{name}_cs", field))


def _set(name: str, field: Field) -> tuple[Attribute, ...]:
    return (_attribute(Kind.SELECTION, name, field),)


def _codeset(name: str, field: Field) -> tuple[Attribute, ...]:
    return (_attribute(Kind.CODESET, name, field),)


def _dates(start: str, end: str | None = None) -> tuple[Attribute, ...]:
    both = ((start, Field.DATE), (end, Field.END_DATE))
    return tuple(_attribute(Kind.DATE, name, field) for name, field in both if name is not None)


def _departs(name: str, kind: Kind, field: Field, sql: Field | None, reason: str) -> tuple[Attribute, ...]:
    return (Attribute(name=name, kind=kind, field=field, sql=sql, reason=reason),)


_GENDER = _concepts("gender", Field.GENDER)
_PERSON = (*_whole("age", Field.AGE), *_GENDER)
_SPECIALTY = _concepts("provider_specialty", Field.SPECIALTY)
_CONTEXT = (*_PERSON, *_SPECIALTY, *_concepts("visit_type", Field.VISIT_TYPE))
_ERA_DATES = _dates("era_start_date", "era_end_date")
_AGES = (*_whole("age_at_start", Field.AGE), *_whole("age_at_end", Field.AGE_AT_END))
_ERA_PERSON = (*_whole("era_length", Field.DURATION), *_AGES, *_GENDER)
_UNIT = _concepts("unit", Field.UNIT)
_PERIOD_DATES = _dates("period_start_date", "period_end_date")
_LENGTH = _whole("period_length", Field.DURATION)
_PLACE = _codeset("place_of_service_location", Field.SERVICE_REGION)

_KINDS = (
    EventKind(
        name="condition_era",
        domain=Domain.CONDITION_ERA,
        attributes=(*_ERA_DATES, *_whole("occurrence_count", Field.OCCURRENCES), *_ERA_PERSON),
    ),
    EventKind(
        name="condition_occurrence",
        domain=Domain.CONDITION,
        source="condition_source_concept",
        attributes=(
            *_dates("occurrence_start_date", "occurrence_end_date"),
            *_concepts("condition_type", Field.TYPE, "condition_type_exclude"),
            *_text("stop_reason", Field.STOP_REASON),
            *_CONTEXT,
            *_concepts("condition_status", Field.STATUS),
        ),
    ),
    EventKind(
        name="death",
        domain=Domain.DEATH,
        source="death_source_concept",
        has_first=False,
        attributes=(
            *_dates("occurrence_start_date"),
            *_concepts("death_type", Field.TYPE, "death_type_exclude"),
            *_PERSON,
        ),
    ),
    EventKind(
        name="device_exposure",
        domain=Domain.DEVICE,
        source="device_source_concept",
        attributes=(
            *_dates("occurrence_start_date", "occurrence_end_date"),
            *_concepts("device_type", Field.TYPE, "device_type_exclude"),
            *_text("unique_device_id", Field.DEVICE_ID),
            *_whole("quantity", Field.QUANTITY),
            *_CONTEXT,
        ),
    ),
    EventKind(
        name="dose_era",
        domain=Domain.DOSE_ERA,
        attributes=(*_ERA_DATES, *_decimal("dose_value", Field.VALUE), *_UNIT, *_ERA_PERSON),
    ),
    EventKind(
        name="drug_era",
        domain=Domain.DRUG_ERA,
        attributes=(
            *_ERA_DATES,
            *_whole("occurrence_count", Field.OCCURRENCES),
            *_whole("gap_days", Field.GAP),
            *_ERA_PERSON,
        ),
    ),
    EventKind(
        name="drug_exposure",
        domain=Domain.DRUG,
        source="drug_source_concept",
        attributes=(
            *_dates("occurrence_start_date"),
            *_departs(
                "occurrence_end_date", Kind.DATE, Field.END_DATE, Field.DATE, "tests the start of a drug exposure"
            ),
            *_concepts("drug_type", Field.TYPE, "drug_type_exclude"),
            *_text("stop_reason", Field.STOP_REASON),
            *_whole("refills", Field.REFILLS),
            *_decimal("quantity", Field.QUANTITY),
            *_whole("days_supply", Field.DAYS_SUPPLY),
            *_concepts("route_concept", Field.ROUTE),
            *_departs("effective_drug_dose", Kind.DECIMAL, Field.DOSE, None, "is ignored"),
            *_concepts("dose_unit", Field.DOSE_UNIT),
            *_text("lot_number", Field.LOT_NUMBER),
            *_CONTEXT,
        ),
    ),
    EventKind(
        name="location_region",
        domain=Domain.LOCATION_REGION,
        has_first=False,
        sql_has_dates=False,
        attributes=(
            *_departs("start_date", Kind.DATE, Field.DATE, None, "is ignored"),
            *_departs("end_date", Kind.DATE, Field.END_DATE, None, "is ignored"),
        ),
    ),
    EventKind(
        name="measurement",
        domain=Domain.MEASUREMENT,
        source="measurement_source_concept",
        attributes=(
            *_dates("occurrence_start_date"),
            *_concepts("measurement_type", Field.TYPE, "measurement_type_exclude"),
            *_concepts("operator", Field.OPERATOR),
            *_decimal("value_as_number", Field.VALUE),
            *_UNIT,
            *_concepts("value_as_concept", Field.VALUE_CONCEPT),
            *_decimal("range_low", Field.RANGE_LOW),
            *_decimal("range_high", Field.RANGE_HIGH),
            *_decimal("range_low_ratio", Field.RANGE_LOW_RATIO),
            *_decimal("range_high_ratio", Field.RANGE_HIGH_RATIO),
            _attribute(Kind.ABNORMAL, "abnormal", Field.VALUE),
            *_CONTEXT,
        ),
    ),
    EventKind(
        name="observation",
        domain=Domain.OBSERVATION,
        source="observation_source_concept",
        attributes=(
            *_dates("occurrence_start_date"),
            *_concepts("observation_type", Field.TYPE, "observation_type_exclude"),
            *_decimal("value_as_number", Field.VALUE),
            *_UNIT,
            *_text("value_as_string", Field.VALUE_TEXT),
            *_concepts("value_as_concept", Field.VALUE_CONCEPT),
            *_concepts("qualifier", Field.QUALIFIER),
            *_CONTEXT,
        ),
    ),
    EventKind(
        name="observation_period",
        domain=Domain.OBSERVATION_PERIOD,
        attributes=(*_PERIOD_DATES, *_concepts("period_type", Field.TYPE), *_LENGTH, *_AGES),
    ),
    EventKind(
        name="payer_plan_period",
        domain=Domain.PAYER_PLAN_PERIOD,
        source="payer_source_concept",
        attributes=(
            *_PERIOD_DATES,
            *_LENGTH,
            *_AGES,
            *_GENDER,
            *_codeset(PAYER_CONCEPT, Field.PAYER),
            *_codeset("payer_source_concept", Field.SOURCE),
            *_codeset("plan_concept", Field.PLAN),
            *_codeset("sponsor_concept", Field.SPONSOR),
            *_codeset("stop_reason_concept", Field.COVER_STOP_REASON),
            *_codeset("plan_source_concept", Field.PLAN_SOURCE),
            *_codeset("sponsor_source_concept", Field.SPONSOR_SOURCE),
            *_codeset("stop_reason_source_concept", Field.COVER_STOP_REASON_SOURCE),
        ),
    ),
    EventKind(
        name="procedure_occurrence",
        domain=Domain.PROCEDURE,
        source="procedure_source_concept",
        attributes=(
            *_dates("occurrence_start_date"),
            *_concepts("procedure_type", Field.TYPE, "procedure_type_exclude"),
            *_concepts("modifier", Field.MODIFIER),
            *_whole("quantity", Field.QUANTITY),
            *_CONTEXT,
        ),
    ),
    EventKind(
        name="specimen",
        domain=Domain.SPECIMEN,
        source="specimen_source_concept",
        has_source=False,
        sql_has_dates=False,
        attributes=(
            *_dates("occurrence_start_date"),
            *_concepts("specimen_type", Field.TYPE, "specimen_type_exclude"),
            *_decimal("quantity", Field.QUANTITY),
            *_UNIT,
            *_concepts("anatomic_site", Field.ANATOMIC_SITE),
            *_concepts("disease_status", Field.DISEASE_STATUS),
            *_text("source_id", Field.SPECIMEN_ID),
            *_PERSON,
        ),
    ),
    EventKind(
        name="visit_detail",
        domain=Domain.VISIT_DETAIL,
        source="visit_detail_source_concept",
        attributes=(
            *_dates("visit_detail_start_date", "visit_detail_end_date"),
            *_set("visit_detail_type_cs", Field.TYPE),
            *_whole("visit_detail_length", Field.DURATION),
            *_departs("age", Kind.WHOLE, Field.AGE, Field.AGE_AT_END, "is the age at the end of a visit detail"),
            *_set("gender_cs", Field.GENDER),
            *_set("provider_specialty_cs", Field.SPECIALTY),
            *_set("place_of_service_cs", Field.PLACE_OF_SERVICE),
            *_PLACE,
        ),
    ),
    EventKind(
        name="visit_occurrence",
        domain=Domain.VISIT,
        source="visit_source_concept",
        attributes=(
            *_dates("occurrence_start_date", "occurrence_end_date"),
            *_concepts("visit_type", Field.TYPE, "visit_type_exclude"),
            *_whole("visit_length", Field.DURATION),
            *_PERSON,
            *_SPECIALTY,
            *_concepts("place_of_service", Field.PLACE_OF_SERVICE),
            *_PLACE,
        ),
    ),
)

KINDS_BY_NAME = {kind.key: kind for kind in _KINDS}
KINDS_BY_DOMAIN = {kind.domain: kind for kind in _KINDS}


def concept_name(domain: Domain) -> str | None:
    """The model's field that holds the concept set of the domain's criteria."""
    match domain:
        case Domain.PAYER_PLAN_PERIOD:
            return PAYER_CONCEPT
        case Domain.OBSERVATION_PERIOD:
            return None
        case _:
            return "codeset_id"
