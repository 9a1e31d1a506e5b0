"""The 16 OMOP event tables (those Circe knows), as release tables.

Source columns follow the OMOP Common Data Model 5.4 (https://ohdsi.github.io/CommonDataModel/cdm54.html);
5.3 has the same tables under the names in `CDM_53_NAMES`. Every event table has the same five leading
columns, so that a plan can treat all domains alike; the rest keep their OMOP names.
"""

import datetime
from enum import Enum

from schemas.tables import ColumnSpec, ColumnType, TableSpec

EVENT_ORDER = ("concept_id", "person", "start_date", "event_id")


class Domain(Enum):
    """The kinds of event; the value is the word of the language and the file's name."""

    CONDITION = "condition"
    DRUG = "drug"
    PROCEDURE = "procedure"
    MEASUREMENT = "measurement"
    OBSERVATION = "observation"
    DEVICE = "device"
    VISIT = "visit"
    VISIT_DETAIL = "visit_detail"
    DEATH = "death"
    SPECIMEN = "specimen"
    CONDITION_ERA = "condition_era"
    DRUG_ERA = "drug_era"
    DOSE_ERA = "dose_era"
    OBSERVATION_PERIOD = "observation_period"
    PAYER_PLAN_PERIOD = "payer_plan_period"
    LOCATION_REGION = "location_region"

    @property
    def words(self) -> str:
        """How the domain is written in text: `visit detail`, not `visit_detail`."""
        return self.value.replace("_", " ")


CDM_53_NAMES: dict[tuple[str, str], str] = {
    ("visit_occurrence", "admitted_from_concept_id"): "admitting_source_concept_id",
    ("visit_occurrence", "discharged_to_concept_id"): "discharge_to_concept_id",
    ("visit_detail", "admitted_from_concept_id"): "admitting_source_concept_id",
    ("visit_detail", "discharged_to_concept_id"): "discharge_to_concept_id",
    ("visit_detail", "parent_visit_detail_id"): "visit_detail_parent_id",
}
"""(table, 5.4 column) -> the name the column has in CDM 5.3."""


def _leading(source: str, *, concept: str, start: str, end: str | None, key: str | None) -> tuple[ColumnSpec, ...]:
    return (
        ColumnSpec(name="concept_id", type=ColumnType.CONCEPT, required=True, source=concept, missing="0",
                   description="standard concept of the event", codes="vocabulary/concept.concept_id"),
        ColumnSpec(name="person", type=ColumnType.PERSON, required=True, source="person_id",
                   description="dense person index"),
        ColumnSpec(name="start_date", type=ColumnType.DATE, required=True, source=start,
                   description="first day of the event"),
        ColumnSpec(name="end_date", type=ColumnType.DATE, source=end,
                   description="last day of the event as the source gives it"),
        ColumnSpec(name="event_id", type=ColumnType.INT64, required=True, source=key,
                   description=f"key of the row in {source}"
                   if key else f"row number in {source}, which has no key of its own"),
    )  # fmt: skip


def _concept(name: str, description: str, source: str | None = None) -> ColumnSpec:
    return ColumnSpec(name=name, type=ColumnType.CONCEPT, source=source or name, description=description,
                      codes="vocabulary/concept.concept_id")  # fmt: skip


def _column(
    name: str, type: ColumnType, description: str, source: str | None = None, unit: str | None = None
) -> ColumnSpec:
    return ColumnSpec(name=name, type=type, source=source or name, description=description, unit=unit)


def _context(table: str) -> tuple[ColumnSpec, ...]:
    """Columns nearly every clinical table has."""
    short = table.removesuffix("_occurrence").removesuffix("_exposure")
    return (
        _concept("type_concept_id", "where the record comes from", f"{short}_type_concept_id"),
        _concept("source_concept_id", "concept of the source code", f"{short}_source_concept_id"),
        _column("source_value", ColumnType.TEXT, "code as the source wrote it", f"{short}_source_value"),
        _column("visit_occurrence_id", ColumnType.INT64, "visit the event belongs to"),
        _column("visit_detail_id", ColumnType.INT64, "visit detail the event belongs to"),
        _column("provider_id", ColumnType.INT64, "provider who recorded the event"),
    )


def _events(domain: Domain, source: str, *, concept: str, start: str, end: str | None, key: str | None,
            extra: tuple[ColumnSpec, ...], description: str) -> TableSpec:  # fmt: skip
    return TableSpec(
        name=domain.value,
        path=f"events/{domain.value}.parquet",
        source=source,
        description=description,
        columns=_leading(source, concept=concept, start=start, end=end, key=key) + extra,
        clustered_by=EVENT_ORDER,
        key=("event_id",),
    )


