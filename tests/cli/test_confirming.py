"""What cannot be taken back is asked about at a terminal, and nowhere else."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.lib.waiting import PATIENCE

ROTATE = ("report-key", "rotate")
CUBE = ("release", "cube")


def at_a_terminal(folders: dict[str, str], *words: str, answer: str) -> tuple[int, str]:
    """Exit code and what was shown of a command whose user types this once they are asked, and what they are shown."""
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "api", *words]
    with subprocess.Popen(
        command, env={**os.environ, **folders}, stdin=terminal, stdout=terminal, stderr=terminal
    ) as process:
        os.close(terminal)
        shown, has_answered, until = "", False, time.monotonic() + PATIENCE
        while time.monotonic() < until and (piece := _read(controller, process)) is not None:
            shown += piece
            if "[y/N]" in shown and not has_answered:
                os.write(controller, f"{answer}\n".encode())
                has_answered = True
        process.wait(timeout=PATIENCE)
    os.close(controller)
    return process.returncode, shown


def _read(controller: int, process: "subprocess.Popen[bytes]") -> str | None:
    """What comes next; nothing where the command has ended."""
    waiting = select.poll()  # select() takes no file beyond the thousandth, and earlier tests may hold as many
    waiting.register(controller, select.POLLIN)
    if not waiting.poll(100):
        return "" if process.poll() is None else None
    try:
        return os.read(controller, 4096).decode(errors="replace") or None
    except OSError:  # how Linux says that nobody has the terminal open any more
        return None


@pytest.fixture
def apart(folders: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The release, and a state of its own."""
    return {**folders, "KOHORT_STATE": str(tmp_path / "state")}


@pytest.mark.parametrize(
    ("words", "asked"),
    [(ROTATE, "Delete the secret key in"), (CUBE, "Publish tables of release small by policy")],
    ids=["key", "cube"],
)
def test_who_says_no_has_done_nothing(apart: dict[str, str], words: tuple[str, ...], asked: str) -> None:
    code, shown = at_a_terminal(apart, *words, answer="n")
    assert code == 1
    assert asked in " ".join(shown.split())
    assert "Traceback" not in shown
    assert not Path(apart["KOHORT_STATE"]).exists()


def test_who_says_yes_has_a_new_key(apart: dict[str, str]) -> None:
    code, shown = at_a_terminal(apart, *ROTATE, answer="y")
    assert (code, shown.count("kohort-report/")) == (0, 1)
    assert (Path(apart["KOHORT_STATE"]) / "report-signing-1.key").exists()


def test_who_agreed_beforehand_is_not_asked(apart: dict[str, str]) -> None:
    code, shown = at_a_terminal(apart, *ROTATE, "--yes", answer="n")
    assert code == 0
    assert "[y/N]" not in shown


def test_a_script_is_not_asked(run: Run, tmp_path: Path) -> None:
    made = run(*ROTATE, "--state", str(tmp_path / "state"))
    assert (made.exit_code, made.stderr) == (0, "")
