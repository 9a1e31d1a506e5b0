"""A real server process, asked by a real client."""

import re
import signal
import socket
import subprocess
import sys
from itertools import islice
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from api.cli import app
from tests.cli.conftest import ADULTS, Run
from tests.lib.ports import free_port
from tests.lib.waiting import PATIENCE

LINK = re.compile(r"\s*http://\S+/#token=")


def test_a_count_over_http(outside: str, run: Run) -> None:
    token = run("token", "--tier", "registered", "--project", "http").stdout.strip()
    with httpx2.Client(base_url=outside, headers={"authorization": f"Bearer {token}"}) as client:
        reply = client.post("/v1/cohorts/count", json={"text": ADULTS})
        assert reply.status_code == 200
        assert reply.elapsed.total_seconds() > 0.98, "held back until its deadline"
        assert reply.json()["release"] == "small"
        assert "server" not in reply.headers
        assert client.post("/v1/cohorts/count", content=b"x" * 2 * 10**6).status_code == 413
        assert client.post("/v1/cohorts/count", json={"text": ADULTS}).json()["charged"] == 0
        assert re.search(r"<title>.*Kohort</title>", client.get("/").text)
    assert httpx2.post(f"{outside}/v1/cohorts/count", json={"text": ADULTS}).status_code == 401


def test_a_port_in_use_is_told_before_any_work_and_any_link(tmp_path: Path) -> None:
    """The link would lead to the other server, with a token of this one."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        folders = ["--releases", str(tmp_path / "releases"), "--state", str(tmp_path / "state")]
        found = CliRunner().invoke(app, ["demo", "--port", port, *folders])
    assert found.exit_code == 2
    assert f"address-in-use: another program listens at 127.0.0.1:{port}" in found.output
    assert "token=" not in found.output
    assert not (tmp_path / "releases").exists()


def test_the_demo_s_link_is_printed_once_it_opens(tmp_path: Path) -> None:
    folders = ["--releases", str(tmp_path / "releases"), "--state", str(tmp_path / "state")]
    command = [sys.executable, "-m", "api", "demo", "--persons", "300", "--port", str(free_port()), *folders]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        (link,) = (line.strip() for line in islice(filter(LINK.match, process.stdout), 1))
        assert httpx2.get(link.partition("#")[0]).status_code == 200
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


@pytest.mark.parametrize("command", ["serve", "serve-internal", "serve-public"])
def test_an_address_that_nobody_can_listen_at_is_told_as_any_problem(run: Run, command: str) -> None:
    """192.0.2.1 is of no machine: it is kept for documentation (RFC 5737)."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        taken = run(command, "--port", port)
    nowhere = run(command, "--host", "192.0.2.1")
    assert (taken.exit_code, nowhere.exit_code) == (2, 2)
    assert f"address-in-use: another program listens at 127.0.0.1:{port}" in taken.output
    assert "address-unusable: no server can listen at 192.0.2.1:" in nowhere.output
