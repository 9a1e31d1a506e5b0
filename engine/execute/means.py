"""What plans are run with, and how much of a cohort is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from engine.execute.intermediates import Intermediates
from engine.execute.target import Target
from engine.genotypes.store import GenotypeStore
from engine.physical.bounds import SELECTIVE_SHARE
from engine.physical.estimates import Estimates


class Wanted(Enum):
    """How much of a cohort is asked for; each holds what the one before does."""

    MEMBERS = "who is in it, and when"
    STEPS = "how far everybody gets through its rules, in their order"
    RULES = "which rules every entry passes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """One release of `persons` people, and how to compute on it.

    `scope` names the release and the reading of its genotypes: what is kept is kept for that alone. Where fewer than
    the share `selective` are left, only what is about them is read. Without estimates rules keep their order.
    """

    targets: Mapping[str, Target]
    genotypes: GenotypeStore
    persons: int
    scope: str = ""
    kept: Intermediates = field(default_factory=Intermediates)
    estimates: Estimates | None = None
    selective: float = SELECTIVE_SHARE
