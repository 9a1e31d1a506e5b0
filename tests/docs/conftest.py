"""The release that `make demo` builds, and commands run over it as a page shows them."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.commands.reading import open_session
from engine import Session
from tests.lib.once import made_once

ROOT = Path(__file__).parents[2]

Run = Callable[[str], str]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment that points at a release made by `kohort synth` as it is, which is what `make demo` does."""

    def make(folder: Path) -> None:
        made = CliRunner().invoke(app, ["synth"], env={"KOHORT_RELEASES": str(folder)})
        assert made.exit_code == 0, made.output

    root = tmp_path_factory.mktemp("demo")
    shutil.copytree(made_once(tmp_path_factory, "demo-releases", make), root / "releases")
    return {
        "KOHORT_RELEASES": str(root / "releases"),
        "KOHORT_STATE": str(root / "state"),
        "KOHORT_REASON": "what the documentation shows",
    }


@pytest.fixture(scope="session")
def session(demo: dict[str, str]) -> Iterator[Session]:
    with open_session(Path(demo["KOHORT_RELEASES"]), Path(demo["KOHORT_STATE"]), None) as opened:
        yield opened


@pytest.fixture
def run(demo: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one line of a shell in an empty folder that has the examples, and gives what it shows."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)

    def line(text: str) -> str:
        words = shlex.split(text)
        if words[0] != "kohort":
            done = subprocess.run(["bash", "-c", text], env=dict(os.environ), capture_output=True, text=True)
            return done.stdout + done.stderr
        target = words[words.index(">") + 1] if ">" in words else None
        result = CliRunner().invoke(app, words[1 : words.index(">")] if target else words[1:], env=demo)
        assert result.exit_code in (0, 2), result.output
        if target is None:
            return result.output
        Path(target).write_text(result.stdout)
        return result.stderr

    return line


def as_shown(text: str) -> str:
    """Without the blanks that a page does not keep: at the ends of lines, before the first and after the last."""
    return re.sub(r" +$", "", text, flags=re.M).strip("\n")
