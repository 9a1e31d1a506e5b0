"""What commands about releases print as JSON; these models never travel over HTTP."""

from pydantic import BaseModel, JsonValue, TypeAdapter

from engine import IngestReport, Manifest

_JSON: TypeAdapter[dict[str, JsonValue] | None] = TypeAdapter(dict[str, JsonValue] | None)


class ReleaseEntry(BaseModel):
    """One published release."""

    release: str
    created: str
    phase: int
    persons: int
    is_current: bool


class ReleaseEntries(BaseModel):
    """The published releases in the order of their id."""

    releases: list[ReleaseEntry]


class TableSummary(BaseModel):
    """What became of the rows of one table."""

    table: str
    source: str
    rows_in: int
    rows_added: int
    rows_out: int
    rows_rejected: int


class NoteSummary(BaseModel):
    """How many rows were rejected or look wrong for one reason."""

    table: str
    kind: str
    code: str
    rows: int


class IngestSummary(BaseModel):
    """A whole ingest."""

    release: str
    persons: int
    tables: list[TableSummary]
    notes: list[NoteSummary]
    warnings: list[str]
    variants: dict[str, JsonValue] | None


def release_entry(manifest: Manifest, *, is_current: bool) -> ReleaseEntry:
    """A manifest in short."""
    return ReleaseEntry(
        release=manifest.release_id,
        created=manifest.created,
        phase=manifest.phase,
        persons=manifest.persons,
        is_current=is_current,
    )


def ingest_summary(report: IngestReport) -> IngestSummary:
    """The report in the shape of the printed tables."""
    return IngestSummary(
        release=report.release_id,
        persons=report.persons,
        tables=[
            TableSummary(
                table=table, source=source, rows_in=rows_in, rows_added=added, rows_out=rows_out, rows_rejected=rejected
            )
            for table, source, rows_in, added, rows_out, rejected in report.rows()
        ],
        notes=[NoteSummary(table=table, kind=kind, code=code, rows=rows) for table, kind, code, rows in report.notes()],
        warnings=list(report.warnings),
        variants=_JSON.validate_python(report.variants),
    )
