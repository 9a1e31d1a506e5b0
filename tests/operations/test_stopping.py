"""How a server stops: in this process by parts, and a real one told by a signal."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from api.auth import open_local_tokens
from api.operations.drain import Drain
from api.operations.metrics import Metrics
from api.operations.watch import Watch
from api.settings import ServerSettings
from engine import Principal
from schemas.policy import AccessTier
from tests.api.conftest import ADULTS
from tests.lib.servers import application


def test_a_drain_is_over_when_nothing_is_under_way_or_time_is_up() -> None:
    now = [0.0]
    drain = Drain(clock=lambda: now[0])
    assert not drain.is_stopping
    assert not drain.is_over
    with drain.place() as leave:
        drain.begin(10)
        drain.begin(99)
        assert drain.is_stopping
        assert not drain.is_over
        now[0] = 9.0
        assert not drain.is_over
        now[0] = 10.0
        assert drain.is_over
        now[0] = 1.0
        assert not drain.is_over
        leave()
        leave()
        assert drain.is_over
    assert drain.under_way == 0


def test_a_stream_of_events_is_not_waited_for() -> None:
    drain, seen = Drain(), list[int]()

    async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(drain.under_way)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        seen.append(drain.under_way)
        await send({"type": "http.response.body", "body": b"data: x"})

    client = TestClient(Watch(streaming, metrics=Metrics(), drain=drain, listener="researchers"))
    assert client.get("/events").status_code == 200
    assert seen == [1, 0]
    assert drain.under_way == 0


def test_a_server_that_stops_refuses_what_is_new_and_says_when_to_come_back(settings: ServerSettings) -> None:
    with TestClient(application(settings), raise_server_exceptions=False) as client:
        assert client.get("/ready").json() == {"status": "ready"}
        client.app.state.drain.begin(10)
        for path in ("/v1/release", "/ready", "/", "/nowhere"):
            refused = client.get(path)
            assert (refused.status_code, refused.json()["code"]) == (503, "server-stopping")
            assert int(refused.headers["retry-after"]) > 0
        assert client.get("/health").status_code == 200


def test_it_is_not_ready_while_the_ledger_cannot_be_read(settings: ServerSettings, tmp_path: Path) -> None:
    own = settings.model_copy(update={"state": tmp_path / "state"})
    with TestClient(application(own), raise_server_exceptions=False) as client:
        assert client.get("/ready").status_code == 200
        with sqlite3.connect(own.state / "ledger.sqlite") as ledger:
            ledger.execute("drop trigger account_stays")
            ledger.execute("drop table account")
        reply = client.get("/ready")
        assert (reply.status_code, reply.json()["code"]) == (503, "ledger-unavailable")


def test_a_real_server_finishes_what_is_under_way(settings: ServerSettings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "KOHORT_RELEASES": str(settings.releases),
        "KOHORT_STATE": str(settings.state),
        "KOHORT_LOCAL_ISSUER": "true",
        "KOHORT_LOG_JSON": "true",
    }
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    principal = Principal(user="me", project="stopping", institution="i", tier=AccessTier.REGISTERED)
    token = open_local_tokens(settings.state).issue(principal, hours=1)
    headers = {"authorization": f"Bearer {token}"}
    answers: list[httpx2.Response] = []
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        wait_for(f"{address}/ready", process)

        def ask() -> None:
            answers.append(
                httpx2.post(f"{address}/v1/cohorts/count", json={"text": ADULTS}, headers=headers, timeout=60)
            )

        asking = threading.Thread(target=ask)  # its deadline holds the answer back for a second
        asking.start()
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        refused = httpx2.get(f"{address}/v1/release", timeout=10)
        asking.join()
        _, told = process.communicate(timeout=60)
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    assert [answer.status_code for answer in answers] == [200]
    assert process.returncode == 0
    assert "Traceback" not in told
    lines = [json.loads(line) for line in told.splitlines()]
    assert {"/ready", "/v1/cohorts/count"} <= {line.get("route") for line in lines}


def wait_for(address: str, process: subprocess.Popen[str]) -> None:
    for _ in range(600):
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            if httpx2.get(address).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")
