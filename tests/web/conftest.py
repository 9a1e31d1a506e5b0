"""A real server and a real Chromium; skipped with a message where there is none."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from api.auth import open_local_tokens
from engine import Principal, synthesize
from schemas.policy import AccessTier

if TYPE_CHECKING:
    from playwright.sync_api import Page

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no Chromium: install it (Debian: apt-get install chromium) or name it in CHROMIUM")
    return found


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address of a server over 2,000 synthetic persons, and a registered researcher's token."""
    root = tmp_path_factory.mktemp("site")
    synthesize(root / "releases", "small", persons=2_000, seed=7, progress=lambda step, share: None)
    me = Principal(user="me", project="browser", institution="here", tier=AccessTier.REGISTERED)
    token = open_local_tokens(root / "state").issue(me, hours=1)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "KOHORT_RELEASES": str(root / "releases"),
        "KOHORT_STATE": str(root / "state"),
        "KOHORT_FIXED_DEADLINES": "false",
    }
    with subprocess.Popen([sys.executable, "-m", "api", "serve", "--port", str(port)], env=environment) as process:
        yield _wait(f"http://127.0.0.1:{port}"), token
        process.terminate()


def _wait(address: str) -> str:
    for _ in range(300):
        try:
            if httpx2.get(f"{address}/health").status_code == 200:
                return address
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.fixture
def page(chromium: str, tmp_path: Path) -> Iterator["Page"]:
    """A page that must not log an error of its own and must not ask anybody but the server."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
        page.on("request", lambda request: faults.append(request.url) if "127.0.0.1" not in request.url else None)
        yield page
        browser.close()
        assert faults == []
