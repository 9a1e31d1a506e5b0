"""Request and response models of carrying exact numbers out of the trusted environment."""

from enum import Enum

from pydantic import Field

from schemas.wire import AttritionAnswer, BreakdownAnswer, CountAnswer, Wire

ExportedAnswer = CountAnswer | BreakdownAnswer | AttritionAnswer
"""What may be carried out at all."""


class ExportStatus(Enum):
    """Whether numbers may leave: waiting for a reviewer, or decided."""

    HELD = "held"
    RELEASED = "released"
    REFUSED = "refused"


class Export(Wire):
    """One answer that somebody wants to carry out."""

    id: str
    status: ExportStatus
    asked: str = Field(description="when, ISO 8601 in UTC")
    user: str
    project: str
    reason: str
    below_floor: int = Field(description="how many of its counts are below the floor of the internal tier")
    reviewer: str | None = Field(description="who released or refused it; absent when no reviewer was needed")
    answer: ExportedAnswer | None = Field(description="absent while it is held or once it is refused")


class ExportList(Wire):
    """Exports, the newest first."""

    exports: list[Export]