_VALUE = (
    _column("value_as_number", ColumnType.FLOAT64, "numeric result", unit="unit_concept_id"),
    _concept("value_as_concept_id", "categorical result"),
    _concept("unit_concept_id", "unit of the numeric result"),
    _column("unit_source_value", ColumnType.TEXT, "unit as the source wrote it"),
    _column("value_source_value", ColumnType.TEXT, "result as the source wrote it"),
)

_PLACE = (
    _column("care_site_id", ColumnType.INT64, "care site of the visit"),
    _concept("admitted_from_concept_id", "where the person came from"),
    _concept("discharged_to_concept_id", "where the person went"),
)

STILL_THERE = datetime.date(2099, 12, 31)
"""The end of a residence that has none, as OHDSI's SQL has it."""

EVENT_TABLES: dict[Domain, TableSpec] = {
    Domain.CONDITION: _events(
        Domain.CONDITION, "condition_occurrence", concept="condition_concept_id", start="condition_start_date",
        end="condition_end_date", key="condition_occurrence_id", description="diagnoses and complaints",
        extra=_context("condition_occurrence") + (
            _concept("status_concept_id", "admitting, final, … diagnosis", "condition_status_concept_id"),
            _column("stop_reason", ColumnType.TEXT, "why the condition ended"),
        )),
    Domain.DRUG: _events(
        Domain.DRUG, "drug_exposure", concept="drug_concept_id", start="drug_exposure_start_date",
        end="drug_exposure_end_date", key="drug_exposure_id", description="prescriptions, dispensings, administrations",
        extra=_context("drug_exposure") + (
            _column("refills", ColumnType.INT32, "refills after the first"),
            _column("quantity", ColumnType.FLOAT64, "amount given"),
            _column("days_supply", ColumnType.INT32, "days the amount lasts", unit="day"),
            _concept("route_concept_id", "route of administration"),
            _column("lot_number", ColumnType.TEXT, "manufacturer's lot"),
            _column("stop_reason", ColumnType.TEXT, "why the exposure ended"),
            _column("effective_drug_dose", ColumnType.FLOAT64, "dose (CDM 5.0 to 5.2 only)"),
            _concept("dose_unit_concept_id", "unit of the dose (CDM 5.0 to 5.2 only)"),
        )),
    Domain.PROCEDURE: _events(
        Domain.PROCEDURE, "procedure_occurrence", concept="procedure_concept_id", start="procedure_date",
        end="procedure_end_date", key="procedure_occurrence_id", description="procedures",
        extra=_context("procedure_occurrence") + (
            _concept("modifier_concept_id", "modifier of the procedure"),
            _column("quantity", ColumnType.INT32, "how many were done"),
        )),
    Domain.MEASUREMENT: _events(
        Domain.MEASUREMENT, "measurement", concept="measurement_concept_id", start="measurement_date",
        end=None, key="measurement_id", description="laboratory results, vital signs, screening values",
        extra=_context("measurement") + _VALUE + (
            _concept("operator_concept_id", "<, <=, =, >=, > of the result"),
            _column("range_low", ColumnType.FLOAT64, "lower limit of normal", unit="unit_concept_id"),
            _column("range_high", ColumnType.FLOAT64, "upper limit of normal", unit="unit_concept_id"),
        )),
    Domain.OBSERVATION: _events(
        Domain.OBSERVATION, "observation", concept="observation_concept_id", start="observation_date",
        end=None, key="observation_id", description="clinical facts of no other domain",
        extra=_context("observation") + _VALUE + (
            _column("value_as_string", ColumnType.TEXT, "textual result"),
            _concept("qualifier_concept_id", "qualifier of the observation"),
        )),
    Domain.DEVICE: _events(
        Domain.DEVICE, "device_exposure", concept="device_concept_id", start="device_exposure_start_date",
        end="device_exposure_end_date", key="device_exposure_id", description="devices and consumables",
        extra=_context("device_exposure") + (
            _column("unique_device_id", ColumnType.TEXT, "UDI of the device"),
            _column("quantity", ColumnType.INT32, "how many were used"),
        )),
    Domain.VISIT: _events(
        Domain.VISIT, "visit_occurrence", concept="visit_concept_id", start="visit_start_date",
        end="visit_end_date", key="visit_occurrence_id", description="encounters with health care",
        extra=(
            _concept("type_concept_id", "where the record comes from", "visit_type_concept_id"),
            _concept("source_concept_id", "concept of the source code", "visit_source_concept_id"),
            _column("source_value", ColumnType.TEXT, "code as the source wrote it", "visit_source_value"),
            _column("provider_id", ColumnType.INT64, "provider of the visit"),
        ) + _PLACE),
    Domain.VISIT_DETAIL: _events(
        Domain.VISIT_DETAIL, "visit_detail", concept="visit_detail_concept_id", start="visit_detail_start_date",
        end="visit_detail_end_date", key="visit_detail_id", description="parts of an encounter",
        extra=(
            _concept("type_concept_id", "where the record comes from", "visit_detail_type_concept_id"),
            _concept("source_concept_id", "concept of the source code", "visit_detail_source_concept_id"),
            _column("source_value", ColumnType.TEXT, "code as the source wrote it", "visit_detail_source_value"),
            _column("visit_occurrence_id", ColumnType.INT64, "visit the detail belongs to"),
            _column("parent_visit_detail_id", ColumnType.INT64, "detail this one is part of"),
            _column("provider_id", ColumnType.INT64, "provider of the visit detail"),
        ) + _PLACE),
    Domain.DEATH: _events(
        Domain.DEATH, "death", concept="cause_concept_id", start="death_date", end=None, key=None,
        description="death, one row a person",
        extra=(
            _concept("type_concept_id", "where the record comes from", "death_type_concept_id"),
            _concept("source_concept_id", "concept of the source code of the cause", "cause_source_concept_id"),
            _column("source_value", ColumnType.TEXT, "cause as the source wrote it", "cause_source_value"),
        )),
    Domain.SPECIMEN: _events(
        Domain.SPECIMEN, "specimen", concept="specimen_concept_id", start="specimen_date", end=None,
        key="specimen_id", description="biological samples",
        extra=(
            _concept("type_concept_id", "where the record comes from", "specimen_type_concept_id"),
            _column("source_value", ColumnType.TEXT, "code as the source wrote it", "specimen_source_value"),
            _column("quantity", ColumnType.FLOAT64, "amount", unit="unit_concept_id"),
            _concept("unit_concept_id", "unit of the amount"),
            _concept("anatomic_site_concept_id", "where it was taken"),
            _concept("disease_status_concept_id", "disease status of the tissue"),
            _column("specimen_source_id", ColumnType.TEXT, "sample id as the source wrote it"),
        )),
    Domain.CONDITION_ERA: _events(
        Domain.CONDITION_ERA, "condition_era", concept="condition_concept_id", start="condition_era_start_date",
        end="condition_era_end_date", key="condition_era_id", description="spans of a condition",
        extra=(_column("occurrence_count", ColumnType.INT32, "conditions joined", "condition_occurrence_count"),)),
    Domain.DRUG_ERA: _events(
        Domain.DRUG_ERA, "drug_era", concept="drug_concept_id", start="drug_era_start_date",
        end="drug_era_end_date", key="drug_era_id", description="spans of exposure to an ingredient",
        extra=(
            _column("occurrence_count", ColumnType.INT32, "exposures joined", "drug_exposure_count"),
            _column("gap_days", ColumnType.INT32, "days without supply", unit="day"),
        )),
    Domain.DOSE_ERA: _events(
        Domain.DOSE_ERA, "dose_era", concept="drug_concept_id", start="dose_era_start_date",
        end="dose_era_end_date", key="dose_era_id", description="spans of exposure at one dose",
        extra=(
            _concept("unit_concept_id", "unit of the dose"),
            _column("dose_value", ColumnType.FLOAT64, "dose", unit="unit_concept_id"),
        )),
    Domain.OBSERVATION_PERIOD: _events(
        Domain.OBSERVATION_PERIOD, "observation_period", concept="period_type_concept_id",
        start="observation_period_start_date", end="observation_period_end_date", key="observation_period_id",
        description="spans in which a person's care is recorded", extra=()),
    Domain.PAYER_PLAN_PERIOD: _events(
        Domain.PAYER_PLAN_PERIOD, "payer_plan_period", concept="payer_concept_id",
        start="payer_plan_period_start_date", end="payer_plan_period_end_date", key="payer_plan_period_id",
        description="spans of insurance cover",
        extra=(
            _concept("source_concept_id", "concept of the payer's source code", "payer_source_concept_id"),
            _concept("plan_concept_id", "plan"),
            _concept("plan_source_concept_id", "source concept of the plan"),
            _concept("sponsor_concept_id", "sponsor"),
            _concept("sponsor_source_concept_id", "source concept of the sponsor"),
            _concept("stop_reason_concept_id", "why cover ended"),
            _concept("stop_reason_source_concept_id", "source concept of why cover ended"),
        )),
    Domain.LOCATION_REGION: _events(
        Domain.LOCATION_REGION, "location_history", concept="region_concept_id", start="start_date",
        end="end_date", key=None, description="where a person lived, joined to the region of the location",
        extra=(_column("location_id", ColumnType.INT64, "place lived in"),)),
}  # fmt: skip
"""Domain -> its release table."""
