"""What commands print: tables and numbers for people, JSON for programs, and problems under their place."""

import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from pydantic import BaseModel
from rich import box
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from api.commands.machine import of_the_machine
from api.problems import DocumentProblems, problem_items
from cohort_dsl import render_problem
from cohort_dsl.circe import Note
from cohort_dsl.lint import Lint, Severity, render_lint
from schemas.errors import InternalError, Problem, Problems, problems_of
from schemas.wire import (
    BelowThreshold,
    BudgetBalance,
    Number,
    ProblemItem,
    Proportion,
    Share,
    ShareWithin,
    UnmatchedName,
    Value,
)

EXIT_PROBLEM = 2
EXIT_INTERRUPTED = 130
"""As shells say it: 128 and the number of SIGINT."""

_OF_DUCKDB = "Query interrupted"
"""What DuckDB raises, as a `RuntimeError`, when Ctrl+C comes while it works."""

_WIDTH_OF_FILES = 160
_SECONDS_A_LINE = 10.0
EXIT_OURS = 70
"""`EX_SOFTWARE` of sysexits.h: the fault is in the program."""


def out() -> Console:
    """Standard output, as it is now; a file or a pipe has room for wide tables."""
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _WIDTH_OF_FILES)


def err() -> Console:
    """Standard error, as it is now."""
    return Console(stderr=True, highlight=False, markup=False)


@contextmanager
def reporting(*, as_json: bool = False, when_stopped: str = "") -> Iterator[None]:
    """Run a command; a problem is shown with its place and ends it with status 2, never with a traceback.

    Ctrl+C ends it with status 130, and `when_stopped` says what that leaves.
    """
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except KeyboardInterrupt:
        raise _stopped(when_stopped) from None
    except InternalError as error:
        raise _our_fault(error) from None
    except (Problem, Problems) as error:
        _show_problems(problems_of(error), None, as_json=as_json)
        raise typer.Exit(EXIT_PROBLEM) from None
    except DocumentProblems as error:
        _show_problems(error.problems, error.text, as_json=as_json)
        raise typer.Exit(EXIT_PROBLEM) from None
    except BrokenPipeError:
        raise typer.Exit(1) from None
    except OSError as error:
        problem = of_the_machine(error)
        if problem is None:
            raise _our_fault(error) from None
        _show_problems((problem,), None, as_json=as_json)
        raise typer.Exit(EXIT_PROBLEM) from None
    except Exception as error:
        if isinstance(error, RuntimeError) and str(error) == _OF_DUCKDB:
            raise _stopped(when_stopped) from None
        raise _our_fault(error) from None


def confirm(question: str, *, is_agreed: bool) -> None:
    """Ask whoever sits at a terminal whether to go on. A script is not asked, nor who agreed beforehand.

    Raises `typer.Abort`, which ends the command with status 1 before it did anything.
    """
    if not is_agreed and sys.stdin.isatty():
        typer.confirm(question, abort=True, err=True)


def print_json(model: BaseModel) -> None:
    """The model as indented JSON on standard output."""
    _write_json(model.model_dump(mode="json"))


def _write_json(value: object) -> None:
    """Written through at once, so that a full disk is met while it can still be told."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def print_model(model: BaseModel, parts: Iterable[RenderableType], *, as_json: bool) -> None:
    """The model for programs, or for people the parts that show it, made only then."""
    if as_json:
        print_json(model)
        return
    for part in parts:
        out().print(part)


def table_of(title: str | None, headings: Sequence[str], rows: Sequence[Sequence[str]], right: int = 0) -> Table:
    """A plain table; the last `right` columns hold numbers."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(headings):
        is_number = number >= len(headings) - right
        table.add_column(heading, justify="right" if is_number else "left", no_wrap=is_number)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def value_text(value: Value) -> str:
    """`1,230 ± 44`, `1,230` where exact, or `< 81`."""
    match value:
        case Number(value=number, margin=margin):
            return f"{number:,} ± {margin:,}" if margin else f"{number:,}"
        case BelowThreshold(less_than=threshold):
            return f"< {threshold:,}"


def proportion_cells(value: Proportion) -> tuple[str, str]:
    """`0.28` and its interval, `< 0.02`, `> 0.98`, or that nothing is said."""
    match value:
        case Share(value=share, low=low, high=high):
            digits = max(len(f"{each:f}".rstrip("0").partition(".")[2]) for each in (share, low, high))
            texts = [f"{each:.{digits}f}" for each in (share, low, high)]
            return texts[0], "" if low == high else f"{texts[1]} to {texts[2]}"
        case ShareWithin(at_least=0, at_most=1):
            return "not shown", ""
        case ShareWithin(at_least=0, at_most=most):
            return f"< {most}", ""
        case ShareWithin(at_least=least):
            return f"> {least}", ""


