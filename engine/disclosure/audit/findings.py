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


ANOTHER_LOG = frozenset(
    {Kind.EDITED, Kind.MISSING, Kind.INSERTED, Kind.REORDERED, Kind.TRUNCATED, Kind.FORKED, Kind.TREE}
)
"""What makes it another log than the one that was written: no tree and no signature can fit it any more."""


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

    @property
    def is_another(self) -> bool:
        """Whether it is another log than the one that was written and signed."""
        return any(finding.kind in ANOTHER_LOG for finding in self.findings)
