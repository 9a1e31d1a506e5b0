"""Answers sent back to be drawn. They are the caller's own; drawing touches no data."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.language import Language
from schemas.wire.answers import (
    AttritionAnswer,
    BreakdownAnswer,
    GenotypesAnswer,
    IncidenceAnswer,
    OverlapAnswer,
    PrevalenceAnswer,
)
from schemas.wire.form import Name, Wire

NARROWEST, WIDEST = 280, 1600
"""Pixels a picture may be wide."""

PictureKind = Literal["attrition", "pyramid", "breakdown", "trend", "genotypes", "overlap", "comparison"]
"""What is drawn: who is left after each step, sex and age, a table's cells, numbers over time, genotypes by variant,
the regions of several cohorts, and the shares of two cohorts side by side."""


class ComparedCohorts(Wire):
    """The breakdowns of two cohorts by the same dimensions, and what the cohorts are called."""

    names: Annotated[list[Name], Field(min_length=2, max_length=2)]
    answers: Annotated[list[BreakdownAnswer], Field(min_length=2, max_length=2)]


DrawnAnswer = (
    AttritionAnswer
    | BreakdownAnswer
    | GenotypesAnswer
    | IncidenceAnswer
    | OverlapAnswer
    | PrevalenceAnswer
    | ComparedCohorts
)
"""Answers that a picture is made of."""


class PictureRequest(Wire):
    """An answer as this service gave it, the language of the words, and the width in pixels it is laid out for."""

    answer: DrawnAnswer
    language: Language = Language.ENGLISH
    width: Annotated[int, Field(strict=True, ge=NARROWEST, le=WIDEST)] = 640
