"""Options that several commands share."""

import datetime
from pathlib import Path
from typing import Annotated

import typer

from schemas.policy import AccessTier, Precision

Releases = Annotated[
    Path, typer.Option("--releases", envvar="KOHORT_RELEASES", help="Folder of releases.", show_default=True)
]
State = Annotated[
    Path, typer.Option("--state", envvar="KOHORT_STATE", help="Folder of keys and the ledger.", show_default=True)
]
ReleaseId = Annotated[
    str | None, typer.Option("--release", envvar="KOHORT_RELEASE_ID", help="Release to use; the current one if absent.")
]
Identity = Annotated[
    Path | None, typer.Option("--identity", envvar="KOHORT_IDENTITY", help="File of trusted issuers (TOML).")
]
LocalIssuer = Annotated[
    bool,
    typer.Option(
        "--local-issuer",
        envvar="KOHORT_LOCAL_ISSUER",
        help="Accept tokens of this machine's own key: for development, on this machine only.",
    ),
]
Cubes = Annotated[
    Path | None,
    typer.Option("--cubes", envvar="KOHORT_CUBES", help="Folder of published tables; `cubes` of the state if absent."),
]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", envvar="KOHORT_POLICY", help="Policy file; the built-in one if absent.")
]
Agreed = Annotated[bool, typer.Option("--yes", help="Go on without asking; scripts are not asked.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of tables for people.")]
DocumentFile = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="Cohort document: text, its JSON form, or OHDSI's Circe JSON; `-` reads stdin."
    ),
]
By = Annotated[list[str], typer.Option("--by", help="Dimension, as after `count by`; may be repeated.")]
Day = datetime.datetime
"""A calendar day, as Typer reads it."""
Library = Annotated[
    list[Path], typer.Option("--library", help="Another document that this one refers to by its cohort's name.")
]
Tier = Annotated[AccessTier, typer.Option("--tier", help="Answer as this tier would see it; internal is exact.")]
Project = Annotated[str, typer.Option("--project", help="Project whose budget pays, for tiers that have one.")]
Reason = Annotated[
    str | None,
    typer.Option("--reason", envvar="KOHORT_REASON", help="Why exact numbers are needed; it is kept in the log."),
]
PrecisionOption = Annotated[
    Precision | None, typer.Option("--precision", help="How much noise; the tier's default if absent.")
]

DEFAULT_RELEASES = Path("var/releases")
DEFAULT_STATE = Path("var/state")
