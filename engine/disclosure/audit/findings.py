"""What an examination of the log says."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What can be wrong with a log."""

    EDITED = "edited"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    FORKED = "forked"
    CLOCK = "clock"
    SIGNATURE = "signature"
    UNSIGNED = "unsigned"
    TREE = "tree"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong; `entry` is the number of the entry it is about, where there is one."""

    kind: Kind
    message: str
    entry: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """What was examined, and everything found wrong. `first` and `last` are the times of these entries."""

    entries: int
    first: str | None
    last: str | None
    checkpoints: int
    findings: tuple[Finding, ...]
