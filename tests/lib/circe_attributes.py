"""The 16 types of Circe criteria and their attributes, each with a strategy for its values."""

from hypothesis import strategies as st

from tests.lib.circe_values import (
    AGES,
    DAYS,
    REAL,
    WHOLE,
    Json,
    Sets,
    Value,
    concept_set,
    concepts,
    dates,
    number,
    period,
    selection,
    texts,
    yes,
)


def both(name: str, family: str) -> dict[str, Value]:
    return {name: concepts(family), f"{name}CS": selection(family)}


PERSON = {"Age": number(*AGES), **both("Gender", "gender")}
_ERA_PERSON = {"AgeAtStart": number(*AGES), "AgeAtEnd": number(*AGES), **both("Gender", "gender")}
_CARE = {**both("ProviderSpecialty", "specialty"), **both("VisitType", "visit")}
_ERA = {"EraStartDate": dates, "EraEndDate": dates, "EraLength": number(*DAYS), **_ERA_PERSON}
_START = {"OccurrenceStartDate": dates}
_SPAN = {**_START, "OccurrenceEndDate": dates}
_PERIOD = {
    "PeriodStartDate": dates, "PeriodEndDate": dates, "UserDefinedPeriod": period,
    "PeriodLength": number(*DAYS), "AgeAtStart": number(*AGES), "AgeAtEnd": number(*AGES),
}  # fmt: skip


def _type(name: str) -> dict[str, Value]:
    return {**both(name, "type"), f"{name}Exclude": yes}


OWN: dict[str, dict[str, Value]] = {
    "ConditionEra": {"OccurrenceCount": number(*WHOLE), **_ERA},
    "ConditionOccurrence": {**_SPAN, **_type("ConditionType"), "StopReason": texts, **PERSON, **_CARE,
                            "ConditionSourceConcept": concept_set("condition"), **both("ConditionStatus", "status")},
    "Death": {**_START, **_type("DeathType"), "DeathSourceConcept": concept_set("cause"), **PERSON},
    "DeviceExposure": {**_SPAN, **_type("DeviceType"), "UniqueDeviceId": texts, "Quantity": number(*WHOLE),
                       "DeviceSourceConcept": concept_set("device"), **PERSON, **_CARE},
    "DoseEra": {**both("Unit", "unit"), "DoseValue": number(*REAL), **_ERA},
    "DrugEra": {"OccurrenceCount": number(*WHOLE), "GapDays": number(*DAYS), **_ERA},
    "DrugExposure": {**_SPAN, **_type("DrugType"), "StopReason": texts, "Refills": number(*WHOLE),
                     "Quantity": number(*REAL), "DaysSupply": number(*DAYS), **both("RouteConcept", "route"),
                     "EffectiveDrugDose": number(*REAL), **both("DoseUnit", "dose_unit"), "LotNumber": texts,
                     "DrugSourceConcept": concept_set("drug"), **PERSON, **_CARE},
    "LocationRegion": {"StartDate": dates, "EndDate": dates},
    "Measurement": {**_START, **_type("MeasurementType"), **both("Operator", "operator"),
                    "ValueAsNumber": number(*REAL), **both("ValueAsConcept", "value"), **both("Unit", "unit"),
                    "RangeLow": number(*REAL), "RangeHigh": number(*REAL),
                    "RangeLowRatio": number(0.5, 1, 2, 2.5), "RangeHighRatio": number(0.2, 0.5, 1, 1.4),
                    "Abnormal": yes, "MeasurementSourceConcept": concept_set("measurement"), **PERSON, **_CARE},
    "Observation": {**_START, **_type("ObservationType"), "ValueAsNumber": number(*REAL), "ValueAsString": texts,
                    **both("ValueAsConcept", "value"), **both("Qualifier", "qualifier"), **both("Unit", "unit"),
                    "ObservationSourceConcept": concept_set("observation"), **PERSON, **_CARE},
    "ObservationPeriod": {**_PERIOD, **both("PeriodType", "period")},
    "PayerPlanPeriod": {**_PERIOD, **both("Gender", "gender"),
                        **{f"{name}{source}Concept": concept_set(family) for source in ("", "Source") for name, family in
                           (("Payer", "payer"), ("Plan", "plan"), ("Sponsor", "sponsor"), ("StopReason", "cover_stop"))}},
    "ProcedureOccurrence": {**_START, **_type("ProcedureType"), **both("Modifier", "modifier"),
                            "Quantity": number(*WHOLE), "ProcedureSourceConcept": concept_set("procedure"), **PERSON, **_CARE},
    "Specimen": {**_START, **_type("SpecimenType"), "Quantity": number(*REAL), **both("Unit", "unit"),
                 **both("AnatomicSite", "site"), **both("DiseaseStatus", "disease"), "SourceId": texts, **PERSON},
    # PlaceOfServiceLocation is no attribute of visits here: the SQL for it names columns that it has not selected.
    "VisitDetail": {"VisitDetailStartDate": dates, "VisitDetailEndDate": dates, "VisitDetailTypeCS": selection("type"),
                    "VisitDetailSourceConcept": concept_set("visit_detail"), "VisitDetailLength": number(*DAYS),
                    "Age": number(*AGES), "GenderCS": selection("gender"),
                    "ProviderSpecialtyCS": selection("specialty"), "PlaceOfServiceCS": selection("place")},
    "VisitOccurrence": {**_SPAN, **both("VisitType", "type"), "VisitTypeExclude": yes,
                        "VisitSourceConcept": concept_set("visit"), "VisitLength": number(*DAYS), **PERSON,
                        **both("ProviderSpecialty", "specialty"), **both("PlaceOfService", "place")},
}  # fmt: skip

SETS = {
    "ConditionEra": "condition", "ConditionOccurrence": "condition", "Death": "cause", "DeviceExposure": "device",
    "DoseEra": "drug", "DrugEra": "drug", "DrugExposure": "drug", "LocationRegion": "region",
    "Measurement": "measurement", "Observation": "observation", "ProcedureOccurrence": "procedure",
    "Specimen": "specimen", "VisitDetail": "visit_detail", "VisitOccurrence": "visit",
}  # fmt: skip
"""Type of criterion -> the family of its concepts; periods have no concept set."""
_NO_FIRST = ("Death", "LocationRegion")

_OFFSETS = st.sampled_from((0, 1, -1, 7, -30, 30))
_adjustments = st.fixed_dictionaries({}, optional={
    "StartWith": st.sampled_from(("START_DATE", "END_DATE")), "StartOffset": _OFFSETS,
    "EndWith": st.sampled_from(("END_DATE", "START_DATE")), "EndOffset": _OFFSETS,
})  # fmt: skip


def _shared(kind: str) -> dict[str, Value]:
    """The attributes that nearly every type has."""
    made: dict[str, Value] = {"DateAdjustment": lambda draw, _: draw(_adjustments)}
    if kind not in _NO_FIRST:
        made["First"] = yes
    if kind in SETS:
        made["CodesetId"] = concept_set(SETS[kind])
    return made


SHARED = {kind: _shared(kind) for kind in OWN}
ATTRIBUTES = {kind: {**OWN[kind], **SHARED[kind]} for kind in OWN}
"""Type of criterion -> its attributes, but for nested criteria."""


def runnable(draw: st.DrawFn, sets: Sets, made: Json) -> Json:
    """Without a test of the value's concept the SQL of Abnormal names a column that it has not selected."""
    if made.get("Abnormal") and not (made.get("ValueAsConcept") or made.get("ValueAsConceptCS")):
        return made | {"ValueAsConceptCS": selection("value")(draw, sets)}
    return made
