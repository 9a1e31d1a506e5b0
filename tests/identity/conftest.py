"""Worlds of issuers: one whose keys are handed over, and one whose keys are on a real server of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.settings import ServerSettings
from tests.identity.world import APPROVED, World
from tests.lib.once import synthetic_releases
from tests.lib.servers import application


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def served_world(tmp_path: Path) -> Iterator[World]:
    with serving_keys(tmp_path) as world:
        yield world


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release of 500 people."""
    folder = tmp_path_factory.mktemp("identity") / "releases"
    synthetic_releases(tmp_path_factory, folder, persons=500)
    return folder


@pytest.fixture
def several_projects(served_world: World, releases: Path, tmp_path: Path) -> Iterator[TestClient]:
    """A server of which the world's people have a project of each tier beside their own."""
    registry = tmp_path / "projects.toml"
    registry.write_text(APPROVED)
    settings = ServerSettings(
        releases=releases, state=tmp_path / "state", fixed_deadlines=False, identity=served_world.rules,
        local_issuer=False, host="0.0.0.0", projects=registry,
    )  # fmt: skip
    with TestClient(application(settings), base_url="https://kohort.example", raise_server_exceptions=False) as client:
        yield client


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
