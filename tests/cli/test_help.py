"""Help needs no numerical library, and says of every command what the command says of itself."""

import importlib
import subprocess
import sys
from pathlib import Path

from typer.main import get_group
from typer.testing import CliRunner

import api.commands
from api.cli import COMMANDS, app


def test_help_imports_nothing_heavy() -> None:
    code = """
import sys
from typer.testing import CliRunner
from api.cli import app
assert CliRunner().invoke(app, ["--help"]).exit_code == 0
print(sorted(name for name in ("numpy", "numba", "duckdb", "polars", "pyarrow", "fastapi", "engine") if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_lists_every_command_with_its_own_words() -> None:
    shown = " ".join(CliRunner().invoke(app, ["--help"]).stdout.split())
    for command in COMMANDS:
        loaded = command.load()
        own = loaded.help or ""
        assert " ".join(own.split()) == command.summary, command.name
        assert f"{command.name} {command.summary}" in shown


def test_no_command_is_left_out() -> None:
    known = {command.name for command in COMMANDS}
    for file in Path(api.commands.__path__[0]).glob("*.py"):
        found = getattr(importlib.import_module(f"api.commands.{file.stem}"), "app", None)
        if found is not None and not any(command.file == file.stem and command.is_group for command in COMMANDS):
            assert set(get_group(found).commands) <= known, file.name


def test_a_misspelt_command_is_answered_with_the_nearest() -> None:
    found = CliRunner().invoke(app, ["cuont"])
    assert found.exit_code == 2
    assert "Did you mean 'count'" in found.output
