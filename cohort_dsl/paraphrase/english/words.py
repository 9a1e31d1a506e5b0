"""What domains, fields and ends of events are called in English."""

from typing import Final

from cohort_dsl.ast import Anchor, Distinct, TextOperator
from cohort_dsl.words import Subject
from schemas.fields import FIELDS, Field, PersonField, VariantField
from schemas.omop import Domain

EVENTS: Final[dict[Domain, tuple[str, str, str]]] = {
    Domain.CONDITION: ("diagnosis", "diagnoses", "of"),
    Domain.DRUG: ("prescription", "prescriptions", "of"),
    Domain.PROCEDURE: ("procedure", "procedures", "of the kind"),
    Domain.MEASUREMENT: ("measurement", "measurements", "of"),
    Domain.OBSERVATION: ("recorded observation", "recorded observations", "of"),
    Domain.DEVICE: ("use of a device", "uses of a device", "of the kind"),
    Domain.VISIT: ("visit", "visits", "of the kind"),
    Domain.VISIT_DETAIL: ("part of a visit", "parts of visits", "of the kind"),
    Domain.DEATH: ("death", "deaths", "from"),
    Domain.SPECIMEN: ("specimen", "specimens", "of"),
    Domain.CONDITION_ERA: ("spell of a condition", "spells of a condition", "namely"),
    Domain.DRUG_ERA: ("spell on a drug", "spells on a drug", "namely"),
    Domain.DOSE_ERA: ("spell on a constant dose", "spells on a constant dose", "of"),
    Domain.OBSERVATION_PERIOD: ("period of observation", "periods of observation", "of the kind"),
    Domain.PAYER_PLAN_PERIOD: ("period of insurance cover", "periods of insurance cover", "with the payer"),
    Domain.LOCATION_REGION: ("residence", "residences", "in"),
}
"""One, several, and the word before what it is of."""

FIELD: Final[dict[Field, str]] = {field: spec.description for field, spec in FIELDS.items()} | {
    Field.AGE: "age on the first day",
    Field.AGE_AT_END: "age on the last day",
    Field.END_DATE: "last day",
    Field.DURATION: "duration",
    Field.VALUE: "value",
    Field.UNIT: "unit",
    Field.TYPE: "origin of the record",
    Field.VISIT_RECORD: "record of its visit",
    Field.CARE_SITE: "record of its care site",
    Field.VISIT_TYPE: "kind of its visit",
    Field.STATUS: "status of the diagnosis",
    Field.STOP_REASON: "reason for which it ended",
    Field.LOT_NUMBER: "manufacturer's lot number",
    Field.DOSE: "dose",
    Field.DOSE_UNIT: "unit of the dose",
    Field.ANATOMIC_SITE: "site the specimen was taken from",
    Field.OCCURRENCES: "number of events joined",
    Field.GAP: "number of days without supply",
    Field.REFILLS: "number of refills",
    Field.DAYS_SUPPLY: "number of days of supply",
    Field.PAYER: "payer",
    Field.COVER_STOP_REASON: "reason for which cover ended",
    Field.COVER_STOP_REASON_SOURCE: "source concept of the reason for which cover ended",
}

PERSON: Final[dict[Subject, dict[PersonField, str]]] = {
    Subject.INDEX: {
        PersonField.SEX: "sex",
        PersonField.GENDER: "gender",
        PersonField.AGE: "age on the index date",
        PersonField.INDEX_DATE: "index date",
        PersonField.INDEX_END_DATE: "last day of the index event",
        PersonField.BIRTH_YEAR: "year of birth",
        PersonField.REGION: "region of residence",
        PersonField.RACE: "race",
        PersonField.ETHNICITY: "ethnicity",
    },
}
PERSON[Subject.IT] = PERSON[Subject.INDEX] | {
    PersonField.AGE: "age on the day of that event",
    PersonField.INDEX_DATE: "day of that event",
    PersonField.INDEX_END_DATE: "last day of that event",
}

EVENT: Final = {Subject.INDEX: "the index event", Subject.IT: "that event"}

ANCHOR: Final = {
    Subject.INDEX: {
        Anchor.START: "the index date",
        Anchor.END: "the end of the index event",
        Anchor.OBSERVATION_START: "the start of observation",
        Anchor.OBSERVATION_END: "the end of observation",
    },
    Subject.IT: {
        Anchor.START: "that event",
        Anchor.END: "the end of that event",
        Anchor.OBSERVATION_START: "the start of observation",
        Anchor.OBSERVATION_END: "the end of observation",
    },
}

DISTINCT: Final[dict[Distinct, tuple[str, str]]] = {
    Distinct.DATES: ("day", "days"),
    Distinct.END_DATES: ("last day", "last days"),
    Distinct.VISITS: ("visit", "visits"),
    Distinct.VISIT_DETAILS: ("part of a visit", "parts of visits"),
    Distinct.CONCEPTS: ("concept", "concepts"),
    Distinct.SOURCES: ("source code", "source codes"),
    Distinct.DURATIONS: ("duration", "durations"),
    Distinct.VALUES: ("value", "values"),
    Distinct.UNITS: ("unit", "units"),
    Distinct.RANGE_LOWS: ("lower limit of normal", "lower limits of normal"),
    Distinct.RANGE_HIGHS: ("upper limit of normal", "upper limits of normal"),
    Distinct.QUANTITIES: ("quantity", "quantities"),
    Distinct.DAYS_SUPPLIES: ("number of days of supply", "numbers of days of supply"),
    Distinct.REFILLS: ("number of refills", "numbers of refills"),
    Distinct.OCCURRENCES: ("number of events joined", "numbers of events joined"),
    Distinct.GAPS: ("number of days without supply", "numbers of days without supply"),
}
"""One, and several."""

TEXT: Final[dict[TextOperator, str]] = {
    TextOperator.IS: "is",
    TextOperator.CONTAINS: "contains",
    TextOperator.STARTS_WITH: "starts with",
    TextOperator.ENDS_WITH: "ends with",
    TextOperator.LIKE: "fits the pattern",
}

VARIANT: Final[dict[VariantField, str]] = {
    VariantField.AF: "allele frequency in this release",
    VariantField.AF_EXTERNAL: "allele frequency in reference data",
    VariantField.CONSEQUENCE: "most severe consequence",
    VariantField.LOF: "loss-of-function confidence",
    VariantField.CLINVAR: "ClinVar significance",
    VariantField.FILTER: "quality filter",
}


def nth(number: int) -> str:
    """`2nd`."""
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def with_article(words: str) -> str:
    """`a diagnosis`, `an era`."""
    return f"{'an' if words[:1] in 'aeio' or words.startswith('unb') else 'a'} {words}"
