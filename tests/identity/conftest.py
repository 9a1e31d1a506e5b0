"""Worlds of issuers: one whose keys are handed over, and one whose keys are on a real server of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.identity.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def served_world(tmp_path: Path) -> Iterator[World]:
    with serving_keys(tmp_path) as world:
        yield world


@contextmanager
def serving_keys(folder: Path) -> Iterator[World]:
    """A world whose keys are fetched over HTTP, as a server and the commands do."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = world.fetch(f"{world.keys_at}{self.path}")
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    world = World(folder, keys_at=f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
