"""Commands about consent: what a project may use, and withdrawals."""

import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

import engine
from api.commands.console import out, reporting, table_of
from api.commands.options import DEFAULT_STATE, State
from api.commands.reading import read_file
from engine import today_in_korea
from schemas.errors import DataProblem
from schemas.purpose_file import read_projects

app = typer.Typer(help="Projects' purposes, and withdrawals of consent.", no_args_is_help=True)


@app.command()
def projects(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Registry of approved projects (TOML).")],
) -> None:
    """Check a registry of projects, and list what each was approved for and when."""
    with reporting():
        today = today_in_korea()
        rows = [
            [
                project.id,
                " ".join(kind.value for kind in project.purpose.research),
                " ".join(map(str, project.purpose.diseases)),
                str(project.first),
                str(project.last),
                "open" if project.first <= today <= project.last else "closed",
            ]
            for project in read_projects(file).projects
        ]
        out().print(table_of(None, ["project", "research", "diseases", "from", "until", "today"], rows))


@app.command()
def withdraw(
    persons: Annotated[
        str, typer.Argument(metavar="FILE", help="Person ids of the source, one a line; `-` for stdin.")
    ],
    permission: Annotated[
        str, typer.Option("--permission", help="Use withdrawn, as in GRU or DS:201826; everything if absent.")
    ] = "*",
    state: State = DEFAULT_STATE,
) -> None:
    """Record that people withdrew consent: running servers leave them out from the next question on."""
    with reporting():
        ids = [_person_id(line, number) for number, line in enumerate(read_file(persons).splitlines(), start=1)]
        added = engine.withdraw(state, ids, permission, now=datetime.datetime.now(datetime.UTC))
        out().print(Text(f"{added:,} withdrawals recorded"))


def _person_id(line: str, number: int) -> int:
    if not (line.strip().isascii() and line.strip().isdigit() and len(line.strip()) <= 18):
        raise DataProblem("withdrawals-form", f"line {number} is no person id", hint="nothing was recorded")
    return int(line)
