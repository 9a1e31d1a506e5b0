"""Commands that make and choose releases."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

import engine
from api.commands.console import out, print_json, progress_bar, reporting, table_of
from api.commands.options import DEFAULT_RELEASES, AsJson, Releases
from api.commands.reports import ReleaseEntries, ReleaseEntry, ingest_summary, release_entry
from engine import IngestReport, Sources

app = typer.Typer()
release_app = typer.Typer(help="List, choose and check releases.", no_args_is_help=True)

NewId = Annotated[str, typer.Option("--id", help="Id of the new release: lower-case letters, digits, dots, dashes.")]
ReleaseArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of a release.")]


@app.command()
def synth(
    persons: Annotated[int, typer.Option("--persons", min=1, help="How many persons.")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same release.")] = 1,
    events: Annotated[int, typer.Option("--events", min=1, help="About how many events a person.")] = 60,
    release_id: NewId = "synthetic",
    releases: Releases = DEFAULT_RELEASES,
    as_json: AsJson = False,
) -> None:
    """Make a synthetic release with health records, genotypes and survey answers."""
    with reporting(as_json=as_json):
        with progress_bar(quiet=as_json) as bar:
            made = engine.synthesize(
                releases, release_id, persons=persons, seed=seed, events_per_person=events, progress=bar
            )
        if as_json:
            print_json(release_entry(made.manifest, is_current=True))
        else:
            out().print(Text(f"release {made.id} with {made.persons:,} persons is current in {releases}"))


@app.command()
def ingest(
    omop: Annotated[Path, typer.Option("--omop", help="Folder of OMOP CDM 5.3 or 5.4 tables, Parquet or CSV.")],
    release_id: NewId,
    variants: Annotated[
        list[Path],
        typer.Option(
            "--variants",
            help="File of calls: VCF, BCF, .bed, .pgen, .bgen, or a VCF Zarr or Hail folder; may be repeated.",
        ),
    ] = [],  # noqa: B006
    sample_map: Annotated[Path | None, typer.Option("--sample-map", help="Table of sample_id, person_id.")] = None,
    annotation: Annotated[
        Path | None, typer.Option("--annotation", help="What is known of variants: a sites VCF or BCF, or a table.")
    ] = None,
    reference: Annotated[
        Path | None, typer.Option("--reference", help="FASTA of GRCh38 with its .fai, to check and left-align by.")
    ] = None,
    panels: Annotated[
        list[Path], typer.Option("--panel", help="Gene panels: PanelApp, GMT or a table; may be repeated.")
    ] = [],  # noqa: B006
    scores: Annotated[
        list[Path], typer.Option("--score", help="Weighted score: PGS Catalog or a table; may be repeated.")
    ] = [],  # noqa: B006
    survey: Annotated[Path | None, typer.Option("--survey", help="Folder of question, option and answer.")] = None,
    consent: Annotated[Path | None, typer.Option("--consent", help="Table of permissions a person.")] = None,
    assume_consent: Annotated[
        list[str], typer.Option("--assume-consent", help="Permission everyone gave, as in GRU; may be repeated.")
    ] = [],  # noqa: B006
    phase: Annotated[int, typer.Option("--phase", min=0, help="Phase of the resource's opening; 0 for test data.")] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Keep what an aborted ingest of this id finished.")] = False,
    threads: Annotated[int, typer.Option("--threads", min=1, help="Threads, and processes that read variants.")] = 2,
    memory_limit: Annotated[str, typer.Option("--memory-limit", help="Bound of the buffers, as in 4GB.")] = "4GB",
    releases: Releases = DEFAULT_RELEASES,
    as_json: AsJson = False,
) -> None:
    """Make a release from real sources, and report what became of every row."""
    with reporting(as_json=as_json):
        sources = Sources(
            omop=omop,
            variants=tuple(variants),
            sample_map=sample_map,
            annotation=annotation,
            reference=reference,
            panels=tuple(panels),
            scores=tuple(scores),
            survey=survey,
            consent=consent,
            assume_consent=tuple(assume_consent),
        )
        with progress_bar(quiet=as_json) as bar:
            report = engine.ingest_sources(
                releases,
                release_id,
                sources,
                memory_limit=memory_limit,
                threads=threads,
                phase=phase,
                resume=resume,
                progress=bar,
            )
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


@release_app.command("list")
def list_releases(releases: Releases = DEFAULT_RELEASES, as_json: AsJson = False) -> None:
    """List the published releases."""
    with reporting(as_json=as_json):
        ids = engine.release_ids(releases)
        current = engine.current_release_id(releases) if ids else None
        entries = [
            release_entry(engine.read_manifest(releases / release_id), is_current=release_id == current)
            for release_id in ids
        ]
        if as_json:
            print_json(ReleaseEntries(releases=entries))
            return
        rows = [
            ["*" if entry.is_current else "", entry.release, entry.created, str(entry.phase), f"{entry.persons:,}"]
            for entry in entries
        ]
        out().print(table_of(None, ["current", "release", "created", "phase", "persons"], rows, right=2))


@release_app.command("use")
def use(release_id: ReleaseArgument, releases: Releases = DEFAULT_RELEASES, as_json: AsJson = False) -> None:
    """Make a release the current one, after checking every byte of it."""
    with reporting(as_json=as_json):
        _print_release(
            release_entry(engine.use_release(releases, release_id).manifest, is_current=True), as_json, "is current"
        )


@release_app.command("verify")
def verify(release_id: ReleaseArgument, releases: Releases = DEFAULT_RELEASES, as_json: AsJson = False) -> None:
    """Check every file of a release against its checksum."""
    with reporting(as_json=as_json):
        opened = engine.open_release(releases, release_id)
        is_current = engine.current_release_id(releases) == release_id
        files = len(opened.manifest.files)
        _print_release(release_entry(opened.manifest, is_current=is_current), as_json, f"is whole: {files} files match")


def _print_release(entry: ReleaseEntry, as_json: bool, what: str) -> None:
    if as_json:
        print_json(entry)
    else:
        out().print(Text(f"release {entry.release} {what}"))
