"""Commands about the ledger as files: copying it, putting a copy back, and making lost files of people anew."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.text import Text

import engine
from api.commands.console import out, print_json, reporting, table_of
from api.commands.options import DEFAULT_STATE, AsJson, Day, State
from api.commands.reading import read_file
from schemas.errors import DataProblem

app = typer.Typer(
    help="The privacy ledger: back it up, restore it, rebuild what was lost, put a wrong clock on record.",
    no_args_is_help=True,
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


class AheadEntry(BaseModel):
    """An entry of the log that bears a time that has not come."""

    number: int
    time: str
    tier: str
    project: str
    action: str
    outcome: str


class ClockAhead(BaseModel):
    """What of the log is ahead of the clock and not on record; while it is blocking nothing is charged."""

    today: str
    ahead: int
    newest: str | None
    is_blocking: bool
    entries: list[AheadEntry]


@app.command()
def backup(
    destination: Annotated[Path, typer.Argument(help="Folder to make; it must not be there yet.")],
    with_keys: Annotated[
        bool | None,
        typer.Option(
            "--with-keys/--without-keys", help="Copy the two secret keys as well, or keep them apart: say one."
        ),
    ] = None,
    state: State = DEFAULT_STATE,
) -> None:
    """Copy the ledger and the people's balances, also while a server answers."""
    if with_keys is None:
        raise typer.BadParameter("say --with-keys or --without-keys", param_hint="the keys")
    with reporting(when_stopped="no copy was made"):
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


@app.command()
def clock(
    today: Annotated[
        Day | None,
        typer.Option(
            "--today",
            formats=["%Y-%m-%d"],
            help="The day it truly is in Korea, by another clock than this machine's: record that the clock was ahead.",
        ),
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="How it came about; the log keeps it.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many entries to list at most.")] = 20,
    state: State = DEFAULT_STATE,
    as_json: AsJson = False,
) -> None:
    """Show the entries that a clock that was ahead wrote; with --today and --reason put it on record, and charge again.

    From then on what is charged counts for every year from today's to the one that the clock had shown, so that nobody
    gains a budget by it. Servers may go on answering.
    """
    with reporting(as_json=as_json):
        if today is None and reason is None:
            _show(engine.entries_ahead(state, limit=limit), as_json=as_json)
        elif today is None or not reason or not reason.strip():
            raise DataProblem("clock-unconfirmed", "a record needs both --today and --reason", hint="give both")
        else:
            number = engine.record_clock(state, today.date(), _operator(reason))
            out().print(Text(f"recorded: the clock was ahead when {number:,} entries of the log were written"))
            out().print(Text("charging goes on; tell the data access committee", style="dim"))


def _show(found: engine.Ahead, *, as_json: bool) -> None:
    names = tuple(AheadEntry.model_fields)
    entries = [AheadEntry(**{name: getattr(each, name) for name in names}) for each in found.entries]
    told = ClockAhead(
        today=found.today.isoformat(),
        ahead=found.number,
        newest=found.newest,
        is_blocking=found.is_blocking,
        entries=entries,
    )
    if as_json:
        print_json(told)
        return
    out().print(Text(f"by this machine's clock it is {told.today} in Korea"))
    if not told.ahead:
        out().print(Text("nothing in the log is ahead of it"))
        return
    rows = [[str(getattr(each, name)) for name in names] for each in entries]
    out().print(table_of(None, ["entry", *names[1:]], rows))
    out().print(Text(f"entries ahead of the clock {told.ahead:,}, up to {told.newest}"))
    out().print(Text("nothing is charged until a day before then" if told.is_blocking else "charging goes on"))
    out().print(Text("if this clock is right, record that: --today YYYY-MM-DD --reason …", style="dim"))


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
