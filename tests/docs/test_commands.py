"""Every `kohort …` and `make …` that the documentation tells a reader to type is a command, with options that it has."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from api.cli import app

ROOT = Path(__file__).parents[2]
BESIDE = ("README.md", "benchmarks/README.md", "cohort_dsl/reference.md")
PAGES = sorted([*(ROOT / page for page in BESIDE), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(?:text|sh|console)\n(.*?)^```", re.M | re.S)
INDENTED = re.compile(r"^    \$ (kohort .*)$", re.M)
MAKE = re.compile(r"^(?: {4})?(make [a-z].*)$|`(make [a-z][^`\n]*)`", re.M)
IN_CONTAINER = re.compile(r"docker compose run --rm (?:-v \S+ )*(kohort|ingest)\b")
BEGINNING = re.compile(r"^(?:\$ |sudo -u kohort |[A-Z_]+=\S+ |\S+/bin/(?=kohort ))+")
LEFT_OUT = "…"
WRONG_USE = typer.BadParameter.__base__
"""What is raised for a line that is no command, of which only this kind has a public name."""


def typed(page: Path) -> Iterator[str]:
    """The lines of a page that begin with `kohort`, as they would be typed where the program is installed."""
    text = page.read_text()
    for line in "\n".join([*FENCE.findall(text), *INDENTED.findall(text)]).replace("\\\n", " ").splitlines():
        inside = IN_CONTAINER.sub(lambda service: "kohort ingest" if service[1] == "ingest" else "kohort", line)
        command = BEGINNING.sub("", re.sub(r"^\w+=\$\((.*)\)$", r"\1", inside))
        if command.startswith("kohort "):
            yield command


COMMANDS = sorted({(page.relative_to(ROOT).as_posix(), line) for page in PAGES for line in typed(page)})

MAKEFILE = (ROOT / "Makefile").read_text()
MADE = sorted(
    {
        (page.relative_to(ROOT).as_posix(), line or inline)
        for page in PAGES
        for line, inline in MAKE.findall(page.read_text())
    }
)


def refusal(line: str) -> str | None:
    """What the command line has against a line of a shell, up to a pipe or a redirection; nothing is run.

    Files need not be here, and arguments that the page leaves out, as in `kohort ingest …`, are not missed.
    """
    words = shlex.split(re.split(r" [|<>&]", line)[0], comments=True)[1:]
    given = [word for word in words if word != LEFT_OUT]
    command, context = get_command(app), None
    try:
        while isinstance(command, TyperGroup):
            context = command.make_context("kohort", given[:1], parent=context)
            _, command, given = command.resolve_command(context, given)
        command.make_context(command.name, given, parent=context)
    except WRONG_USE as wrong:
        said = str(wrong.format_message())
        is_meant = said.endswith("does not exist.") or (LEFT_OUT in words and said.startswith("Missing"))
        return None if is_meant else said
    return None


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_a_command_on_a_page_is_one(page: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOHORT_IDENTITY", "identity.toml")  # as the page about identity providers exports it
    assert refusal(line) is None


def test_pages_have_commands() -> None:
    assert len(COMMANDS) > 100
    assert len(MADE) > 10


@pytest.mark.parametrize(("page", "line"), MADE)
def test_what_is_made_on_a_page_can_be_made(page: str, line: str) -> None:
    _, target, *variables = shlex.split(line, comments=True)
    assert re.search(rf"^{target}:", MAKEFILE, re.M)
    for variable in variables:
        assert f"$({variable.partition('=')[0]})" in MAKEFILE


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("kohort conut x.kohort", "No such command"),
        ("kohort ledger bakcup x", "No such command"),
        ("kohort count --teir registered x.kohort", "No such option"),
        ("kohort release verify", "Missing argument"),
        ("kohort count --tier nobody x.kohort", "Invalid value"),
    ],
)
def test_what_is_no_command_is_found(line: str, said: str) -> None:
    assert said.lower() in str(refusal(line)).lower()
