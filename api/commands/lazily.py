"""A group whose commands are imported when they are run, so that `kohort --help` waits for no numerical library."""

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group


@dataclass(frozen=True, slots=True)
class Command:
    """A command of `api.commands`: its name, the file it lies in, and the line the help shows.

    A group of commands is the whole of its file's `app`; any other command is the one of that name.
    """

    name: str
    file: str
    summary: str
    is_group: bool = False

    def load(self) -> Any:
        """The command itself; its file is imported now."""
        app: typer.Typer = importlib.import_module(f"api.commands.{self.file}").app
        group = get_group(app)
        return group if self.is_group else group.commands[self.name]


def lazily(commands: Iterable[Command]) -> type[TyperGroup]:
    """The kind of group to give to `Typer(cls=…)` for these commands, in this order."""
    known = {command.name: command for command in commands}

    class Lazily(TyperGroup):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            for command in known.values():
                self.add_command(TyperCommand(command.name, short_help=command.summary))

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            name, _, rest = super().resolve_command(ctx, args)
            return name, known[name].load() if name else None, rest

    return Lazily
