"""The sixteen kinds of event criteria, and the groups they stand in."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from cohort_dsl.circe.model.values import (
    CirceModel,
    CodesetId,
    Concept,
    DateAdjustment,
    DateRange,
    Many,
    NumericRange,
    Period,
    Selection,
    TextFilter,
    Window,
)

Concepts = Many[Concept] | None


class EventCriteria(CirceModel):
    """What every kind of event has."""

    correlated_criteria: "CriteriaGroup | None" = None
    date_adjustment: DateAdjustment | None = None


class _Coded(EventCriteria):
    codeset_id: CodesetId | None = None


class _Gender(_Coded):
    gender: Concepts = None
    gender_cs: Selection | None = None


class _Era(_Gender):
    first: bool | None = None
    era_start_date: DateRange | None = None
    era_end_date: DateRange | None = None
    era_length: NumericRange | None = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None


class _Clinical(_Gender):
    first: bool | None = None
    occurrence_start_date: DateRange | None = None
    age: NumericRange | None = None


class _InVisit(_Clinical):
    provider_specialty: Concepts = None
    provider_specialty_cs: Selection | None = None
    visit_type: Concepts = None
    visit_type_cs: Selection | None = None


class ConditionEra(_Era):
    occurrence_count: NumericRange | None = None


class ConditionOccurrence(_InVisit):
    occurrence_end_date: DateRange | None = None
    condition_type: Concepts = None
    condition_type_cs: Selection | None = None
    condition_type_exclude: bool | None = None
    stop_reason: TextFilter | None = None
    condition_source_concept: CodesetId | None = None
    condition_status: Concepts = None
    condition_status_cs: Selection | None = None


class Death(_Gender):
    occurrence_start_date: DateRange | None = None
    death_type: Concepts = None
    death_type_cs: Selection | None = None
    death_type_exclude: bool | None = None
    death_source_concept: CodesetId | None = None
    age: NumericRange | None = None


class DeviceExposure(_InVisit):
    occurrence_end_date: DateRange | None = None
    device_type: Concepts = None
    device_type_cs: Selection | None = None
    device_type_exclude: bool | None = None
    unique_device_id: TextFilter | None = None
    quantity: NumericRange | None = None
    device_source_concept: CodesetId | None = None


class DoseEra(_Era):
    unit: Concepts = None
    unit_cs: Selection | None = None
    dose_value: NumericRange | None = None


class DrugEra(_Era):
    occurrence_count: NumericRange | None = None
    gap_days: NumericRange | None = None


class DrugExposure(_InVisit):
    occurrence_end_date: DateRange | None = None
    drug_type: Concepts = None
    drug_type_cs: Selection | None = None
    drug_type_exclude: bool | None = None
    stop_reason: TextFilter | None = None
    refills: NumericRange | None = None
    quantity: NumericRange | None = None
    days_supply: NumericRange | None = None
    route_concept: Concepts = None
    route_concept_cs: Selection | None = None
    effective_drug_dose: NumericRange | None = None
    dose_unit: Concepts = None
    dose_unit_cs: Selection | None = None
    lot_number: TextFilter | None = None
    drug_source_concept: CodesetId | None = None


class LocationRegion(_Coded):
    start_date: DateRange | None = None
    end_date: DateRange | None = None


class Measurement(_InVisit):
    measurement_type: Concepts = None
    measurement_type_cs: Selection | None = None
    measurement_type_exclude: bool | None = None
    operator: Concepts = None
    operator_cs: Selection | None = None
    value_as_number: NumericRange | None = None
    value_as_concept: Concepts = None
    value_as_concept_cs: Selection | None = None
    unit: Concepts = None
    unit_cs: Selection | None = None
    range_low: NumericRange | None = None
    range_high: NumericRange | None = None
    range_low_ratio: NumericRange | None = None
    range_high_ratio: NumericRange | None = None
    abnormal: bool | None = None
    measurement_source_concept: CodesetId | None = None


class Observation(_InVisit):
    observation_type: Concepts = None
    observation_type_cs: Selection | None = None
    observation_type_exclude: bool | None = None
    value_as_number: NumericRange | None = None
    value_as_string: TextFilter | None = None
    value_as_concept: Concepts = None
    value_as_concept_cs: Selection | None = None
    qualifier: Concepts = None
    qualifier_cs: Selection | None = None
    unit: Concepts = None
    unit_cs: Selection | None = None
    observation_source_concept: CodesetId | None = None


class ObservationPeriod(EventCriteria):
    first: bool | None = None
    period_start_date: DateRange | None = None
    period_end_date: DateRange | None = None
    user_defined_period: Period | None = None
    period_type: Concepts = None
    period_type_cs: Selection | None = None
    period_length: NumericRange | None = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None


class PayerPlanPeriod(EventCriteria):
    gender: Concepts = None
    gender_cs: Selection | None = None
    first: bool | None = None
    period_start_date: DateRange | None = None
    period_end_date: DateRange | None = None
    user_defined_period: Period | None = None
    period_length: NumericRange | None = None
    age_at_start: NumericRange | None = None
    age_at_end: NumericRange | None = None
    payer_concept: CodesetId | None = None
    plan_concept: CodesetId | None = None
    sponsor_concept: CodesetId | None = None
    stop_reason_concept: CodesetId | None = None
    payer_source_concept: CodesetId | None = None
    plan_source_concept: CodesetId | None = None
    sponsor_source_concept: CodesetId | None = None
    stop_reason_source_concept: CodesetId | None = None


class ProcedureOccurrence(_InVisit):
    procedure_type: Concepts = None
    procedure_type_cs: Selection | None = None
    procedure_type_exclude: bool | None = None
    modifier: Concepts = None
    modifier_cs: Selection | None = None
    quantity: NumericRange | None = None
    procedure_source_concept: CodesetId | None = None


class Specimen(_Clinical):
    specimen_type: Concepts = None
    specimen_type_cs: Selection | None = None
    specimen_type_exclude: bool | None = None
    quantity: NumericRange | None = None
    unit: Concepts = None
    unit_cs: Selection | None = None
    anatomic_site: Concepts = None
    anatomic_site_cs: Selection | None = None
    disease_status: Concepts = None
    disease_status_cs: Selection | None = None
    source_id: TextFilter | None = None
    specimen_source_concept: CodesetId | None = None


class VisitDetail(_Coded):
    first: bool | None = None
    visit_detail_start_date: DateRange | None = None
    visit_detail_end_date: DateRange | None = None
    visit_detail_type_cs: Selection | None = None
    visit_detail_source_concept: CodesetId | None = None
    visit_detail_length: NumericRange | None = None
    age: NumericRange | None = None
    gender_cs: Selection | None = None
    provider_specialty_cs: Selection | None = None
    place_of_service_cs: Selection | None = None
    place_of_service_location: CodesetId | None = None


class VisitOccurrence(_Clinical):
    occurrence_end_date: DateRange | None = None
    visit_type: Concepts = None
    visit_type_cs: Selection | None = None
    visit_type_exclude: bool | None = None
    visit_source_concept: CodesetId | None = None
    visit_length: NumericRange | None = None
    provider_specialty: Concepts = None
    provider_specialty_cs: Selection | None = None
    place_of_service: Concepts = None
    place_of_service_cs: Selection | None = None
    place_of_service_location: CodesetId | None = None


class Criteria(CirceModel):
    """One kind of event under its name; no other key stands beside it."""

    condition_era: ConditionEra | None = None
    condition_occurrence: ConditionOccurrence | None = None
    death: Death | None = None
    device_exposure: DeviceExposure | None = None
    dose_era: DoseEra | None = None
    drug_era: DrugEra | None = None
    drug_exposure: DrugExposure | None = None
    location_region: LocationRegion | None = None
    measurement: Measurement | None = None
    observation: Observation | None = None
    observation_period: ObservationPeriod | None = None
    payer_plan_period: PayerPlanPeriod | None = None
    procedure_occurrence: ProcedureOccurrence | None = None
    specimen: Specimen | None = None
    visit_detail: VisitDetail | None = None
    visit_occurrence: VisitOccurrence | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_one_known_kind(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        if len(given) != 1:
            raise PydanticCustomError("circe-criteria", "criteria are an object with one key, the kind of event")
        kind, body = next(iter(given.items()))
        if kind in _FUTURE:
            raise PydanticCustomError(
                "circe-criteria", "`{kind}` criteria are of a newer Circe than 1.12 and not known here", {"kind": kind}
            )
        if kind not in KINDS:
            raise PydanticCustomError("circe-criteria", "there is no kind of event `{kind}`", {"kind": str(kind)[:40]})
        if body is None:
            raise PydanticCustomError("json-wrong-type", "`{kind}` holds an object, not null", {"kind": kind})
        return given

    @property
    def kind(self) -> str:
        """The name of the kind of event, as in `ConditionOccurrence`."""
        return type(self.event).__name__

    @property
    def event(self) -> EventCriteria:
        """The criteria of that kind."""
        (name,) = self.model_fields_set
        event: EventCriteria = getattr(self, name)
        return event


KINDS = frozenset(annotation.__name__ for annotation in (
    ConditionEra, ConditionOccurrence, Death, DeviceExposure, DoseEra, DrugEra, DrugExposure, LocationRegion,
    Measurement, Observation, ObservationPeriod, PayerPlanPeriod, ProcedureOccurrence, Specimen, VisitDetail,
    VisitOccurrence,
))  # fmt: skip
_FUTURE = ("CustomEra", "Episode")

CountColumn = Literal[
    "DAYS_SUPPLY", "DOMAIN_CONCEPT", "DOMAIN_SOURCE_CONCEPT", "DURATION", "END_DATE", "ERA_OCCURRENCES", "GAP_DAYS",
    "QUANTITY", "RANGE_HIGH", "RANGE_LOW", "REFILLS", "START_DATE", "UNIT", "VALUE_AS_NUMBER", "VISIT_ID",
    "VISIT_DETAIL_ID",
]  # fmt: skip


class Occurrence(CirceModel):
    """Exactly (0), at most (1) or at least (2) so many."""

    type: Literal[0, 1, 2] = 0
    count: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    is_distinct: bool | None = None
    count_column: CountColumn | None = None


class CorrelatedCriteria(CirceModel):
    """How often an event occurs in windows around another."""

    criteria: Criteria
    start_window: Window
    end_window: Window | None = None
    occurrence: Occurrence
    restrict_visit: bool | None = None
    ignore_observation_period: bool | None = None


class DemographicCriteria(CirceModel):
    age: NumericRange | None = None
    gender: Concepts = None
    gender_cs: Selection | None = None
    race: Concepts = None
    race_cs: Selection | None = None
    ethnicity: Concepts = None
    ethnicity_cs: Selection | None = None
    occurrence_start_date: DateRange | None = None
    occurrence_end_date: DateRange | None = None


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


class CriteriaGroup(CirceModel):
    type: Annotated[Literal["ALL", "ANY", "AT_LEAST", "AT_MOST"], BeforeValidator(_upper)]
    count: Annotated[int, Field(ge=0)] | None = None
    criteria_list: Many[CorrelatedCriteria] = ()
    demographic_criteria_list: Many[DemographicCriteria] = ()
    groups: Many["CriteriaGroup"] = ()

    @model_validator(mode="after")
    def _says_how_many(self) -> "CriteriaGroup":
        if self.count is None and self.type.startswith("AT_") and not self.is_empty:
            raise PydanticCustomError("json-missing-key", "a group of type {type} needs `Count`", {"type": self.type})
        return self

    @property
    def is_empty(self) -> bool:
        """Whether it holds nothing, and so is true."""
        return not (self.criteria_list or self.demographic_criteria_list or self.groups)
