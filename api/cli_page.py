"""Write docs/reference/command-line.md from the commands: `python -m api.cli_page`. A test compares the two."""

import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final, get_args

from api.cli import COMMANDS

FILE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference" / "command-line.md"
_HEAD: Final = """# The command line

Generated from `api/commands`; do not edit. `kohort COMMAND --help` says the same as here. Where a name in capitals
stands beside an option, it may be given in the environment too. A fault is told with its code, which is
[explained](errors.md), and the exit status is 2.
"""
_KINDS: Final = {Path: "PATH", int: "NUMBER", float: "NUMBER"}


def page() -> str:
    """One section a command, in the order of the help; groups have one for each of theirs."""
    parts = [_HEAD]
    for each in COMMANDS:
        command = each.load()
        members = getattr(command, "commands", None)
        if not each.is_group or members is None:
            parts.append(_section(f"kohort {each.name}", command, "##"))
            continue
        parts.append(f"\n## kohort {each.name}\n\n{each.summary}\n")
        parts += [_section(f"kohort {each.name} {name}", members[name], "###") for name in members]
    return "".join(parts)


def _section(name: str, command: Any, mark: str) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and not each.hidden]
    usage = " ".join([name, *(["[OPTIONS]"] if options else []), *map(_argument, arguments)])
    rows = "".join(_rows(arguments, options))
    table = f"\n| | |\n|---|---|\n{rows}" if rows else ""
    return f"\n{mark} {name}\n\n{_paragraphs(command.help)}\n\n    {usage}\n{table}"


def _rows(arguments: list[Any], options: list[Any]) -> Iterator[str]:
    for each in arguments:
        yield f"| `{_argument(each)}` | {_cell(each.help)} |\n"
    for each in options:
        names = ", ".join(f"`{name}`" for name in (*each.opts, *each.secondary_opts))
        said = [_cell(each.help).removesuffix("."), *_default(each), *(["required"] if each.required else [])]
        if each.envvar:
            said.append(f"`{each.envvar if isinstance(each.envvar, str) else each.envvar[0]}`")
        yield f"| {names}{_kind(each)} | {'; '.join(part for part in said if part)} |\n"


def _argument(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    many = "…" if argument.nargs == -1 else ""
    return f"{name}{many}" if argument.required else f"[{name}{many}]"


def _kind(option: Any) -> str:
    """What stands after the option: nothing for a flag, the words to choose from, or a name of the kind."""
    if option.is_flag:
        return ""
    kind = option.type_descriptor.annotation
    kind = next(iter(get_args(kind)), kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f" {' or '.join(f'`{each.value}`' for each in kind)}"
    return f" {option.metavar or _KINDS.get(kind, 'TEXT')}{' …' if option.multiple else ''}"


def _default(option: Any) -> list[str]:
    value = option.default
    if option.is_flag or callable(value) or value in (None, "", (), []) or not option.show_default:
        return []
    if isinstance(value, Path) and value.is_absolute():  # of this machine
        return []
    return [f"default `{getattr(value, 'value', value)}`"]


def _paragraphs(text: str | None) -> str:
    parts = inspect.cleandoc(text or "").replace("\f", "").split("\n\n")
    return "\n\n".join(" ".join(part.split()) for part in parts)


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
