"""Commands about the ledger as files: copying it, putting a copy back, and making lost files of people anew."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.text import Text

import engine
from api.commands.console import out, print_json, reporting
from api.commands.options import DEFAULT_STATE, AsJson, State
from api.commands.reading import read_file

app = typer.Typer(
    help="The privacy ledger as files: back it up, restore it, rebuild what was lost.", no_args_is_help=True
)

Source = Annotated[Path, typer.Argument(help="Folder that `backup` made.", exists=True, file_okay=False)]
Why = Annotated[str, typer.Option("--reason", help="Why it is done; the log keeps it.")]


class CopyExamined(BaseModel):
    """What a copy of the ledger holds."""

    made: str
    entries: int
    has_keys: bool
    files: int
    bytes: int


@app.command()
def backup(
    destination: Annotated[Path, typer.Argument(help="Folder to make; it must not be there yet.")],
    with_keys: Annotated[
        bool, typer.Option("--with-keys/--without-keys", help="Copy the two secret keys as well, or keep them apart.")
    ],
    state: State = DEFAULT_STATE,
) -> None:
    """Copy the ledger and the people's balances, also while a server answers."""
    with reporting():
        made = _examined(engine.back_up(state, destination, with_keys=with_keys))
        out().print(Text(f"copied: {_told(made)}"))


@app.command()
def check(source: Source, as_json: AsJson = False) -> None:
    """Examine a copy: every byte, its log, its balances, the people's files."""
    with reporting(as_json=as_json):
        found = _examined(engine.check_copy(source)[0])
        if as_json:
            print_json(found)
        else:
            out().print(Text(f"the copy is whole: {_told(found)}"))


@app.command()
def restore(
    source: Source,
    reason: Why,
    log: Annotated[
        list[Path],
        typer.Option("--log", help="What is left of the log since: an export of a month, or a ledger.", exists=True),
    ] = [],  # noqa: B006 - typer copies it
    checkpoint: Annotated[
        list[Path], typer.Option("--checkpoint", help="Checkpoint that an outside witness kept.", exists=True)
    ] = [],  # noqa: B006 - typer copies it
    complete: Annotated[
        bool,
        typer.Option("--complete", help="Vouch that nothing was answered after the last entry known."),
    ] = False,
    state: State = DEFAULT_STATE,
) -> None:
    """Put a copy back, so that no balance is lower than it was; stop every server first.

    Without --complete, all budgets of the year count as spent: stored answers are given, and new ones next year.
    """
    with reporting():
        known = engine.Known(
            logs=tuple(log), witnessed={str(path): read_file(str(path)) for path in checkpoint}, is_complete=complete
        )
        done = engine.restore_ledger(state, source, known, _operator(reason))
        out().print(Text(f"restored: log entries of the copy {done.copied:,}, from what was left {done.added:,}"))
        if done.closed:
            out().print(Text(f"closed, so that nothing new is answered in: {', '.join(done.closed)}"))
        out().print(Text("files from before are kept in before-restore-… of the state folder", style="dim"))


@app.command()
def rebuild(reason: Why, state: State = DEFAULT_STATE) -> None:
    """Make damaged or missing files of people anew, each person charged as much as the log allows for."""
    with reporting():
        rebuilt = engine.rebuild_persons(state, _operator(reason))
        for axis in rebuilt:
            out().print(Text(f"rebuilt: the people of release {axis.release_id} in {axis.period}"))
        if not rebuilt:
            out().print(Text("nothing to do: all files of people are whole"))


def _operator(reason: str) -> engine.Operator:
    return engine.Operator(name=getpass.getuser(), reason=reason)


def _told(copy: CopyExamined) -> str:
    keys = "with keys" if copy.has_keys else "without keys"
    return f"log entries {copy.entries:,}, {copy.bytes / 1e6:,.1f} MB, {keys}"


def _examined(copy: engine.LedgerCopy) -> CopyExamined:
    return CopyExamined(
        made=copy.made,
        entries=copy.entries,
        has_keys=copy.has_keys,
        files=len(copy.files),
        bytes=sum(file.bytes for file in copy.files.values()),
    )
