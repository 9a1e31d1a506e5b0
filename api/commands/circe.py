"""Commands that take OHDSI's cohort definitions in and give them out."""

from enum import Enum
from typing import Annotated

import typer
from pydantic import BaseModel, JsonValue
from rich.text import Text

from api.commands.console import err, print_json, reporting
from api.commands.options import AsJson, DocumentFile
from api.commands.reading import read_document_file, read_file
from api.problems import about
from cohort_dsl import print_cohort, to_document
from cohort_dsl.ast import Mode
from cohort_dsl.circe import from_circe, to_circe

app = typer.Typer(help="Read OHDSI's cohort definitions (Circe JSON, as ATLAS exports it) and write them.")

DefinitionFile = Annotated[
    str, typer.Argument(metavar="FILE", help="Cohort definition of ATLAS, as JSON; `-` reads stdin.")
]


class Semantics(Enum):
    """How the definition is understood."""

    CIRCE_EXACT = "circe-exact"
    CORRECTED = "corrected"


class ImportedNote(BaseModel):
    """Something to know about the imported text, and the place in the definition it is about."""

    place: str
    text: str


class ImportedDefinition(BaseModel):
    """What became of a definition."""

    text: str
    cohort: dict[str, JsonValue]
    notes: list[ImportedNote]


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
        imported = from_circe(read_file(file), mode=Mode(mode.value), name=name)
        text = print_cohort(imported.cohort)
        if as_json:
            notes = [ImportedNote(place=note.place, text=note.text) for note in imported.notes]
            print_json(ImportedDefinition(text=text, cohort=to_document(imported.cohort), notes=notes))
            return
        for note in imported.notes:
            err().print(Text(f"note: {note}", style="yellow"), soft_wrap=True)
        typer.echo(text.rstrip("\n"))


@app.command("export")
def export_definition(file: DocumentFile) -> None:
    """Print the document as a cohort definition that ATLAS reads."""
    with reporting():
        document = read_document_file(file, [])
        with about(document.text):
            typer.echo(to_circe(document.cohort))
