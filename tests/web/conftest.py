"""A real server and a real Chromium; skipped with a message where there is none."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from api.auth import open_local_tokens
from engine import Principal
from schemas.policy import AccessTier
from tests.lib.once import synthetic_releases
from tests.web.chromium import ABSENT, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


PATIENCE = 30_000
"""Milliseconds that a page is waited for: what is slow on a busy machine is no fault."""


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium."""
    found = find_chromium()
    if found is None:
        pytest.skip(ABSENT)
    return found


@pytest.fixture(scope="session")
def site_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server's releases and state lie. The release is of 2,000 synthetic persons."""
    root = tmp_path_factory.mktemp("site")
    synthetic_releases(tmp_path_factory, root / "releases", persons=2_000)
    return root


@pytest.fixture(scope="session")
def site(site_root: Path) -> Iterator[tuple[str, str]]:
    """Address of a server over the synthetic release, and a registered researcher's token."""
    me = Principal(user="me", project="browser", institution="here", tier=AccessTier.REGISTERED)
    token = open_local_tokens(site_root / "state").issue(me, hours=1)
    with serving(site_root, fixed_deadlines=False) as address:
        yield address, token


@contextmanager
def serving(root: Path, *, fixed_deadlines: bool, policy: Path | None = None, port: int | None = None) -> Iterator[str]:
    """A server of its own process over the release and state in `root`; its address. Without `policy`, with wide rates."""
    port = port or free_port()
    environment = {
        **os.environ,
        "KOHORT_OPERATORS": "operator",
        "KOHORT_RELEASES": str(root / "releases"),
        "KOHORT_STATE": str(root / "state"),
        "KOHORT_FIXED_DEADLINES": str(fixed_deadlines).lower(),
        **({"KOHORT_POLICY": str(policy)} if policy else {}),
    }
    with subprocess.Popen([sys.executable, "-m", "api", "serve", "--port", str(port)], env=environment) as process:
        try:
            yield _wait(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def _wait(address: str) -> str:
    for _ in range(1_800):  # a busy machine takes its time to import everything
        try:
            if httpx2.get(f"{address}/health").status_code == 200:
                return address
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator["Browser"]:
    """One Chromium for all tests; each has a context, and so storage and cookies, of its own."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    playwright.expect.set_options(timeout=PATIENCE)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """A page that must not log an error of its own and must not ask anybody but the server."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    page.on("request", lambda request: faults.append(request.url) if _is_foreign(request.url) else None)
    yield page
    context.close()
    assert faults == []


def _is_foreign(url: str) -> bool:
    return "127.0.0.1" not in url and not url.startswith("data:")
