"""Commands about consent: who permits what, what a project may use, and withdrawals."""

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

import engine
from api.commands.console import out, print_json, reporting, table_of
from api.commands.options import DEFAULT_RELEASES, DEFAULT_STATE, AsJson, Releases, State
from api.commands.reading import open_session, read_file
from api.commands.releases import release_app
from engine import today_in_korea
from schemas.consent import PERMISSION_CODES
from schemas.errors import DataProblem
from schemas.purpose_file import read_projects
from schemas.wire import ConsentClassInfo, Wire

app = typer.Typer(help="Projects' purposes, and withdrawals of consent.", no_args_is_help=True)


class ConsentOfRelease(Wire):
    """What `kohort release consent --json` prints."""

    release: str
    persons: int
    consent: list[ConsentClassInfo]


@release_app.command("consent")
def classes(
    release: Annotated[str | None, typer.Argument(metavar="[ID]", help="Id of a release; the current one.")] = None,
    releases: Releases = DEFAULT_RELEASES,
    state: State = DEFAULT_STATE,
    as_json: AsJson = False,
) -> None:
    """List what people of a release permit, and how many permit exactly that; small classes are joined."""
    with reporting(as_json=as_json):
        with open_session(releases, state, release) as session:
            overview = session.overview()
        found = [ConsentClassInfo(permissions=list(one.permissions), persons=one.persons) for one in overview.consent]
        if as_json:
            print_json(ConsentOfRelease(release=overview.release_id, persons=overview.persons, consent=found))
            return
        rows = [[" ".join(one.permissions) or "nothing", _says(one.permissions), f"{one.persons:,}"] for one in found]
        out().print(table_of(f"consent in release {overview.release_id}", ["permits", "", "persons"], rows, right=1))


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


def _says(permissions: Sequence[str]) -> str:
    codes = [
        PERMISSION_CODES[each.partition(":")[0]] for each in permissions if each.partition(":")[0] in PERMISSION_CODES
    ]
    return "; ".join(each.says for each in codes)
