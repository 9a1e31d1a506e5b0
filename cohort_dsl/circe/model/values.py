"""Concepts, ranges, windows: what criteria are made of."""

import datetime
import re
from collections.abc import Callable
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationInfo,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from cohort_dsl.limits import LONGEST_YEARS

LARGEST_ID = 2**31 - 1
LARGEST_NUMBER = 1e15
LONGEST_DAYS = int(LONGEST_YEARS * 365.25)
"""The longest time of the language."""


def json_key(name: str) -> str:
    """How Circe spells a field: `gender_cs` is `GenderCS`."""
    return "".join("CS" if word == "cs" else word.capitalize() for word in name.split("_"))


def _config(alias: Callable[[str], str]) -> ConfigDict:
    return ConfigDict(strict=True, frozen=True, extra="forbid", alias_generator=alias, defer_build=True)


class CirceModel(BaseModel):
    """An object of Circe's JSON; a key that is not known is refused, and nothing is converted."""

    model_config = _config(json_key)


def _known_set(value: int, info: ValidationInfo) -> int:
    """The context is the ids of the definition's concept sets."""
    if value not in (info.context or ()):
        raise PydanticCustomError("circe-concept-set", "no concept set has the id {id}", {"id": value})
    return value


T = TypeVar("T")
Many = Annotated[tuple[T, ...], Strict(False)]
"""A JSON array; tuples are strict about being tuples already."""

CodesetId = Annotated[int, AfterValidator(_known_set)]
Days = Annotated[int, Field(ge=-LARGEST_ID, le=LARGEST_ID)]
NearDays = Annotated[int, Field(ge=-LONGEST_DAYS, le=LONGEST_DAYS)]
Number = Annotated[float, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER, allow_inf_nan=False)]

_DATE = re.compile(r"(\d{1,4})-(\d{1,2})-(\d{1,2})")


def _date(value: object) -> object:
    """A day as Circe writes it, with or without leading zeros."""
    if not isinstance(value, str):
        raise PydanticCustomError("json-wrong-type", "a date is text here, as in 2015-01-31")
    found = _DATE.fullmatch(value.strip())
    try:
        if found:
            return datetime.date(*map(int, found.groups()))
    except ValueError:
        pass
    raise PydanticCustomError("circe-value", "a date is year, month and day of the calendar, as in 2015-01-31")


CirceDate = Annotated[datetime.date, BeforeValidator(_date)]


class Concept(CirceModel):
    """A concept as ATLAS stores it; only the id has a meaning, the name becomes a label."""

    model_config = _config(str.upper)

    concept_id: Annotated[int, Field(ge=0, le=LARGEST_ID)]
    concept_name: str | None = None
    concept_code: str | None = None
    concept_class_id: str | None = None
    domain_id: str | None = None
    vocabulary_id: str | None = None
    standard_concept: str | None = None
    standard_concept_caption: str | None = None
    invalid_reason: str | None = None
    invalid_reason_caption: str | None = None
    valid_start_date: object = None
    valid_end_date: object = None


class ConceptSetItem(CirceModel):
    model_config = _config(to_camel)

    concept: Concept
    is_excluded: bool | None = None
    include_descendants: bool | None = None
    include_mapped: bool | None = None


class ConceptSetExpression(CirceModel):
    model_config = _config(to_camel)

    items: Many[ConceptSetItem]


class ConceptSet(CirceModel):
    model_config = _config(to_camel)

    id: int
    name: str | None = None
    expression: ConceptSetExpression


class Selection(CirceModel):
    """Concepts of a set, or not of it; without a set, whether there is a concept at all."""

    codeset_id: CodesetId | None = None
    is_exclusion: bool | None = None


RangeOperator = Literal["lt", "lte", "eq", "!eq", "gt", "gte", "bt", "!bt"]


class NumericRange(CirceModel):
    value: Number
    op: RangeOperator
    extent: Number | None = None

    @model_validator(mode="after")
    def _has_both_ends(self) -> Self:
        _check_ends(self.op, self.extent)
        return self


class DateRange(CirceModel):
    value: CirceDate
    op: RangeOperator
    extent: CirceDate | None = None

    @model_validator(mode="after")
    def _has_both_ends(self) -> Self:
        _check_ends(self.op, self.extent)
        return self


def _check_ends(op: str, extent: object) -> None:
    if op.endswith("bt") and extent is None:
        raise PydanticCustomError("circe-value", "a range between two values needs `Extent`, its other end")


class TextFilter(CirceModel):
    text: str
    op: Literal["startsWith", "contains", "endsWith", "!startsWith", "!contains", "!endsWith"]


class Period(CirceModel):
    start_date: CirceDate | None = None
    end_date: CirceDate | None = None


DateColumn = Literal["START_DATE", "END_DATE"]


class DateAdjustment(CirceModel):
    start_with: DateColumn = "START_DATE"
    start_offset: NearDays = 0
    end_with: DateColumn = "END_DATE"
    end_offset: NearDays = 0


class Endpoint(CirceModel):
    """So many days before (-1) or after (1); without days, the end of the observation period on that side."""

    days: Days | None = None
    coeff: Literal[-1, 1]


class Window(CirceModel):
    start: Endpoint
    end: Endpoint
    use_index_end: bool | None = None
    use_event_end: bool | None = None
