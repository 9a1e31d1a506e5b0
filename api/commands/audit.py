"""Commands about the log of answers: examining it, signing it, proving things about it, and its monthly review."""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, TypeAdapter, ValidationError
from rich.text import Text

import engine
from api.commands.console import err, out, print_json, reporting, table_of
from api.commands.options import DEFAULT_STATE, AsJson, State
from engine import EntryProof, GrowthProof
from schemas.errors import DataProblem

app = typer.Typer(
    help="The log of answers: examine, sign and prove it, and review a month of it.", no_args_is_help=True
)

_LARGEST_FILE = 1_000_000
_PROOF: TypeAdapter[EntryProof | GrowthProof] = TypeAdapter(EntryProof | GrowthProof)

Keys = Annotated[
    list[str],
    typer.Option("--key", help="Verifier key to trust, as `kohort audit key` prints it; the folder's own if absent."),
]


class FindingItem(BaseModel):
    """One thing that is wrong with the log."""

    kind: str
    entry: int | None
    message: str


class LogExamined(BaseModel):
    """What was examined and found; `records` are operators' records of a clock that was ahead."""

    is_whole: bool
    entries: int
    checkpoints: int
    first: str | None
    last: str | None
    findings: list[FindingItem]
    records: list[str]


@app.command()
def verify(
    checkpoint: Annotated[
        list[Path], typer.Option("--checkpoint", help="Checkpoint that an outside witness kept.", exists=True)
    ] = [],  # noqa: B006 - typer copies it
    key: Keys = [],  # noqa: B006 - typer copies it
    state: State = DEFAULT_STATE,
    as_json: AsJson = False,
) -> None:
    """Examine the log, its checkpoints and the balances that follow from it; exit code 1 if anything is wrong."""
    with reporting(as_json=as_json):
        witnessed = {str(path): _read(path) for path in checkpoint}
        report = engine.verify_log(state, witnessed=witnessed, keys=key)
        found = LogExamined(
            is_whole=not report.findings,
            entries=report.entries,
            checkpoints=report.checkpoints,
            first=report.first,
            last=report.last,
            findings=[
                FindingItem(kind=one.kind.value, entry=one.entry, message=one.message) for one in report.findings
            ],
            records=[each.message for each in report.records],
        )
        if as_json:
            print_json(found)
        else:
            _print(found)
        if not found.is_whole:
            raise typer.Exit(1)


@app.command()
def checkpoint(state: State = DEFAULT_STATE) -> None:
    """Sign what the log holds now, and print the checkpoint for whoever witnesses it."""
    with reporting():
        sys.stdout.write(engine.sign_log(state))


@app.command()
def key(state: State = DEFAULT_STATE) -> None:
    """Print the key that checkpoints of this log are verified with."""
    with reporting():
        typer.echo(engine.verifier_key(state))


@app.command()
def proof(
    entry: Annotated[int, typer.Argument(help="Number of the entry, as answers carry it.", min=1)],
    state: State = DEFAULT_STATE,
) -> None:
    """Print a proof that an entry is in the log, for somebody who does not have the log."""
    with reporting():
        _print_proof(engine.prove_entry(state, entry))


@app.command()
def growth(
    older: Annotated[Path, typer.Argument(help="Checkpoint that a witness kept.", exists=True)],
    state: State = DEFAULT_STATE,
) -> None:
    """Print a proof that the log goes on from an older checkpoint, for somebody who does not have the log."""
    with reporting():
        _print_proof(engine.prove_growth(state, _read(older)))


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="What `proof` or `growth` printed.", exists=True)],
    key: Annotated[list[str], typer.Option("--key", help="Verifier key of the log.")],
) -> None:
    """Check a proof against a key; needs nothing else."""
    with reporting():
        try:
            read = _PROOF.validate_json(_read(file))
        except ValidationError:
            raise DataProblem(
                "audit-proof-wrong", f"{file.name} is not a proof as `kohort audit` prints it", place=file
            ) from None
        checkpoint = engine.check_proof(read, key)
        what = (
            f"entry {read.number} is in" if isinstance(read, EntryProof) else "the older checkpoint is the beginning of"
        )
        out().print(Text(f"{what} the log of {checkpoint.size:,} entries signed at {checkpoint.time}"))


