"""The server of the trusted environment as a real process beside the researchers', over one state folder."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from tests.cli.conftest import ADULTS, Run
from tests.cli.test_server import wait_for

REASON = {"Kohort-Reason": "a%20test%20of%20exact%20numbers"}


@contextmanager
def served(command: str, folders: dict[str, str]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "api", command, "--port", str(port), "--local-issuer"]
    with subprocess.Popen(words, env={**os.environ, **folders}, stderr=subprocess.PIPE, text=True) as process:
        yield wait_for(f"http://127.0.0.1:{port}", process)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert "Traceback" not in told


@pytest.fixture
def addresses(folders: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Of the researchers' server and of the internal one."""
    with served("serve", folders) as outside, served("serve-internal", folders) as inside:
        yield outside, inside


def test_each_door_opens_for_its_own(addresses: tuple[str, str], run: Run) -> None:
    outside, inside = addresses
    body = {"text": ADULTS}
    steward, researcher = (
        {"authorization": f"Bearer {run('token', '--tier', tier).stdout.strip()}"}
        for tier in ("internal", "controlled")
    )
    path = "/v1/cohorts/count"
    assert httpx2.post(outside + path, json=body, headers={**steward, **REASON}).status_code == 401
    assert httpx2.post(inside + path, json=body, headers={**researcher, **REASON}).status_code == 401
    assert httpx2.post(inside + path, json=body, headers=steward).json()["code"] == "reason-needed"
    exact = httpx2.post(inside + path, json=body, headers={**steward, **REASON}).json()
    assert exact["precision"]["exact"] is True
    protected = httpx2.post(outside + path, json=body, headers=researcher, timeout=20).json()
    assert protected["precision"]["exact"] is False
    found = json.loads(run("audit", "verify", "--json").stdout)
    assert found["is_whole"] is True


def test_exact_numbers_on_the_command_line_need_a_reason(run: Run, adults: str) -> None:
    for command in ("count", "breakdown", "attrition", "inclusion"):
        refused = run(command, adults, "--reason", "")
        assert (refused.exit_code, "reason-needed" in refused.output) == (2, True), command
    assert run("count", adults, "--reason", "a reason in words").exit_code == 0
