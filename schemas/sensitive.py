"""Concepts that nobody should be asked about lightly: lists of the policy, and who may use them how."""

from dataclasses import dataclass
from enum import Enum


class SensitiveUse(Enum):
    """What a tier may do with the concepts of a sensitive list."""

    NONE = "none"
    COARSE = "coarse"
    """Ask about them with the coarsest precision."""
    PROJECT = "project"
    """Ask about them in a project that was approved for the list."""
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveList:
    """A named list: every concept below `concepts` (OMOP ids), and every one with a code of `codes`, pairs of a
    vocabulary and the beginning of a code; what these map to or are mapped from is in it too."""

    name: str
    concepts: tuple[int, ...]
    codes: tuple[tuple[str, str], ...]
