"""The command that shows that a release counts what independent tools count in its source files."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.text import Text

import engine
from api.commands.console import out, print_json, progress_bar, reporting, table_of
from api.commands.options import DEFAULT_RELEASES, AsJson, ReleaseId, Releases
from api.commands.reports import ConcordanceSummary, concordance_summary
from engine import Concordance

app = typer.Typer()

ToolName = Literal["bcftools", "plink2", "hail"]
_KINDS = ("reference", "het", "hom", "hemi ref", "hemi", "missing")


@app.command()
def concordance(
    variants: Annotated[
        list[Path], typer.Option("--variants", help="File of calls that the release was made from; may be repeated.")
    ],
    sample_map: Annotated[Path, typer.Option("--sample-map", help="Table of sample_id, person_id.")],
    tool: Annotated[ToolName | None, typer.Option("--tool", help="The first that reads the file, if absent.")] = None,
    reference: Annotated[
        Path | None, typer.Option("--reference", help="FASTA of GRCh38 that the ingest was given, if it was.")
    ] = None,
    release_id: ReleaseId = None,
    releases: Releases = DEFAULT_RELEASES,
    as_json: AsJson = False,
) -> None:
    """Compare genotype counts with those an independent tool takes from the source files; exit code 1 if any differ."""
    with reporting(as_json=as_json):
        with progress_bar(quiet=as_json) as bar:
            found = engine.check_concordance(
                releases, release_id, variants, sample_map, tool=tool, reference=reference, progress=bar
            )
        summary = concordance_summary(found)
        if as_json:
            print_json(summary)
        else:
            _print(found, summary)
        if not found.comparison.agrees:
            raise typer.Exit(1)


def _print(found: Concordance, summary: ConcordanceSummary) -> None:
    out().print(Text(f"release {found.release_id}, {found.samples:,} samples, counted by {', '.join(found.tools)}"))
    for rule in found.rules:
        out().print(Text(f"rule: {rule}", style="dim"), soft_wrap=True)
    numbers = {
        "compared": summary.compared,
        "equal": summary.compared - summary.different,
        "different": summary.different,
        "in the files and not in the release": summary.not_in_release,
        "in the release and not in the files": summary.only_in_release,
        **{f"left out by the ingest: {reason}": number for reason, number in summary.left_out.items()},
    }
    rows = [[name, f"{number:,}"] for name, number in numbers.items()]
    out().print(table_of("variants", ["", "number"], rows, right=1))
    if summary.differences:
        rows = [
            [one.variant, who, *(f"{number:,}" for number in counts)]
            for one in found.comparison.differences
            for who, counts in (("tool", one.by_tool), ("release", one.in_release))
        ]
        out().print(table_of("the first that differ", ["variant", "by", *_KINDS], rows, right=6))
    for what, names in (
        ("not in the release", summary.first_not_in_release),
        ("not in the files", summary.first_only_in_release),
    ):
        if names:
            out().print(Text(f"{what}, the first: {', '.join(names)}"), soft_wrap=True)
    verdict = "agrees with its files" if found.comparison.agrees else "DIFFERS from its files"
    out().print(Text(f"release {found.release_id} {verdict}"))
