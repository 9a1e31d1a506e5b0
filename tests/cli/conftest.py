"""A small synthetic release, and a way to run commands over it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app

PERSONS = 1_000
ADULTS = 'cohort "Adults"\nindex first visit where age >= 20\ncount by sex\n'

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment that points at a release made by the command itself."""
    root = tmp_path_factory.mktemp("cli")
    environment = {
        "KOHORT_RELEASES": str(root / "releases"),
        "KOHORT_STATE": str(root / "state"),
        "KOHORT_REASON": "a test of exact numbers",
        "COLUMNS": "160",
    }
    made = CliRunner().invoke(app, ["synth", "--persons", str(PERSONS), "--id", "small"], env=environment)
    assert made.exit_code == 0, made.output
    return environment


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
