"""How a server stops: in this process by parts, and a real one told by a signal."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx2
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from api.auth import open_local_tokens
from api.operations.drain import Drain
from api.operations.metrics import Metrics
from api.operations.watch import Watch
from api.settings import ServerSettings
from api.shield import SECURITY_HEADERS
from engine import Principal
from schemas.policy import AccessTier
from tests.api.conftest import ADULTS
from tests.lib.ports import free_port
from tests.lib.servers import application
from tests.lib.waiting import PATIENCE, status_of, until, until_it_answers


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


def test_who_is_refused_is_told_in_their_language_and_as_every_answer_is_sent(settings: ServerSettings) -> None:
    with TestClient(application(settings), raise_server_exceptions=False) as client:
        client.app.state.drain.begin(10)
        korean = client.get("/v1/release", headers={"accept-language": "ko"})
        page = client.get("/", headers={"accept": "text/html"})
    assert (korean.headers["content-language"], korean.json()["code"]) == ("ko", "server-stopping")
    assert "서버" in korean.json()["detail"]
    assert page.headers["content-type"].startswith("text/html")
    for refused in (korean, page):
        assert (refused.status_code, refused.headers["connection"]) == (503, "close")
        assert int(refused.headers["retry-after"]) > 0
        assert SECURITY_HEADERS.items() <= refused.headers.items()
        assert refused.headers["cache-control"] == "no-store"


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
    port = free_port()
    environment = {
        **os.environ,
        "KOHORT_RELEASES": str(settings.releases),
        "KOHORT_STATE": str(settings.state),
        "KOHORT_LOCAL_ISSUER": "true",
        "KOHORT_LOG_JSON": "true",
        "KOHORT_BODY_SECONDS": str(PATIENCE),
    }
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    principal = Principal(user="me", project="stopping", institution="i", tier=AccessTier.REGISTERED)
    token = open_local_tokens(settings.state).issue(principal, hours=1)
    body = json.dumps({"text": ADULTS}).encode()
    head = (
        f"POST /v1/cohorts/count HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        "expect: 100-continue\r\nconnection: close\r\n\r\n"
    )
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        until_it_answers(f"{address}/ready", process)
        with closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)) as asking:
            asking.sendall(head.encode())
            assert asking.recv(4096).startswith(b"HTTP/1.1 100")  # it is under way: the server asks for its body
            process.send_signal(signal.SIGTERM)
            until(lambda: status_of(f"{address}/v1/release") == 503)
            refused = httpx2.get(f"{address}/v1/release", timeout=PATIENCE)
            asking.sendall(body)
            answer = asking.makefile("rb").read()
        _, told = process.communicate(timeout=PATIENCE)
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    assert answer.startswith(b"HTTP/1.1 200")
    assert process.returncode == 0
    assert "Traceback" not in told
    lines = [json.loads(line) for line in told.splitlines()]
    assert {"/ready", "/v1/cohorts/count"} <= {line.get("route") for line in lines}
