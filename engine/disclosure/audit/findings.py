"""What an examination of the log says."""

from dataclasses import dataclass
from enum import Enum

from engine.disclosure.years import year_of


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
class ClockRecord:
    """That an operator put on record, by entry `entry` at `time`, that the clock had been ahead, up to `newest`; of
    `ahead` entries, for what reason, and who it was."""

    entry: int
    time: str
    newest: str
    ahead: int
    user: str
    reason: str

    @property
    def year(self) -> str:
        """The year in Korea that the clock had shown."""
        return year_of(self.newest)

    @property
    def message(self) -> str:
        """In one line."""
        return (
            f"entry {self.entry} of {self.time} records that the clock had been ahead, up to {self.newest}, when "
            f"{self.ahead} entries were written: {self.reason} ({self.user})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """What was examined, and everything found wrong. `first` and `last` are the times of these entries.

    `records` are what operators put on record of a clock that was ahead: nothing wrong, and for everybody to know.
    """

    entries: int
    first: str | None
    last: str | None
    checkpoints: int
    findings: tuple[Finding, ...]
    records: tuple["ClockRecord", ...] = ()

    @property
    def is_another(self) -> bool:
        """Whether it is another log than the one that was written and signed."""
        return any(finding.kind in ANOTHER_LOG for finding in self.findings)
