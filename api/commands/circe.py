"""Commands that take OHDSI's cohort definitions in and give them out."""

from enum import Enum
from typing import Annotated

import typer

from api.commands.console import print_json, print_notes, reporting
from api.commands.options import AsJson, DocumentFile
from api.commands.reading import read_document_file, read_file
from api.documents import read_definition
from api.envelope import import_answer
from api.problems import about
from cohort_dsl import print_cohort
from cohort_dsl.ast import Mode
from cohort_dsl.circe import to_circe
from cohort_dsl.lint import lint

app = typer.Typer(
    help="Read OHDSI's cohort definitions (Circe JSON, as ATLAS exports it) and write them.", no_args_is_help=True
)

DefinitionFile = Annotated[
    str, typer.Argument(metavar="FILE", help="Cohort definition of ATLAS, as JSON; `-` reads stdin.")
]


class Semantics(Enum):
    """How the definition is understood."""

    CIRCE_EXACT = "circe-exact"
    CORRECTED = "corrected"


@app.command("import")
def import_definition(
    file: DefinitionFile,
    mode: Annotated[
        Semantics,
        typer.Option("--mode", help="What OHDSI's SQL gives, or what the definition's attributes are called."),
    ] = Semantics.CIRCE_EXACT,
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the cohort; the definition's title if absent.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the document that means what the definition means."""
    with reporting(as_json=as_json):
        imported = read_definition(read_file(file), mode=Mode(mode.value), name=name)
        if as_json:
            print_json(import_answer(imported, lint))
            return
        print_notes(imported.notes)
        typer.echo(print_cohort(imported.cohort).rstrip("\n"))


@app.command("export")
def export_definition(file: DocumentFile) -> None:
    """Print the document as a cohort definition that ATLAS reads."""
    with reporting():
        document = read_document_file(file, [])
        with about(document.text):
            typer.echo(to_circe(document.cohort))
