"""A running server on a disk that fills up: what it says, what it charges, and that it goes on by itself."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.settings import ServerSettings
from tests.operations.full_disk_worker import LITTLE

ROOT = Path(__file__).parents[2]
ALONE = ("unshare", "--user", "--map-root-user", "--mount")
WITHOUT_WRITING = ("runs", "validate", "policy", "budget", "operations", "health")
COUNTED = ("count", "again", "breakdown", "feasibility")


@pytest.fixture(scope="module")
def report(settings: ServerSettings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the worker says, on a file system of 24 megabytes, in a name space where this user may mount one."""
    folder = tmp_path_factory.mktemp("disk")
    mount = [*ALONE, "mount", "-t", "tmpfs", "none", folder]
    if shutil.which("unshare") is None or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a file system of their own")
    worker = f"{sys.executable} -m tests.operations.full_disk_worker {folder} {settings.releases}"
    mounting = f"mount -t tmpfs -o size=24m none {folder} && exec {worker}"
    run = subprocess.run([*ALONE, "sh", "-c", mounting], cwd=ROOT, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


def outcomes(asked: dict[str, list[Any]]) -> dict[str, tuple[int, str | None]]:
    return {name: (status, code) for name, (status, code, _) in asked.items()}


def test_with_room_everything_is_answered(report: dict[str, Any]) -> None:
    for stage in ("room", "room_again"):
        assert {status for status, _ in outcomes(report[stage]).values()} <= {200, 201}


def test_without_room_each_question_is_refused_by_a_fixed_message(report: dict[str, Any]) -> None:
    full = outcomes(report["full"])
    assert {full[name] for name in COUNTED} == {(503, "ledger-unavailable")}
    assert full["run"] == (503, "runs-unavailable")
    assert {full[name] for name in WITHOUT_WRITING} == {(200, None)}
    assert len({message for name in COUNTED for message in [report["full"][name][2]]}) == 1


def test_readiness_says_no_and_why(report: dict[str, Any]) -> None:
    status, code, message = report["full"]["ready"]
    assert (status, code) == (503, "state-unwritable")
    assert "no space left on device" in message
    assert report["full_metrics"] == ["kohort_ready 0.0"]


def test_nobody_is_charged_for_what_was_refused_and_what_was_told_stays(report: dict[str, Any]) -> None:
    assert report["spent_while_full"] == 0
    assert report["same"] == [True, 0]


def test_with_little_room_an_answer_is_given_and_charged_once_or_neither(report: dict[str, Any]) -> None:
    rounds = report["little"]
    assert [each["free"] for each in rounds] == list(LITTLE)
    assert {tuple(each["first"][:2]) for each in rounds} <= {(200, None), (503, "ledger-unavailable")}
    assert rounds[0]["first"][0] == 503
    for each in rounds:
        assert each["second"] == 200, each
        assert each["same"], each
        assert each["cost"] == each["price"] > 0, each
        assert each["ready"][1] == "state-unwritable", each


def test_a_run_that_is_cut_off_ends_and_can_be_asked_again(report: dict[str, Any]) -> None:
    run = report["run"]
    assert run["met"][0] == "running"
    state, steps = run["ended"]
    assert (state, steps[-1]) == ("interrupted", "interrupted")
    assert set(steps) <= {"answered", "interrupted"}  # how soon the disk was full
    assert run["again"] == ["done", ["answered"] * 3]


def test_it_stops_as_always(report: dict[str, Any]) -> None:
    status, is_traced = report["stopped"]
    assert (status, is_traced) == (0, False)


def test_the_log_is_whole_after_all_of_it(report: dict[str, Any]) -> None:
    assert report["findings"] == []
