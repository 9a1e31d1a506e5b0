"""Every attribute of every kind of event: what it says in the language, and that it goes back as itself."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cohort_dsl import print_cohort
from cohort_dsl.ast import Mode
from cohort_dsl.circe import from_circe, to_circe
from cohort_dsl.circe.model import criteria as model
from cohort_dsl.circe.model.values import json_key
from tests.circe.definitions import definition

TABLE = """
ConditionEra = condition era in a
  EraStartDate = date >= 2015-01-31
  EraEndDate = end date >= 2015-01-31
  OccurrenceCount = occurrences > 40
  EraLength = duration > 40 days
  AgeAtStart = age > 40
  AgeAtEnd = age at end > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
ConditionOccurrence = condition in a
  OccurrenceStartDate = date >= 2015-01-31
  OccurrenceEndDate = end date >= 2015-01-31
  ConditionType = type in (concept 5)
  ConditionTypeCS = type in b
  StopReason = stop reason contains "x"
  Age = age > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
  ProviderSpecialty = specialty in (concept 5)
  ProviderSpecialtyCS = specialty in b
  VisitType = visit type in (concept 5)
  VisitTypeCS = visit type in b
  ConditionStatus = status in (concept 5)
  ConditionStatusCS = status in b
Death = death in a
  OccurrenceStartDate = date >= 2015-01-31
  DeathType = type in (concept 5)
  DeathTypeCS = type in b
  Age = age > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
DeviceExposure = device in a
  OccurrenceStartDate = date >= 2015-01-31
  OccurrenceEndDate = end date >= 2015-01-31
  DeviceType = type in (concept 5)
  DeviceTypeCS = type in b
  UniqueDeviceId = device id contains "x"
  Quantity = quantity > 40
  Age = age > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
  ProviderSpecialty = specialty in (concept 5)
  ProviderSpecialtyCS = specialty in b
  VisitType = visit type in (concept 5)
  VisitTypeCS = visit type in b
DoseEra = dose era in a
  EraStartDate = date >= 2015-01-31
  EraEndDate = end date >= 2015-01-31
  Unit = unit in (concept 5)
  UnitCS = unit in b
  DoseValue = value > 40
  EraLength = duration > 40 days
  AgeAtStart = age > 40
  AgeAtEnd = age at end > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
DrugEra = drug era in a
  EraStartDate = date >= 2015-01-31
  EraEndDate = end date >= 2015-01-31
  OccurrenceCount = occurrences > 40
  GapDays = gap > 40
  EraLength = duration > 40 days
  AgeAtStart = age > 40
  AgeAtEnd = age at end > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
DrugExposure = drug in a
  OccurrenceStartDate = date >= 2015-01-31
  OccurrenceEndDate = end date >= 2015-01-31
  DrugType = type in (concept 5)
  DrugTypeCS = type in b
  StopReason = stop reason contains "x"
  Refills = refills > 40
  Quantity = quantity > 40
  DaysSupply = days supply > 40
  RouteConcept = route in (concept 5)
  RouteConceptCS = route in b
  EffectiveDrugDose = dose > 40
  DoseUnit = dose unit in (concept 5)
  DoseUnitCS = dose unit in b
  LotNumber = lot number contains "x"
  Age = age > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
  ProviderSpecialty = specialty in (concept 5)
  ProviderSpecialtyCS = specialty in b
  VisitType = visit type in (concept 5)
  VisitTypeCS = visit type in b
LocationRegion = location region in a
  StartDate = date >= 2015-01-31
  EndDate = end date >= 2015-01-31
Measurement = measurement in a
  OccurrenceStartDate = date >= 2015-01-31
  MeasurementType = type in (concept 5)
  MeasurementTypeCS = type in b
  Operator = operator in (concept 5)
  OperatorCS = operator in b
  ValueAsNumber = value > 40
  ValueAsConcept = value concept in (concept 5)
  ValueAsConceptCS = value concept in b
  Unit = unit in (concept 5)
  UnitCS = unit in b
  RangeLow = range low > 40
  RangeHigh = range high > 40
  RangeLowRatio = range low ratio > 40
  RangeHighRatio = range high ratio > 40
  Abnormal = abnormal
  Age = age > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
  ProviderSpecialty = specialty in (concept 5)
  ProviderSpecialtyCS = specialty in b
  VisitType = visit type in (concept 5)
  VisitTypeCS = visit type in b
