"""The whole definition."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from cohort_dsl.circe.model.criteria import Criteria, CriteriaGroup
from cohort_dsl.circe.model.values import CirceModel, CodesetId, ConceptSet, Days, Many, NearDays, Period

_NEWEST_CDM = 6
_VERSION = re.compile(r"\s*(>=|<=|>|<|=|\^|~)?\s*v?(\d{1,3})(\.(\d{1,3}|x|\*)){0,2}\s*")


def _version_range(value: str) -> str:
    """Versions of the OMOP CDM there are: 5 and 6."""
    parts = [_VERSION.fullmatch(part) for part in re.split(r"\|\||\s(?=[<>=^~\d])", value.strip())]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        raise PydanticCustomError("circe-version", "`cdmVersionRange` is a range of CDM versions, as in >=5.0.0")
    lowest = min((int(part[2]) for part in known if part[1] not in ("<", "<=")), default=0)
    if lowest > _NEWEST_CDM:
        raise PydanticCustomError(
            "circe-version", "the definition asks for OMOP CDM {major}, which is not known here", {"major": lowest}
        )
    return value


def _limit(value: object) -> object:
    return value.capitalize() if isinstance(value, str) else value


LimitType = Annotated[Literal["All", "First", "Last"], BeforeValidator(_limit)]


class Limit(CirceModel):
    """Which of a person's events go on; without a type, all."""

    type: LimitType | None = "First"


class PrimaryLimit(CirceModel):
    type: LimitType = "First"


class ObservationWindow(CirceModel):
    prior_days: NearDays = 0
    post_days: NearDays = 0


def _not_empty(criteria: tuple[Criteria, ...]) -> tuple[Criteria, ...]:
    if not criteria:
        raise PydanticCustomError("circe-value", "a cohort needs at least one kind of primary event")
    return criteria


class PrimaryCriteria(CirceModel):
    criteria_list: Annotated[Many[Criteria], AfterValidator(_not_empty)]
    observation_window: ObservationWindow
    primary_criteria_limit: PrimaryLimit = PrimaryLimit.model_construct(type="First")


class InclusionRule(CirceModel):
    name: str | None = Field(default=None, alias="name")
    description: str | None = Field(default=None, alias="description")
    expression: CriteriaGroup = Field(alias="expression")


class DateOffset(CirceModel):
    date_field: Literal["StartDate", "EndDate"] = "StartDate"
    offset: Days = 0


class CustomEra(CirceModel):
    drug_codeset_id: CodesetId
    gap_days: Annotated[int, Field(ge=0)] = 0
    offset: Days = 0
    days_supply_override: Annotated[int, Field(ge=0)] | None = None


class EndStrategy(CirceModel):
    """One of the two."""

    date_offset: DateOffset | None = None
    custom_era: CustomEra | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.date_offset is None) == (self.custom_era is None):
            raise PydanticCustomError("circe-value", "an end strategy is either `DateOffset` or `CustomEra`")
        return self


class CollapseSettings(CirceModel):
    collapse_type: Literal["ERA"] = "ERA"
    era_pad: Annotated[int, Field(ge=0)] = 0


def _distinct_ids(sets: tuple[ConceptSet, ...]) -> tuple[ConceptSet, ...]:
    """The sets without exact repetitions."""
    found: dict[int, ConceptSet] = {}
    for concept_set in sets:
        first = found.setdefault(concept_set.id, concept_set)
        if first is not concept_set and first != concept_set:
            raise PydanticCustomError(
                "circe-concept-set", "two different concept sets have the id {id}", {"id": concept_set.id}
            )
    return tuple(found.values())


class CohortExpression(CirceModel):
    cdm_version_range: Annotated[str, AfterValidator(_version_range)] | None = Field(
        default=None, alias="cdmVersionRange"
    )
    title: str | None = None
    primary_criteria: PrimaryCriteria
    additional_criteria: CriteriaGroup | None = None
    concept_sets: Annotated[Many[ConceptSet], AfterValidator(_distinct_ids)] | None = None
    qualified_limit: Limit = Limit.model_construct(type="First")
    expression_limit: Limit = Limit.model_construct(type="First")
    inclusion_rules: Many[InclusionRule] = ()
    end_strategy: EndStrategy | None = None
    censoring_criteria: Many[Criteria] | None = None
    collapse_settings: CollapseSettings = CollapseSettings.model_construct(collapse_type="ERA", era_pad=0)
    censor_window: Period | None = None
