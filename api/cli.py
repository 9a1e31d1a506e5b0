"""The command line: `kohort`, the same powers as the HTTP API for use inside the trusted environment."""

import typer

from api.commands import (
    audit,
    circe,
    cohorts,
    concordance,
    consent,
    dictionaries,
    genotypes,
    identity,
    policy,
    releases,
    server,
    several,
    statistics,
)

app = typer.Typer(
    name="kohort",
    help="Count cohorts over clinical events, genotypes and surveys.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for area in (server, releases, cohorts, several, genotypes, concordance, statistics, dictionaries):
    app.add_typer(area.app)
app.add_typer(releases.release_app, name="release")
app.add_typer(circe.app, name="circe")
app.add_typer(audit.app, name="audit")
app.add_typer(identity.app, name="identity")
app.add_typer(policy.app, name="policy")
app.add_typer(consent.app, name="consent")


def main() -> None:
    """Run the command that the arguments name."""
    app()
