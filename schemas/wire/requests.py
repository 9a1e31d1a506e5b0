"""What may be asked."""

import datetime
from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from schemas.policy import Precision
from schemas.series import MOST_INTERVALS, IntervalLength, PrevalenceMeasure
from schemas.wire.form import MOST_BYTES, MOST_GROUPS, MOST_LIBRARY, MOST_OVERLAPPING, MOST_VARIANTS, Name, Text, Wire

_EXAMPLE_TEXT = (
    'cohort "Adults with type 2 diabetes"\n\nlet t2dm = concept 201826 with descendants\n\n'
    "index first condition in t2dm where age >= 18\ncount by sex, age(10)\n"
)

_INCIDENCE_EXAMPLE_TEXT = (
    'cohort "Adults seen in hospital"\n\nindex first visit where age >= 18\n'
    "incidence of first condition in concept 201826 with descendants per year\n"
)

_SECOND_EXAMPLE_TEXT = 'cohort "Adults seen in hospital"\n\nindex first visit where age >= 18\n'


_EXAMPLE_DEFINITION: dict[str, JsonValue] = {
    "ConceptSets": [
        {"id": 0, "name": "Type 2 diabetes", "expression": {"items": [{"concept": {"CONCEPT_ID": 201826}}]}}
    ],
    "PrimaryCriteria": {
        "CriteriaList": [{"ConditionOccurrence": {"CodesetId": 0}}],
        "ObservationWindow": {"PriorDays": 365, "PostDays": 0},
        "PrimaryCriteriaLimit": {"Type": "First"},
    },
    "QualifiedLimit": {"Type": "First"},
    "ExpressionLimit": {"Type": "First"},
}


Semantics = Literal["circe-exact", "corrected"]
"""How an OHDSI definition is understood."""


class CohortDocument(Wire):
    """A cohort as `text`, or as `cohort` in JSON; exactly one of the two. An OHDSI definition is known by its shape."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": _EXAMPLE_TEXT}]})

    text: Text | None = Field(default=None, description="the document in the language")
    cohort: dict[str, JsonValue] | None = Field(
        default=None,
        description="the document in its JSON form, or an OHDSI cohort definition (Circe JSON, as ATLAS exports it)",
    )
    library: dict[Name, Text] = Field(
        default_factory=dict,
        max_length=MOST_LIBRARY,
        description="documents in text that this one refers to by name: name -> text",
    )


class CountRequest(CohortDocument):
    """A cohort to be counted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": _EXAMPLE_TEXT, "precision": "standard"}]})

    precision: Precision | None = Field(default=None, description="how much noise; absent means the tier's default")


class BreakdownRequest(CountRequest):
    """A cohort to be counted by the dimensions of `by`, or of its own `count by` where `by` is absent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": _EXAMPLE_TEXT, "by": ["sex", "age(10)"]}]})

    by: list[Name] | None = Field(
        default=None, min_length=1, max_length=8, description="dimensions, written as after `count by`"
    )


class GenotypesRequest(CountRequest):
    """A cohort, and the variants whose genotypes are to be counted in it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": _EXAMPLE_TEXT, "variants": ["rs671", "1-55039974-G-T"]}]}
    )

    variants: list[Name] = Field(
        min_length=1,
        max_length=MOST_VARIANTS,
        description="rsIDs, `contig-position-ref-alt` on GRCh38, or HGVS names; a tier may take fewer at once",
    )


class OverlapRequest(Wire):
    """Cohorts whose overlap is to be counted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cohorts": [{"text": _EXAMPLE_TEXT}, {"text": _SECOND_EXAMPLE_TEXT}]}]}
    )

    cohorts: list[CohortDocument] = Field(min_length=2, max_length=MOST_OVERLAPPING, description="2 to 4 documents")
    precision: Precision | None = Field(default=None, description="how much noise; absent means the tier's default")


class ProfileRequest(CountRequest):
    """A cohort, and groups, which are cohorts too, of whose people those in the cohort are to be counted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": _EXAMPLE_TEXT, "groups": [{"text": _SECOND_EXAMPLE_TEXT}], "most": 1}]}
    )

    groups: list[CohortDocument] = Field(min_length=1, max_length=MOST_GROUPS)
    most: int = Field(
        strict=True,
        default=1,
        ge=1,
        le=MOST_GROUPS,
        description="in how many groups a person is counted at most, which is also how many tables it costs",
    )


class IncidenceRequest(CohortDocument):
    """A cohort with its `incidence of …`, counted on all days or between two, and by sex, age, region or race then."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": _INCIDENCE_EXAMPLE_TEXT,
                    "first_day": "2015-01-01",
                    "last_day": "2019-12-31",
                    "by": ["sex", "age(10)"],
                }
            ]
        }
    )

    first_day: datetime.date | None = Field(default=None, description="given with `last_day` or not at all")
    last_day: datetime.date | None = None
    by: list[Name] | None = Field(default=None, min_length=1, max_length=3, description="needs the two days")


class PrevalenceRequest(CountRequest):
    """A cohort, and the calendar intervals from one day to another in which to count who is in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": _EXAMPLE_TEXT, "first_day": "2015-01-01", "last_day": "2019-12-31", "by": ["sex", "age(10)"]}
            ]
        }
    )

    first_day: datetime.date
    last_day: datetime.date
    per: IntervalLength = Field(default=IntervalLength.MONTH, description=f"at most {MOST_INTERVALS} of them")
    measure: PrevalenceMeasure = Field(
        default=PrevalenceMeasure.PERIOD, description="on any day of an interval, or on its middle day"
    )
    by: list[Name] | None = Field(default=None, min_length=1, max_length=3, description="sex, age(10), region, race")


class LinkageRequest(CohortDocument):
    """A cohort, and two variants."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": _EXAMPLE_TEXT, "variants": ["rs671", "rs1229984"]}]}
    )

    variants: list[Name] = Field(min_length=2, max_length=2, description="written as for genotypes")


class CompletionRequest(Wire):
    """A text being written, and the place in it, counted in characters from 0."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": 'cohort "x"\nindex first ', "position": 23}]})

    text: Text
    position: int = Field(strict=True, ge=0, le=MOST_BYTES)


class DefinitionImport(Wire):
    """An OHDSI cohort definition to be read into the language."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"definition": _EXAMPLE_DEFINITION}]})

    definition: dict[str, JsonValue] = Field(description="Circe JSON, or the envelope WebAPI sends it in")
    mode: Semantics = Field(
        default="circe-exact",
        description="`circe-exact`: what OHDSI's SQL computes; `corrected`: what the attributes are called",
    )
    name: Name | None = Field(default=None, description="name of the cohort; the definition's own if absent")