Observation = observation in a
  OccurrenceStartDate = date >= 2015-01-31
  ObservationType = type in (concept 5)
  ObservationTypeCS = type in b
  ValueAsNumber = value > 40
  ValueAsString = value text contains "x"
  ValueAsConcept = value concept in (concept 5)
  ValueAsConceptCS = value concept in b
  Qualifier = qualifier in (concept 5)
  QualifierCS = qualifier in b
  Unit = unit in (concept 5)
  UnitCS = unit in b
  Age = age > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
  ProviderSpecialty = specialty in (concept 5)
  ProviderSpecialtyCS = specialty in b
  VisitType = visit type in (concept 5)
  VisitTypeCS = visit type in b
ObservationPeriod = observation period
  PeriodStartDate = date >= 2015-01-31
  PeriodEndDate = end date >= 2015-01-31
  PeriodType = type in (concept 5)
  PeriodTypeCS = type in b
  PeriodLength = duration > 40 days
  AgeAtStart = age > 40
  AgeAtEnd = age at end > 40
PayerPlanPeriod = payer plan period
  PeriodStartDate = date >= 2015-01-31
  PeriodEndDate = end date >= 2015-01-31
  PeriodLength = duration > 40 days
  AgeAtStart = age > 40
  AgeAtEnd = age at end > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
  PlanConcept = plan in b
  SponsorConcept = sponsor in b
  StopReasonConcept = cover stop reason in b
  PlanSourceConcept = plan source in b
  SponsorSourceConcept = sponsor source in b
  StopReasonSourceConcept = cover stop reason source in b
ProcedureOccurrence = procedure in a
  OccurrenceStartDate = date >= 2015-01-31
  ProcedureType = type in (concept 5)
  ProcedureTypeCS = type in b
  Modifier = modifier in (concept 5)
  ModifierCS = modifier in b
  Quantity = quantity > 40
  Age = age > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
  ProviderSpecialty = specialty in (concept 5)
  ProviderSpecialtyCS = specialty in b
  VisitType = visit type in (concept 5)
  VisitTypeCS = visit type in b
Specimen = specimen in a
  OccurrenceStartDate = date >= 2015-01-31
  SpecimenType = type in (concept 5)
  SpecimenTypeCS = type in b
  Quantity = quantity > 40
  Unit = unit in (concept 5)
  UnitCS = unit in b
  AnatomicSite = anatomic site in (concept 5)
  AnatomicSiteCS = anatomic site in b
  DiseaseStatus = disease status in (concept 5)
  DiseaseStatusCS = disease status in b
  SourceId = specimen id contains "x"
  Age = age > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
VisitDetail = visit detail in a
  VisitDetailStartDate = date >= 2015-01-31
  VisitDetailEndDate = end date >= 2015-01-31
  VisitDetailTypeCS = type in b
  VisitDetailLength = duration > 40 days
  Age = age > 40
  GenderCS = gender in b
  ProviderSpecialtyCS = specialty in b
  PlaceOfServiceCS = place of service in b
  PlaceOfServiceLocation = region of service in b
VisitOccurrence = visit in a
  OccurrenceStartDate = date >= 2015-01-31
  OccurrenceEndDate = end date >= 2015-01-31
  VisitType = type in (concept 5)
  VisitTypeCS = type in b
  VisitLength = duration > 40 days
  Age = age > 40
  Gender = gender in (concept 5)
  GenderCS = gender in b
  ProviderSpecialty = specialty in (concept 5)
  ProviderSpecialtyCS = specialty in b
  PlaceOfService = place of service in (concept 5)
  PlaceOfServiceCS = place of service in b
  PlaceOfServiceLocation = region of service in b
"""

OTHER_KEYS = {
    *("CodesetId", "CorrelatedCriteria", "DateAdjustment", "First", "UserDefinedPeriod", "PayerConcept"),
    *("PayerSourceConcept", "SpecimenSourceConcept"),
}
"""Attributes that are no part of a where-clause, tested below."""

EXACT = {
    ("DrugExposure", "OccurrenceEndDate"): " where date >= 2015-01-31",
    ("DrugExposure", "EffectiveDrugDose"): "",
    ("LocationRegion", "StartDate"): "",
    ("LocationRegion", "EndDate"): "",
    ("VisitDetail", "Age"): " where age at end > 40",
}
"""Where OHDSI's SQL does otherwise than the attribute's name says."""


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Kind, attribute, the event's words, the where-clause."""
    kind = event = ""
    for line in TABLE.strip().splitlines():
        key, words = line.strip().split(" = ", 1)
        if line.startswith(" "):
            yield kind, key, event, words
        else:
            kind, event = key, words