def print_unmatched(unmatched: Sequence[UnmatchedName]) -> None:
    """A warning a name that matches nothing."""
    for item in unmatched:
        hint = f" ({item.hint})" if item.hint else ""
        err().print(Text(f"not in this release: {item.kind} {item.name}{hint}", style="yellow"))


def print_lints(lints: Sequence[Lint], text: str | None) -> None:
    """What is valid and probably not meant, each under its place."""
    for item in lints:
        style = "yellow" if item.severity is Severity.WARNING else "dim"
        err().print(Text(render_lint(text, item), style=style), soft_wrap=True)


def print_notes(notes: Sequence[Note]) -> None:
    """What to know of an imported definition, with the place it is about."""
    for note in notes:
        err().print(Text(f"note: {note}", style="yellow"), soft_wrap=True)


def print_budget(balances: Sequence[BudgetBalance]) -> None:
    """What is left, where the tier has a budget at all."""
    for balance in balances:
        if balance.cap:
            share = f"{balance.remaining / balance.cap:.1%}"
            more = f", about {balance.counts_left:,} more counts" if balance.counts_left is not None else ""
            out().print(Text(f"budget of the {balance.account}: {share} left{more}", style="dim"))


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator["Bar | Lines"]:
    """Progress on standard error: a bar with the time it will take on a terminal, plain lines elsewhere."""
    console = err()
    if not console.is_terminal and not quiet:
        yield Lines(console)
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, disable=quiet) as progress:
        yield Bar(progress)


class Bar:
    """Something to call with the step's name and the share done, 0 to 1."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("starting", total=1.0)

    def __call__(self, step: str, share: float) -> None:
        """Show the step and the share done."""
        self._progress.update(self._task, description=step, completed=share)


class Lines:
    """The same as a line every ten seconds, with the time that is left at the pace so far; nothing of short work."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = self._told = time.monotonic()
        self._first: float | None = None

    def __call__(self, step: str, share: float) -> None:
        """Tell the step and the share done, when it is time."""
        if self._first is None:
            self._first = share
        now = time.monotonic()
        if now - self._told < _SECONDS_A_LINE:
            return
        self._told = now
        passed, gained = now - self._began, share - self._first
        left = f", about {passed * (1 - share) / gained:,.0f} s left" if gained > 0 else ""
        self._console.print(Text(f"{share:4.0%}  {step}  ({passed:,.0f} s{left})"), soft_wrap=True)


def _show_problems(problems: Sequence[Problem], text: str | None, *, as_json: bool) -> None:
    if as_json:
        items = [
            _for_programs(item, problem) for item, problem in zip(problem_items(problems, text), problems, strict=True)
        ]
        if _can_write_json({"problems": items}):
            return
    for problem in problems:
        message = render_problem(text, problem) if text is not None else _without_text(problem)
        err().print(Text(message), soft_wrap=True)


def _can_write_json(value: object) -> bool:
    """Write it; where standard output takes nothing, what it still holds is let go, which Python would otherwise try to
    write at the end."""
    try:
        _write_json(value)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


def _for_programs(item: ProblemItem, problem: Problem) -> dict[str, Any]:
    place = {} if problem.place is None else {"place": str(problem.place.absolute())}
    return {**item.model_dump(exclude_none=True), **place}


def _without_text(problem: Problem) -> str:
    lines = [f"{problem.code}: {problem.message}"]
    if problem.place is not None:
        lines.append(f"  looked at: {problem.place.absolute()}")
    if _is_of_the_system(problem.__cause__):
        lines.append(f"  because: {problem.__cause__}")
    if problem.expected:
        lines.append(f"  expected: {', '.join(problem.expected)}")
    if problem.hint:
        lines.append(f"  hint: {problem.hint}")
    return "\n".join(lines)


def _is_of_the_system(cause: BaseException | None) -> bool:
    """Whether the disk or SQLite said it. SQLite is not imported to know: the process of public tables, which says
    problems too, has no way to open a database."""
    return isinstance(cause, OSError) or type(cause).__module__ == "sqlite3"


def _stopped(what_is_left: str) -> typer.Exit:
    err().print(Text(": ".join(filter(None, ("stopped by Ctrl+C", what_is_left)))), soft_wrap=True)
    return typer.Exit(EXIT_INTERRUPTED)


def _our_fault(error: Exception) -> typer.Exit:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f"{frame.tb_frame.f_code.co_name}, line {frame.tb_lineno}" if frame else "an unknown place"
    err().print(
        Text(f"internal: a fault of ours ({type(error).__name__} in {where}); please report it"), soft_wrap=True
    )
    return typer.Exit(EXIT_OURS)
