"""What is measured of one case on one engine."""

import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Seconds by the clock, from the text to the rows of the cohort, on so many cores.

    `cold` with the release out of the page cache, when `fetched` bytes came from storage; `warm` each turn with nothing
    kept from before; `again` with everything kept; `reading` is the part of each that goes into reading the text;
    `edits` each with one criterion changed and everything else kept.
    `peak` is the most resident memory, `anon` what of it is the process's own, `touched` the pages of mapped files that
    were looked at, all in bytes; `events` those the planner expects to be read. `exact` is the number of people by the
    same definition in OHDSI's mode. `over` holds the seconds after which the case was given up.
    """

    engine: str
    cores: int
    number: int
    name: str
    is_whole: bool
    persons: int = 0
    rows: int = 0
    digest: str = ""
    exact: int | None = None
    cold: float | None = None
    fetched: int = 0
    warm: tuple[float, ...] = ()
    again: float | None = None
    reading: float | None = None
    edits: tuple[float, ...] = ()
    peak: int = 0
    anon: int = 0
    touched: int = 0
    events: int = 0
    over: float | None = None

    @property
    def seconds(self) -> float:
        """The median of the warm turns; what it was given where it took longer."""
        return statistics.median(self.warm) if self.warm else (self.over or float("nan"))

    @property
    def title(self) -> str:
        """Number and name, for tables."""
        return f"{self.number} {self.name.replace('-', ' ')}{'' if self.is_whole else ', clinical part'}"

    def to_json(self) -> dict[str, Any]:
        """As plain values; seconds to the microsecond."""
        return {name: _rounded(value) for name, value in asdict(self).items()}

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "Row":
        """The row of `to_json`."""
        return Row(**{**values, "warm": tuple(values["warm"]), "edits": tuple(values["edits"])})


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6)
    return [round(each, 6) for each in value] if isinstance(value, tuple) else value
