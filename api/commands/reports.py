"""What commands about releases print as JSON; these models never travel over HTTP."""

from pydantic import BaseModel, JsonValue, TypeAdapter

from engine import Concordance, IngestReport, Manifest, ReleaseSize

_JSON: TypeAdapter[dict[str, JsonValue] | None] = TypeAdapter(dict[str, JsonValue] | None)


class ReleaseEntry(BaseModel):
    """One published release."""

    release: str
    created: str
    phase: int
    persons: int
    is_current: bool


class SynthesisSummary(ReleaseEntry):
    """A synthesis: what it made, and what that took. Peak memory counts the page cache of mapped files."""

    seconds: float
    peak_memory_bytes: int
    events: int
    events_per_second: float
    event_bytes: int
    event_index_bytes: int
    release_bytes: int
    index_bytes: int


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


class CountsDiffer(BaseModel):
    """A variant whose counts differ: of each genotype, by the tool and in the release."""

    variant: str
    by_tool: dict[str, int]
    in_release: dict[str, int]


class ConcordanceSummary(BaseModel):
    """A release beside its source files; only the first few variants are named, and nobody."""

    release: str
    tools: list[str]
    rules: list[str]
    samples: int
    agrees: bool
    compared: int
    different: int
    differences: list[CountsDiffer]
    left_out: dict[str, int]
    not_in_release: int
    first_not_in_release: list[str]
    only_in_release: int
    first_only_in_release: list[str]


def concordance_summary(found: Concordance) -> ConcordanceSummary:
    """The comparison in the shape of the printed tables."""
    comparison = found.comparison
    return ConcordanceSummary(
        release=found.release_id,
        tools=list(found.tools),
        rules=list(found.rules),
        samples=found.samples,
        agrees=comparison.agrees,
        compared=comparison.compared,
        different=comparison.different,
        differences=[
            CountsDiffer(
                variant=one.variant,
                by_tool=dict(zip(comparison.kinds, one.by_tool, strict=True)),
                in_release=dict(zip(comparison.kinds, one.in_release, strict=True)),
            )
            for one in comparison.differences
        ],
        left_out=dict(comparison.left_out),
        not_in_release=comparison.not_in_release,
        first_not_in_release=list(comparison.first_not_in_release),
        only_in_release=comparison.only_in_release,
        first_only_in_release=list(comparison.first_only_in_release),
    )


def release_entry(manifest: Manifest, *, is_current: bool) -> ReleaseEntry:
    """A manifest in short."""
    return ReleaseEntry(
        release=manifest.release_id,
        created=manifest.created,
        phase=manifest.phase,
        persons=manifest.persons,
        is_current=is_current,
    )


def synthesis_summary(manifest: Manifest, size: ReleaseSize, *, seconds: float, peak: int) -> SynthesisSummary:
    """What a synthesis made and took."""
    return SynthesisSummary(
        **release_entry(manifest, is_current=True).model_dump(),
        seconds=round(seconds, 2),
        peak_memory_bytes=peak,
        events=size.events,
        events_per_second=round(size.events / seconds),
        event_bytes=size.event_bytes,
        event_index_bytes=size.event_index_bytes,
        release_bytes=size.release_bytes,
        index_bytes=size.derived_bytes,
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
        variants=_JSON.validate_python(report.variants and report.variants.as_values()),
    )