def value_of(key: str, words: str) -> Any:
    """The attribute's value that the words are about."""
    if words == "abnormal":
        return True
    if words.endswith("2015-01-31"):
        return {"Value": "2015-01-31", "Op": "gte"}
    if "> 40" in words:
        return {"Value": 40, "Op": "gt"}
    if words.endswith("(concept 5)"):
        return [{"CONCEPT_ID": 5}]
    if words.endswith("in b"):
        return {"CodesetId": 1, "IsExclusion": False} if key.endswith("CS") else 1
    return {"Text": "x", "Op": "contains"}


def index_of(text: str, mode: Mode) -> str:
    """The index statement of an imported definition, on one line."""
    lines = print_cohort(from_circe(text, mode=mode).cohort).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("index"))
    return " ".join(line.strip() for line in lines[start:] if line)


@pytest.mark.parametrize(("kind", "key", "event", "words"), list(rows()))
def test_attribute(kind: str, key: str, event: str, words: str) -> None:
    codes = {"CodesetId": 0} if event.endswith(" in a") else {}
    text = definition({kind: codes | {key: value_of(key, words)}})
    assert index_of(text, Mode.CORRECTED) == f"index {event} where {words}"
    exact = EXACT.get((kind, key), f" where {words}")
    assert index_of(text, Mode.CIRCE_EXACT) == f"index {event}{exact}"
    assert bool(from_circe(text).notes) == ((kind, key) in EXACT)
    corrected = from_circe(text, mode=Mode.CORRECTED).cohort
    written = json.loads(to_circe(corrected))["PrimaryCriteria"]["CriteriaList"][0][kind]
    assert key in written


def test_the_table_is_complete() -> None:
    listed = {(kind, key) for kind, key, _, _ in rows()}
    for kind in model.KINDS:
        for key in map(json_key, getattr(model, kind).model_fields):
            assert (kind, key) in listed or key in OTHER_KEYS or key.endswith(("Exclude", "SourceConcept")), (kind, key)


SOURCES = {
    "ConditionOccurrence": "condition", "Death": "death", "DeviceExposure": "device", "DrugExposure": "drug",
    "Measurement": "measurement", "Observation": "observation", "ProcedureOccurrence": "procedure",
    "VisitDetail": "visit detail", "VisitOccurrence": "visit",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "words"), list(SOURCES.items()))
def test_source_concepts(kind: str, words: str) -> None:
    key = f"{kind.removesuffix('Occurrence').removesuffix('Exposure')}SourceConcept"
    text = definition({kind: {"CodesetId": 0, key: 2}})
    assert index_of(text, Mode.CIRCE_EXACT) == f"index {words} in a coded in c"
    assert json.loads(to_circe(from_circe(text).cohort))["PrimaryCriteria"]["CriteriaList"] == [
        {kind: {"CodesetId": 0, key: 2}}
    ]


