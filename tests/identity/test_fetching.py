"""Fetching of key sets from a real server on this machine: short, capped, and only where the table says."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from api.identity import fetching
from api.identity.fetching import MOST_BYTES, fetch
from api.identity.refusal import KeysUnavailable

SEEN: list[str] = []


class Answers(BaseHTTPRequestHandler):
    """What goes wrong at an address, by its path."""

    def do_GET(self) -> None:
        SEEN.append(self.path)
        match self.path:
            case "/keys":
                self._say(200, b'{"keys": []}')
            case "/most":
                self._say(200, b"x" * MOST_BYTES)
            case "/large":
                self._say(200, b"x" * (MOST_BYTES + 1))
            case "/redirect":
                self._say(302, b"", location="/keys")
            case "/slow":
                self._drip()
            case _:
                self._say(404, b"{}")

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        stop = threading.Event()
        try:
            while not stop.wait(0.02):
                self.wfile.write(b" ")
                self.wfile.flush()
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    SEEN.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_key_set_is_fetched(address: str) -> None:
    assert fetch(f"{address}/keys") == b'{"keys": []}'
    assert len(fetch(f"{address}/most")) == MOST_BYTES


@pytest.mark.parametrize("path", ["/large", "/redirect", "/nothing"])
def test_anything_else_is_refused_and_not_followed(address: str, path: str) -> None:
    with pytest.raises(KeysUnavailable):
        fetch(f"{address}{path}")
    assert len(SEEN) == 1


def test_a_server_that_drips_is_left(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.2)
    with pytest.raises(KeysUnavailable, match="long"):
        fetch(f"{address}/slow")


def test_proxies_of_the_environment_are_not_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert fetch(f"{address}/keys")


@pytest.mark.parametrize(
    "place", ["http://127.0.0.1:1/keys", "https://127.0.0.1:1/keys", "http://[::1", "http://127.0.0.1:x/"]
)
def test_a_place_that_does_not_answer(place: str) -> None:
    with pytest.raises(KeysUnavailable):
        fetch(place)


def test_a_server_without_a_trusted_certificate_is_refused(address: str) -> None:
    with pytest.raises(KeysUnavailable):
        fetch(address.replace("http:", "https:") + "/keys")
    assert SEEN == []
