"""The modes of OHDSI's inclusion statistics."""

from enum import Enum


class InclusionMode(Enum):
    """What is counted: every qualified entry, or one a person."""

    EVENTS = "events"
    BEST_EVENT = "best event"