@app.command()
def find(
    project: Annotated[str | None, typer.Option("--project", help="Of this project; of all if absent.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="Of this user; of all if absent.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many at most.")] = 20,
    state: State = DEFAULT_STATE,
) -> None:
    """List the newest entries with their numbers, for `proof`."""
    with reporting():
        found = engine.find_entries(state, project=project, user=user, limit=limit)
        names = ["time", "user", "project", "tier", "action", "outcome", "reason"]
        rows = [[str(one.number), *(getattr(one, name) for name in names)] for one in found]
        out().print(table_of(None, ["entry", *names], rows) if rows else Text("no entry of the log is of these"))


@app.command()
def review_key(
    output: Annotated[Path, typer.Argument(help="File for the private half; keep it away from the service.")],
) -> None:
    """Make a key for those who review the log, and print its public half for the state folder."""
    with reporting():
        private, public = engine.make_review_key()
        _write(output, [f"{private}\n"])
        typer.echo(public)


@app.command(name="open")
def open_documents(
    file: Annotated[Path, typer.Argument(help="A month that `export` wrote.", exists=True)],
    key: Annotated[Path, typer.Option("--key", help="Private half that `review-key` wrote.", exists=True)],
) -> None:
    """Print what was asked in a month, entry by entry; needs the reviewers' key, and no log."""
    with reporting():
        private = _read(key)
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                read = _entry_line(file, line)
                entry = read.get("entry", {})
                if "document" in entry:
                    asked = engine.open_sealed(private, entry["document"])
                    sys.stdout.write(f"entry {read['number']}, {entry['user']}, {entry['action']}\n{asked}\n\n")


def _entry_line(file: Path, line: str) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise DataProblem("audit-unreadable", f"{file.name} is no month of the log",
                          hint="give a file that `kohort audit export` wrote", place=file)  # fmt: skip
    return read


@app.command()
def export(
    month: Annotated[str, typer.Option("--month", help="Month in Korea, as 2026-11.")],
    output: Annotated[Path | None, typer.Option("--output", help="File to write; standard output if absent.")] = None,
    state: State = DEFAULT_STATE,
) -> None:
    """Write one month of the log for its review, as lines of JSON; the first line says what the month was."""
    with reporting():
        lines = (f"{line}\n" for line in engine.export_log(state, month))
        if output is None:
            sys.stdout.writelines(lines)
        else:
            _write(output, lines)


def _print(found: LogExamined) -> None:
    for one in found.findings:
        err().print(Text(f"{one.kind}: {one.message}", style="red"), soft_wrap=True)
    for record in found.records:
        out().print(Text(f"clock: {record}", style="yellow"), soft_wrap=True)
    if found.is_whole:
        span = f", {found.first} to {found.last}" if found.first else ""
        out().print(Text(f"the log is whole: {found.entries:,} entries, {found.checkpoints:,} checkpoints{span}"))
        out().print(Text("balances, charges and answers of the ledger follow from it", style="dim"))
    else:
        out().print(Text(f"the log is NOT whole; {found.entries:,} entries were examined"))


def _print_proof(proof: EntryProof | GrowthProof) -> None:
    sys.stdout.write(_PROOF.dump_json(proof, indent=2).decode() + "\n")


def _write(path: Path, lines: Iterable[str]) -> None:
    """Write a file that was not there, readable by its owner alone: the log says who asked what."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.writelines(lines)
    except OSError as error:
        raise DataProblem("audit-unwritable", f"{path.name} cannot be written: {error.strerror}", place=path) from None


def _read(path: Path) -> str:
    try:
        if path.stat().st_size <= _LARGEST_FILE:
            return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        pass
    raise DataProblem("checkpoint-unreadable", f"{path.name} cannot be read as a checkpoint or a proof", place=path)
