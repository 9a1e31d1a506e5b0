"""What a health check learns: by its exit code whether a server is ready, and in one line why not."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.cli.conftest import Run

FULL = json.dumps({"code": "state-unwritable", "detail": "nothing can be written"}).encode()


class _Full(BaseHTTPRequestHandler):
    """A server that lives and has no room."""

    def do_GET(self) -> None:
        status, body = (200, b"{}") if self.path == "/health" else (503, FULL)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def port() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Full) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield str(server.server_port)
        server.shutdown()
        serving.join()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_server_that_cannot_answer_says_why(run: Run, port: str, host: str) -> None:
    asked = run("ready", "--host", host, "--port", port)
    assert (asked.exit_code, asked.stdout) == (1, "")
    assert asked.stderr.startswith("not ready: http://")
    assert asked.stderr.endswith(f":{port}/ready answers 503, state-unwritable: nothing can be written\n")


def test_whether_it_answers_at_all_is_another_question(run: Run, port: str) -> None:
    asked = run("ready", "--health", "--port", port)
    assert (asked.exit_code, asked.stdout) == (0, "the server answers\n")


def test_a_real_server_is_ready(run: Run, outside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment, which could not reach it, is not asked."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    asked = run("ready", "--port", outside.rpartition(":")[2])
    assert (asked.exit_code, asked.stdout) == (0, "ready\n")
