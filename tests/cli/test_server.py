"""A real server process, asked by a real client."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx2
import pytest

from tests.cli.conftest import ADULTS, Run


@pytest.fixture
def address(folders: dict[str, str]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    with subprocess.Popen(command, env={**os.environ, **folders}, stderr=subprocess.PIPE, text=True) as process:
        yield wait_for(f"http://127.0.0.1:{port}", process)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert "Traceback" not in told
    assert process.returncode in (0, 130, -signal.SIGINT)


def wait_for(address: str, process: subprocess.Popen[str]) -> str:
    for _ in range(300):
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            if httpx2.get(f"{address}/health").status_code == 200:
                return address
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def test_a_count_over_http(address: str, run: Run) -> None:
    token = run("token", "--tier", "registered", "--project", "http").stdout.strip()
    with httpx2.Client(base_url=address, headers={"authorization": f"Bearer {token}"}) as client:
        started = time.monotonic()
        reply = client.post("/v1/cohorts/count", json={"text": ADULTS})
        assert reply.status_code == 200
        assert 0.99 <= time.monotonic() - started < 3
        assert reply.json()["release"] == "small"
        assert "server" not in reply.headers
        assert client.post("/v1/cohorts/count", content=b"x" * 2 * 10**6).status_code == 413
        assert client.post("/v1/cohorts/count", json={"text": ADULTS}).json()["charged"] == 0
        assert re.search(r"<title>Kohort</title>", client.get("/").text)
    assert httpx2.post(f"{address}/v1/cohorts/count", json={"text": ADULTS}).status_code == 401
