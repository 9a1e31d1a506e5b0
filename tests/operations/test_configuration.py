"""`kohort config check`: what is wrong, where, what to do, and no secret."""

import json
import os
import re
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.cli import app
from api.operations import configuration
from api.operations.configuration import OTHERS
from api.settings import ServerSettings

ROOT = Path(__file__).parents[2]
CLEAN = {f"KOHORT_{name.upper()}": None for name in ServerSettings.model_fields} | dict.fromkeys(OTHERS)


@pytest.fixture
def good(settings: ServerSettings) -> dict[str, str]:
    return {
        "KOHORT_RELEASES": str(settings.releases),
        "KOHORT_STATE": str(settings.state),
        "KOHORT_LOCAL_ISSUER": "true",
    }


def test_every_variable_the_program_reads_is_known() -> None:
    written = (
        path.read_text(encoding="utf-8") for folder in ("api", "engine") for path in (ROOT / folder).rglob("*.py")
    )
    names = {name for text in written for name in re.findall(r"KOHORT_[A-Z_]*[A-Z]", text)}
    assert names <= set(CLEAN)


def check(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(app, ["config", "check", *arguments], env={**CLEAN, **environment})


def test_good_settings_are_good(good: dict[str, str]) -> None:
    found = check(good)
    assert found.exit_code == 0, found.output
    assert "the server can start" in found.output
    assert "BAD" not in found.output


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"KOHORT_TREADS": "2"}, "did you mean KOHORT_THREADS?"),
        ({"KOHORT_THREADS": "many"}, "BAD KOHORT_THREADS"),
        ({"KOHORT_THREADS": "0"}, "BAD KOHORT_THREADS"),
        ({"KOHORT_MEMORY_LIMIT": "lots"}, "BAD KOHORT_MEMORY_LIMIT"),
        ({"KOHORT_RELEASES": "/nowhere"}, "BAD release"),
        ({"KOHORT_RELEASE_ID": "other"}, "BAD release"),
        ({"KOHORT_POLICY": "/nowhere.toml"}, "BAD policy"),
        ({"KOHORT_PROJECTS": "/nowhere.toml"}, "BAD projects"),
        ({"KOHORT_IDENTITY": "/nowhere.toml"}, "BAD who may ask"),
        ({"KOHORT_LOCAL_ISSUER": "false"}, "nobody could sign in"),
        ({"KOHORT_HOST": "0.0.0.0"}, "listens to others"),
        ({"KOHORT_METRICS_TOKEN": "/nowhere"}, "BAD metrics"),
        ({"KOHORT_STATE": "/dev/null/nowhere"}, "BAD state folder"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(good: dict[str, str], change: dict[str, str], told: str) -> None:
    found = check({**good, **change})
    assert found.exit_code == 1
    assert told in found.output
    assert "has to be put right" in found.output
    assert "Traceback" not in found.output


def test_secrets_are_not_printed(good: dict[str, str], tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("short-secret-token")
    secrets = {"KOHORT_RATE_STORE": "redis://user:hidden-password@host", "KOHORT_METRICS_TOKEN": str(token)}
    for extra in ({}, {"KOHORT_THREADS": "hidden-password"}):
        for arguments in ((), ("--json",)):
            found = check({**good, **secrets, **extra}, *arguments)
            assert "hidden-password" not in found.output
            assert "short-secret-token" not in found.output


def test_a_token_that_others_may_read_is_bad(good: dict[str, str], tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("x" * 40)
    token.chmod(0o644)
    assert "others than its owner" in check({**good, "KOHORT_METRICS_TOKEN": str(token)}).output
    token.chmod(0o600)
    assert check({**good, "KOHORT_METRICS_TOKEN": str(token)}).exit_code == 0


def test_for_programs(good: dict[str, str]) -> None:
    found = json.loads(check(good, "--json").stdout)
    assert found["good"] is True
    assert {"policy", "release", "state folder"} <= {each["about"] for each in found["checked"]}
    wrong = json.loads(check({**good, "KOHORT_POLICY": "/nowhere"}, "--json").stdout)
    (policy,) = (each for each in wrong["checked"] if each["about"] == "policy")
    assert policy["good"] is False
    assert policy["hint"]


def test_a_clock_behind_what_was_written_is_bad(good: dict[str, str]) -> None:
    """A machine that woke up in another year would open that year's budgets."""
    assert re.search(r"^ok  clock: \d{4}-", check(good).output, re.M)
    later = Path(good["KOHORT_STATE"]) / "audit-checkpoint"
    Path(good["KOHORT_STATE"]).mkdir(exist_ok=True)
    later.touch()
    os.utime(later, (time.time(), time.time() + 3600))
    found = check(good)
    assert found.exit_code == 1
    assert "BAD clock" in found.output
    later.unlink()


def test_a_disk_without_room_for_answers_is_bad(good: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "_LEAST_FREE_MB", 1 << 40)
    found = check(good)
    assert found.exit_code == 1
    assert "BAD disk" in found.output
