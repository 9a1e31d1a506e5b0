"""What the machine refuses is told as a problem with its place, and not as a fault of the program."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.commands.machine import of_the_machine


def token(state: str) -> Result:
    return CliRunner().invoke(app, ["token", "--state", state])


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOSPC, "no space left on device: /srv/releases/x"),
        (errno.EROFS, "read-only file system: /srv/releases/x"),
        (errno.EACCES, "permission denied: /srv/releases/x"),
    ],
)
def test_a_refusal_is_a_problem_with_a_place_and_a_hint(number: int, told: str) -> None:
    problem = of_the_machine(OSError(number, "as the library says", "/srv/releases/x"))
    assert problem is not None
    assert (problem.code, problem.message) == ("file-unwritable", told)
    assert problem.hint


@pytest.mark.parametrize("state", ["taken", "taken/state"])
def test_a_state_folder_that_is_a_file_is_told_with_its_path(tmp_path: Path, state: str) -> None:
    (tmp_path / "taken").touch()
    found = token(str(tmp_path / state))
    assert found.exit_code == 2, found.output
    assert "file-unwritable" in found.output
    assert "taken" in "".join(found.output.split())


def test_anything_else_may_be_ours() -> None:
    assert of_the_machine(OSError(errno.EBADF, "bad file descriptor")) is None
    assert of_the_machine(OSError("no number")) is None


def test_a_command_that_may_not_write_says_so() -> None:
    """In a file system that nobody can write to, root included."""
    found = token("/sys/kohort")
    assert found.exit_code == 2, found.output
    assert "fault of ours" not in found.output


@pytest.mark.parametrize("words", [("domains", "--json"), ("validate", "nowhere.kohort", "--json"), ("domains",)])
def test_output_that_cannot_be_written_is_told_on_the_other_stream(words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        found = subprocess.run(
            [sys.executable, "-m", "api", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert found.returncode == 2, found.stderr
    assert "file-unwritable" in found.stderr or "file-missing" in found.stderr
    assert "Traceback" not in found.stderr and "Exception" not in found.stderr


def test_a_terminal_that_has_not_every_character_is_written_to_all_the_same() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "api", "precision", "--tier", "registered", "--size", "1000"],
        capture_output=True, env=os.environ | {"PYTHONIOENCODING": "ascii"}, check=False,
    )  # fmt: skip
    assert (found.returncode, found.stderr) == (0, b"")
    assert rb"\xb1" in found.stdout
