"""The command line: `kohort`, the same powers as the HTTP API for use inside the trusted environment."""

import io
import sys
from typing import Final

import typer

from api.commands.lazily import Command, lazily

COMMANDS: Final = (
    Command(
        "token", "server", "Make an access token with this machine's key, for a server that runs with --local-issuer."
    ),
    Command("serve", "server", "Serve the API and the page."),
    Command(
        "demo", "server", "Build a synthetic release unless there is one, print a link that signs you in, and serve."
    ),
    Command(
        "serve-internal",
        "server",
        "Serve exact numbers to staff inside the trusted environment, by a process and at an address of its own.",
    ),
    Command(
        "synth",
        "releases",
        "Make a synthetic release with health records, genotypes and survey answers; interrupted, it goes on when "
        "given again.",
    ),
    Command("ingest", "releases", "Make a release from real sources, and report what became of every row."),
    Command("validate", "cohorts", "Read a document and look its names up; nothing is counted."),
    Command("format", "cohorts", "Print the document as the formatter writes it."),
    Command("paraphrase", "paraphrase", "Say a cohort in words, in English or Korean; nothing is counted."),
    Command("count", "cohorts", "Count the persons of a cohort."),
    Command(
        "breakdown",
        "cohorts",
        "Count the persons of a cohort by sex, age, region, race, year, a survey question or genotype.",
    ),
    Command("attrition", "cohorts", "Count how many persons are left after each rule."),
    Command(
        "explain", "cohorts", "Show how a document is understood and computed: text, logical and physical plan, SQL."
    ),
    Command("complete", "cohorts", "List what may come next at a place of a text."),
    Command("overlap", "several", "Count the persons in every combination of cohorts."),
    Command("profile", "several", "Count the persons of a cohort that are in each of several groups."),
    Command(
        "genotypes", "genotypes", "Count genotypes of variants in a cohort, with allele frequency and missing calls."
    ),
    Command("linkage", "genotypes", "Measure linkage disequilibrium of two variants in a cohort."),
    Command(
        "concordance",
        "concordance",
        "Compare genotype counts with those an independent tool takes from the source files; exit code 1 if any "
        "differ.",
    ),
    Command(
        "inclusion",
        "statistics",
        "Count the entries that pass each rule, of all entries and of one a person, as OHDSI does.",
    ),
    Command(
        "incidence",
        "statistics",
        "Count time at risk and outcomes by calendar period, as the document's `incidence of …` asks.",
    ),
    Command(
        "prevalence",
        "series",
        "Count who is in the cohort, of those under observation, by calendar month or year, sex, age, region and race.",
    ),
    Command(
        "feasibility",
        "feasibility",
        "Write a dated, signed report of what a study could find: JSON, HTML and PDF.",
    ),
    Command(
        "verify",
        "feasibility",
        "Tell whether a feasibility report is as it was signed, and what was checked; exit code 1 if it is not.",
    ),
    Command("concepts", "dictionaries", "Search concepts by English or Korean label, code or id."),
    Command("vocabularies", "dictionaries", "List the vocabularies that codes may be given in."),
    Command("questions", "dictionaries", "Search the survey dictionary in English and Korean."),
    Command("genes", "dictionaries", "Search genes by symbol or name."),
    Command(
        "variants",
        "dictionaries",
        "Search known variants by name, gene or region; whether anybody carries one is not told.",
    ),
    Command("panels", "dictionaries", "Search gene panels by name, or by a gene they have."),
    Command("scores", "dictionaries", "Search weighted scores by name, label or id where they were published."),
    Command("domains", "dictionaries", "List the kinds of event and what a where-clause may test of each."),
    Command(
        "precision",
        "precision",
        "Show what answers about a cohort of some size will be worth: ±, the chance of a number, and the price. "
        "It follows from the policy alone: nothing is counted and nothing charged.",
    ),
    Command(
        "serve-public",
        "published",
        "Serve the published tables, by a process that needs the folder of cubes and no data at all.",
    ),
    Command(
        "ready", "ready", "Ask a server on this machine whether it can answer questions; exit code 1 if it cannot."
    ),
    Command("release", "release", "List, choose and check releases.", is_group=True),
    Command(
        "circe",
        "circe",
        "Read OHDSI's cohort definitions (Circe JSON, as ATLAS exports it) and write them.",
        is_group=True,
    ),
    Command(
        "audit", "audit", "The log of answers: examine, sign and prove it, and review a month of it.", is_group=True
    ),
    Command(
        "ledger",
        "ledger",
        "The privacy ledger: back it up, restore it, rebuild what was lost, put a wrong clock on record.",
        is_group=True,
    ),
    Command(
        "report-key",
        "report_keys",
        "The keys feasibility reports are signed with: list them, and make a new one.",
        is_group=True,
    ),
    Command(
        "config",
        "configuration",
        "The settings of a server in the environment: look whether it could start with them.",
        is_group=True,
    ),
    Command("identity", "identity", "Trusted issuers, projects and denials.", is_group=True),
    Command("policy", "policy", "Show the disclosure policy, and explain what it allows.", is_group=True),
    Command("consent", "consent", "Projects' purposes, and withdrawals of consent.", is_group=True),
)
"""Every command in the order of the help; a test compares the lines with those the commands themselves have."""

app = typer.Typer(
    name="kohort",
    cls=lazily(COMMANDS),
    help="Count cohorts over clinical events, genotypes and surveys.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,  # Rich's help takes 0.3 s to import
)


@app.callback()
def _kohort() -> None:
    """Makes the application a group; Typer wants a command or this."""


def main() -> None:
    """Run the command that the arguments name."""
    from engine import share_one_heap  # help needs nothing of the engine

    share_one_heap()  # before libraries start threads
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that is not of UTF-8 has no Hangul, or no ±
    app()