EVENTS = {
    '{"ConditionOccurrence": {}}': "condition",
    '{"ConditionOccurrence": {"CodesetId": 0, "First": true}}': "first ever condition in a",
    '{"ConditionOccurrence": {"CodesetId": 0, "First": false}}': "condition in a",
    '{"ConditionOccurrence": {"ConditionType": [{"CONCEPT_ID": 5}], "ConditionTypeExclude": true}}':
        "condition where not (type in (concept 5))",
    '{"ConditionOccurrence": {"ConditionTypeCS": {"CodesetId": 1, "IsExclusion": true}}}':
        "condition where not (type in b)",
    '{"ConditionOccurrence": {"ConditionTypeCS": {"IsExclusion": true}}}': "condition where type is missing",
    '{"ConditionOccurrence": {"ConditionTypeCS": {"CodesetId": null}}}': "condition where type is not missing",
    '{"ConditionOccurrence": {"Gender": [], "ConditionTypeExclude": true}}': "condition",
    '{"Measurement": {"ValueAsNumber": {"Value": 1.00005, "Op": "gt"}, "Unit": [{"CONCEPT_ID": 5}]}}':
        "measurement where value > 1.0001 and unit in (concept 5)",
    '{"Measurement": {"Abnormal": false}}': "measurement",
    '{"ConditionOccurrence": {"Age": {"Value": 18.9, "Op": "gte"}}}': "condition where age >= 18",
    '{"ConditionOccurrence": {"Age": {"Value": 18, "Op": "lt"}}}': "condition where age < 18",
    '{"ConditionOccurrence": {"Age": {"Value": 18, "Op": "lte"}}}': "condition where age <= 18",
    '{"ConditionOccurrence": {"Age": {"Value": 18, "Op": "eq"}}}': "condition where age = 18",
    '{"ConditionOccurrence": {"Age": {"Value": 18, "Op": "!eq"}}}': "condition where age != 18",
    '{"ConditionOccurrence": {"Age": {"Value": 18, "Extent": 20, "Op": "bt"}}}': "condition where age in 18..20",
    '{"ConditionOccurrence": {"Age": {"Value": 18, "Extent": 20, "Op": "!bt"}}}': "condition where not (age in 18..20)",
    '{"ConditionOccurrence": {"Age": {"Value": 20, "Extent": 18, "Op": "bt"}}}':
        "condition where age >= 20 and age <= 18",
    '{"ConditionOccurrence": {"OccurrenceStartDate": {"Value": "2015-1-5", "Extent": "2016-2-29", "Op": "bt"}}}':
        "condition where date in 2015-01-05..2016-02-29",
    '{"ConditionOccurrence": {"StopReason": {"Text": "a", "Op": "startsWith"}}}':
        'condition where stop reason starts with "a"',
    '{"ConditionOccurrence": {"StopReason": {"Text": "a", "Op": "!endsWith"}}}':
        'condition where not (stop reason ends with "a")',
    '{"ConditionOccurrence": {"StopReason": {"Text": "a%b", "Op": "!contains"}}}':
        'condition where not (stop reason is like "%a%b%")',
    '{"ConditionOccurrence": {"StopReason": {"Text": "a_", "Op": "startsWith"}}}':
        'condition where stop reason is like "a_%"',
    '{"ConditionOccurrence": {"DateAdjustment": {"StartOffset": -7, "EndWith": "START_DATE", "EndOffset": 30}}}':
        "condition spanning 7 days before start to 30 days after start",
    '{"Death": {"DateAdjustment": {"StartWith": "END_DATE", "EndOffset": 1}}}':
        "death spanning start to 1 day after end",
    '{"Specimen": {"DateAdjustment": {"StartOffset": 1}, "SpecimenSourceConcept": 2}}': "specimen",
    '{"ObservationPeriod": {"First": true, "UserDefinedPeriod": {"EndDate": "2015-01-01"}}}':
        "first ever observation period covering ..2015-01-01",
    '{"ObservationPeriod": {"UserDefinedPeriod": {}}}': "observation period",
    '{"PayerPlanPeriod": {"PayerConcept": 0, "PayerSourceConcept": 1}}': "payer plan period in a coded in b",
    '{"PayerPlanPeriod": {"First": true, "PayerConcept": 0, "PayerSourceConcept": 1}}':
        "first ever payer plan period where payer in a and source in b",
}  # fmt: skip


@pytest.mark.parametrize(("given", "words"), list(EVENTS.items()))
def test_event(given: str, words: str) -> None:
    text = definition(json.loads(given))
    assert index_of(text, Mode.CIRCE_EXACT) == f"index {words}"
    cohort = from_circe(text).cohort
    assert from_circe(to_circe(cohort)).cohort == cohort


def test_corrected_documents_mean_what_attributes_are_called() -> None:
    moved = {"DateAdjustment": {"StartWith": "END_DATE", "EndOffset": 1}}
    assert index_of(definition({"Death": moved}), Mode.CORRECTED) == "index death spanning end to 1 day after end"
    assert index_of(definition({"Specimen": moved}), Mode.CORRECTED) == "index specimen spanning end to 1 day after end"
    decimals = {"ConditionOccurrence": {"Age": {"Value": 18.9, "Op": "gte"}}}
    assert index_of(definition(decimals), Mode.CORRECTED) == "index condition where age >= 18.9"
