"""A small synthetic release, a way to run commands over it, and servers over it as processes of their own."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from tests.lib.once import made_once
from tests.lib.ports import free_port
from tests.lib.waiting import PATIENCE, until_it_answers

PERSONS = 1_000
ADULTS = 'cohort "Adults"\nindex first visit where age >= 20\ncount by sex\n'

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment that points at a release made by the command itself."""

    def make(folder: Path) -> None:
        words = ["synth", "--persons", str(PERSONS), "--id", "small"]
        made = CliRunner().invoke(app, words, env={"KOHORT_RELEASES": str(folder), "COLUMNS": "160"})
        assert made.exit_code == 0, made.output

    root = tmp_path_factory.mktemp("cli")
    shutil.copytree(made_once(tmp_path_factory, "cli-releases", make), root / "releases")
    return {
        "KOHORT_RELEASES": str(root / "releases"),
        "KOHORT_STATE": str(root / "state"),
        "KOHORT_REASON": "a test of exact numbers",
        "COLUMNS": "160",
    }


@pytest.fixture
def run(folders: dict[str, str]) -> Run:
    def command(*arguments: str, text: str | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=text, env=folders)

    return command


@pytest.fixture
def adults(tmp_path: Path) -> str:
    """A document in a file."""
    path = tmp_path / "adults.kohort"
    path.write_text(ADULTS)
    return str(path)


@pytest.fixture(scope="session")
def outside(folders: dict[str, str]) -> Iterator[str]:
    """Address of the researchers' server."""
    with served("serve", folders) as address:
        yield address


@pytest.fixture(scope="session")
def inside(folders: dict[str, str]) -> Iterator[str]:
    """Address of the server of the trusted environment, beside the other over one state folder."""
    with served("serve-internal", folders) as address:
        yield address


@contextmanager
def served(command: str, folders: dict[str, str]) -> Iterator[str]:
    """A server that is ended as by Ctrl+C, and has told of no fault by then."""
    port = free_port()
    words = [sys.executable, "-m", "api", command, "--port", str(port), "--local-issuer"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, env={**os.environ, **folders}, stdout=pipe, stderr=pipe, text=True) as process:
        address = f"http://127.0.0.1:{port}"
        until_it_answers(f"{address}/health", process)
        yield address
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=PATIENCE)
    assert "stopping: what is under way is finished first" in said
    assert "Traceback" not in told
    assert process.returncode in (0, 130, -signal.SIGINT)
