"""What an ingest did with every row, as counts: nothing is dropped silently, and no row is shown.

The report is written into the release as `report.json`. It holds table, column and reason names and whole-table
counts, never a value of a row.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from schemas.errors import InternalError

if TYPE_CHECKING:
    from engine.ingest.variants.outcome import VariantReport

REPORT = "report.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many rows one code applies to, as in `unknown-person` or `wrong-type:quantity` (code:source column)."""

    code: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReport:
    """One release table: `rows_in + rows_added == rows_out + rows_rejected`, checked when it is made.

    `rejected` are rows that lie in `rejected.parquet` instead; `findings` are rows that were kept and look
    wrong. A row may appear in several findings. `columns_absent` are columns of the release that the source
    does not have (all null), `columns_not_carried` source columns that a release has no place for.
    """

    table: str
    source: str | None
    rows_in: int
    rows_added: int
    rows_out: int
    rejected: tuple[Counted, ...] = ()
    findings: tuple[Counted, ...] = ()
    columns_absent: tuple[str, ...] = ()
    columns_not_carried: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.rows_in + self.rows_added != self.rows_out + self.rows_rejected:
            raise InternalError(
                "ingest-rows-lost",
                f"{self.table}: {self.rows_in:,} rows in and {self.rows_added:,} added are not "
                f"{self.rows_out:,} out and {self.rows_rejected:,} rejected",
            )

    @property
    def rows_rejected(self) -> int:
        """Rows of the source that are in `rejected.parquet`."""
        return sum(count.rows for count in self.rejected)

    @classmethod
    def from_json(cls, raw: Mapping[str, object]) -> "TableReport":
        """The report that `asdict` wrote; `KeyError`, `TypeError` or `ValueError` when it is not one."""
        source = raw["source"]
        return cls(
            table=str(raw["table"]),
            source=None if source is None else str(source),
            rows_in=int(str(raw["rows_in"])),
            rows_added=int(str(raw["rows_added"])),
            rows_out=int(str(raw["rows_out"])),
            rejected=_counts(raw["rejected"]),
            findings=_counts(raw["findings"]),
            columns_absent=_names(raw["columns_absent"]),
            columns_not_carried=_names(raw["columns_not_carried"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """A whole ingest. `warnings` are sentences for a person."""

    release_id: str
    persons: int
    tables: tuple[TableReport, ...]
    tables_absent: tuple[str, ...] = ()
    files_not_carried: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    variants: "VariantReport | None" = None

    def table(self, name: str) -> TableReport:
        """The report of the release table called `name`; `KeyError` when there is none."""
        for table in self.tables:
            if table.table == name:
                return table
        raise KeyError(name)

    @property
    def rows_rejected(self) -> int:
        """Rows of all tables that are in `rejected.parquet`."""
        return sum(table.rows_rejected for table in self.tables)

    def to_json(self) -> str:
        """The report as indented JSON, ending in a newline."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    def rows(self) -> tuple[tuple[str, str, int, int, int, int], ...]:
        """One row a table with a source, to print: table, source file, in, added, out, rejected."""
        return tuple(
            (table.table, table.source, table.rows_in, table.rows_added, table.rows_out, table.rows_rejected)
            for table in self.tables
            if table.source is not None
        )

    def notes(self) -> tuple[tuple[str, str, str, int], ...]:
        """One row a rejection or finding, to print: table, `rejected` or `found`, code, rows; the largest first."""
        found = [
            (table.table, kind, count.code, count.rows)
            for table in self.tables
            for kind, counts in (("rejected", table.rejected), ("found", table.findings))
            for count in counts
        ]
        return tuple(sorted(found, key=lambda note: (-note[3], note)))


def counted(pairs: Iterable[tuple[str, int]]) -> tuple[Counted, ...]:
    """Counts above zero, in the order of their code."""
    return tuple(Counted(code=code, rows=rows) for code, rows in sorted(pairs) if rows)


def _counts(value: object) -> tuple[Counted, ...]:
    return tuple(Counted(**item) for item in _items(value) if isinstance(item, dict))


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in _items(value))


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value
