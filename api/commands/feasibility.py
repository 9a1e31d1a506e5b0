"""Feasibility reports on the command line: made, checked, and the keys they are signed with."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.commands.console import out, print_json, reporting
from api.commands.options import (
    DEFAULT_RELEASES,
    DEFAULT_STATE,
    AsJson,
    DocumentFile,
    Library,
    PrecisionOption,
    Project,
    ReleaseId,
    Releases,
    State,
)
from api.commands.paraphrase import LanguageOption
from api.commands.reading import local_principal, open_session, read_document_file, read_file
from api.feasibility.asking import answers_at_once, read_breakdowns
from api.feasibility.contents import assemble, contents_of
from api.feasibility.html import html_of
from api.feasibility.signing import report_text, sign, verdict
from api.problems import about
from engine import REPORT_KEYS_FILE, ReportKey, open_report_keys, read_report_keys, report_keys_of
from schemas.errors import DataProblem, located
from schemas.language import Language
from schemas.policy import AccessTier

app = typer.Typer()


@app.command()
def feasibility(
    file: DocumentFile,
    folder: Annotated[Path, typer.Option("--out", help="Folder for report.json, report.html and report.pdf.")],
    language: LanguageOption = Language.ENGLISH,
    by: Annotated[
        list[str], typer.Option("--by", help="Dimensions of a table, with commas between; may be repeated.")
    ] = [],  # noqa: B006
    library: Library = [],  # noqa: B006
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    release: ReleaseId = None,
    tier: Annotated[
        AccessTier, typer.Option("--tier", help="Answer as this tier would see it; its budget pays.")
    ] = AccessTier.REGISTERED,
    project: Project = "internal",
    precision: PrecisionOption = None,
) -> None:
    """Write a dated, signed report of what a study could find: JSON, HTML and PDF."""
    from api.feasibility.pdf import pdf_of  # loaded on use: checking a report needs no fonts

    with reporting():
        document = read_document_file(file, library)
        breakdowns = read_breakdowns([_dimensions(words) for words in by] if by else None)
        caller = local_principal(tier, project)
        with open_session(releases, state, release) as session, about(document.text):
            contents = contents_of(session, document, tier, language, breakdowns)
            answers = answers_at_once(session, caller, document, contents, precision)
            today = session.today()
            report = assemble(session, document, caller, contents, answers, language=language, issued=today)
        signed = sign(report, open_report_keys(state, today=today))
        _write(folder, report_text(signed).encode(), html_of(signed).encode(), pdf_of(signed))
        out().print(Text(f"report.json, report.html and report.pdf are in {folder}"))


@app.command()
def verify(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The report's JSON file; `-` reads stdin.")],
    key: Annotated[
        list[str],
        typer.Option("--key", help="File of public keys, or one as NAME+ID+KEY; may be repeated."),
    ] = [],  # noqa: B006
    state: State = DEFAULT_STATE,
    as_json: AsJson = False,
) -> None:
    """Tell whether a feasibility report is as it was signed, and what was checked; exit code 1 if it is not."""
    with reporting(as_json=as_json):
        found, _ = verdict(read_file(file), _keys(key, state))
        if as_json:
            print_json(found)
        else:
            for check in found.checks:
                out().print(Text(f"  {'yes' if check.passed else 'NO '}  {check.detail}"))
            words = "genuine: the report is as it was signed" if found.genuine else "NOT genuine: do not rely on it"
            out().print(Text(words, style="bold green" if found.genuine else "bold red"))
    if not found.genuine:
        raise typer.Exit(1)


def _keys(given: list[str], state: Path) -> tuple[ReportKey, ...]:
    """The keys given, else those of the state folder."""
    if given:
        return tuple(key for each in given for key in _keys_in(each))
    path = state / REPORT_KEYS_FILE
    if not path.exists():
        hint = "give the keys: `--key report-keys.json`, as GET /v1/feasibility/keys or the service's operator has them"
        raise DataProblem("report-key", "there are no keys to check the report with", hint=hint, place=path)
    return read_report_keys(path)


def _keys_in(given: str) -> tuple[ReportKey, ...]:
    path = Path(given)
    if "+" in given and not path.exists():
        return report_keys_of(given)
    with located(path):
        return report_keys_of(read_file(given))


def _dimensions(words: str) -> list[str]:
    """`sex, age(10)` as two."""
    return [word.strip() for word in words.split(",")]


def _write(folder: Path, text: bytes, html: bytes, pdf: bytes) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ending, data in (("json", text), ("html", html), ("pdf", pdf)):
            (folder / f"report.{ending}").write_bytes(data)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise DataProblem("file-unwritable", f"the report cannot be written: {why}", place=folder) from None
