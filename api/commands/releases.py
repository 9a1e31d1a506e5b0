"""Commands that make releases."""

import resource
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

import engine
from api.commands.console import out, print_json, progress_bar, reporting, table_of
from api.commands.options import DEFAULT_RELEASES, AsJson, Releases
from api.commands.reports import SynthesisSummary, ingest_summary, synthesis_summary
from engine import IngestReport, Sources

app = typer.Typer()

NewId = Annotated[str, typer.Option("--id", help="Id of the new release: lower-case letters, digits, dots, dashes.")]


@app.command()
def synth(
    persons: Annotated[int, typer.Option("--persons", min=1, help="How many persons.")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same release.")] = 1,
    events: Annotated[int, typer.Option("--events", min=1, help="About how many events a person.")] = 60,
    release_id: NewId = "synthetic",
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw away what an interrupted run of this id left.")] = False,
    releases: Releases = DEFAULT_RELEASES,
    as_json: AsJson = False,
) -> None:
    """Make a synthetic release with health records, genotypes and survey answers; interrupted, it goes on when given
    again."""
    with reporting(as_json=as_json, when_stopped="no release was made; the same command goes on from here"):
        start = time.monotonic()
        with progress_bar(quiet=as_json) as bar:
            made = engine.synthesize(
                releases, release_id, persons=persons, seed=seed, events_per_person=events, fresh=fresh, progress=bar
            )
        summary = synthesis_summary(
            made.manifest,
            engine.measure_release(made),
            seconds=time.monotonic() - start,
            peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        )
        if as_json:
            print_json(summary)
        else:
            _print_synthesis(summary, releases)


def _print_synthesis(summary: SynthesisSummary, releases: Path) -> None:
    events = max(summary.events, 1)
    rows = [
        ["events", f"{summary.events:,}"],
        ["events a second", f"{summary.events_per_second:,.0f}"],
        ["bytes an event, Parquet", f"{summary.event_bytes / events:.1f}"],
        ["bytes an event, index", f"{summary.event_index_bytes / events:.1f}"],
        ["seconds", f"{summary.seconds:,.1f}"],
        ["peak memory", f"{summary.peak_memory_bytes / 2**30:.2f} GiB"],
        ["disk, release", f"{summary.release_bytes / 2**30:.2f} GiB"],
        ["disk, indexes", f"{summary.index_bytes / 2**30:.2f} GiB"],
    ]
    out().print(table_of(None, ["what it made and took", ""], rows, right=1))
    out().print(Text(f"release {summary.release} with {summary.persons:,} persons is current in {releases}"))


OmopFolder = Annotated[Path, typer.Option("--omop", help="Folder of OMOP CDM 5.3 or 5.4 tables, Parquet or CSV.")]
CallFiles = Annotated[
    list[Path],
    typer.Option(
        "--variants",
        help="File of calls: VCF, BCF, .bed, .pgen, .bgen, or a VCF Zarr or Hail folder; may be repeated.",
    ),
]
SampleMap = Annotated[Path | None, typer.Option("--sample-map", help="Table of sample_id, person_id.")]
AnnotationFile = Annotated[
    Path | None, typer.Option("--annotation", help="What is known of variants: a sites VCF or BCF, or a table.")
]
ReferenceFile = Annotated[
    Path | None, typer.Option("--reference", help="FASTA of GRCh38 with its .fai, to check and left-align by.")
]
PanelFiles = Annotated[
    list[Path], typer.Option("--panel", help="Gene panels: PanelApp, GMT or a table; may be repeated.")
]
ScoreFiles = Annotated[
    list[Path], typer.Option("--score", help="Weighted score: PGS Catalog or a table; may be repeated.")
]
SurveyFolder = Annotated[Path | None, typer.Option("--survey", help="Folder of question, option and answer.")]
ConsentFile = Annotated[Path | None, typer.Option("--consent", help="Table of permissions a person.")]
RegionFile = Annotated[
    Path | None, typer.Option("--regions", help="Table of the regions to tell people apart by; else frequent ones.")
]
AssumedConsent = Annotated[
    list[str], typer.Option("--assume-consent", help="Permission everyone gave, as in GRU; may be repeated.")
]
Phase = Annotated[int, typer.Option("--phase", min=0, help="Phase of the resource's opening; 0 for test data.")]
Resume = Annotated[bool, typer.Option("--resume", help="Keep what an aborted ingest of this id finished.")]
Threads = Annotated[int, typer.Option("--threads", min=1, max=1024, help="Threads, and processes that read variants.")]
MemoryLimit = Annotated[str, typer.Option("--memory-limit", help="Bound of the buffers, as in 4GB.")]


@app.command()
def ingest(
    omop: OmopFolder,
    release_id: NewId,
    variants: CallFiles = [],  # noqa: B006 - typer copies it
    sample_map: SampleMap = None,
    annotation: AnnotationFile = None,
    reference: ReferenceFile = None,
    panels: PanelFiles = [],  # noqa: B006
    scores: ScoreFiles = [],  # noqa: B006
    survey: SurveyFolder = None,
    consent: ConsentFile = None,
    regions: RegionFile = None,
    assume_consent: AssumedConsent = [],  # noqa: B006
    phase: Phase = 1,
    resume: Resume = False,
    threads: Threads = 2,
    memory_limit: MemoryLimit = "4GB",
    releases: Releases = DEFAULT_RELEASES,
    as_json: AsJson = False,
) -> None:
    """Make a release from real sources, and report what became of every row."""
    left = "no release was made; the same command with --resume goes on after the last table that was finished"
    with reporting(as_json=as_json, when_stopped=left):
        sources = Sources(
            omop=omop, variants=tuple(variants), sample_map=sample_map, annotation=annotation, reference=reference,
            panels=tuple(panels), scores=tuple(scores), survey=survey, consent=consent, regions=regions,
            assume_consent=tuple(assume_consent),
        )  # fmt: skip
        with progress_bar(quiet=as_json) as bar:
            report = engine.ingest_sources(
                releases, release_id, sources,
                memory_limit=memory_limit, threads=threads, phase=phase, resume=resume, progress=bar,
            )  # fmt: skip
        if as_json:
            print_json(ingest_summary(report))
        else:
            _print_report(report, releases)


def _print_report(report: IngestReport, releases: Path) -> None:
    rows = [[table, source, *(f"{number:,}" for number in numbers)] for table, source, *numbers in report.rows()]
    out().print(table_of("tables", ["table", "source", "rows in", "added", "rows out", "rejected"], rows, right=4))
    notes = [[table, kind, code, f"{number:,}"] for table, kind, code, number in report.notes()]
    if notes:
        out().print(table_of("what was found", ["table", "rows", "reason", "number"], notes, right=1))
    _print_variants(report)
    for warning in report.warnings:
        out().print(Text(f"warning: {warning}", style="yellow"))
    out().print(Text(f"release {report.release_id} with {report.persons:,} persons is current in {releases}"))


def _print_variants(report: IngestReport) -> None:
    variants = report.variants
    if variants is None:
        return
    columns = ["file", "samples", "records", "alleles in", "alleles out", "rejected"]
    rows = [[name, *(f"{number:,}" for number in numbers)] for name, *numbers in variants.rows()]
    out().print(table_of("variants", columns, rows, right=5))
    notes = [[name, kind, what, f"{number:,}"] for name, kind, what, number in variants.notes()]
    if notes:
        out().print(table_of("what became of them", ["file", "of", "what", "number"], notes, right=1))
    samples = [[words, f"{number:,}"] for words, number in variants.samples.rows()]
    out().print(table_of(None, ["samples", "number"], samples, right=1))
    for line in variants.lines():
        out().print(Text(line))
