"""How soon the pages of numbers are painted in the system's Chromium: `python -m tests.web.paint` prints a table.

Each page is opened several times by a browser that has kept nothing. A page comes whole, with its numbers, and no
script draws any of it, so the first paint with content is the first useful one. Without arguments a synthetic release
is made, published and served; `--cubes FOLDER` takes the published pages of a cube that there is.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from api.auth import open_local_tokens
from engine import EngineSettings, Principal, build_cube, synthesize
from schemas.policy import DEFAULT_POLICY, AccessTier
from tests.lib.policies import wide_policy
from tests.web.chromium import ABSENT, find_chromium
from tests.web.conftest import _FLAGS, PATIENCE, _wait, serving

PERSONS: Final = 20_000
TIMES: Final = 7
PUBLISHED: Final = (
    "/public",
    "/public/list?family=conditions",
    "/public/list?family=conditions&measure=share",
    "/public/list?family=survey",
    "/public/category?family=conditions&code=I10",
    "/public/category?family=conditions&code=I10&view=region",
    "/public/category?family=conditions&code=I10&view=year",
    "/public/category?family=resource&code=everybody&view=race",
    "/public/variants",
)
BOARDS: Final = (
    "people",
    "conditions",
    "drugs",
    "measurements",
    "procedures",
    "visits",
    "observations",
    "devices",
    "deaths",
    "survey",
    "genotypes",
)
_TIMES: Final = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return paint ? [page.responseEnd, paint.startTime, page.decodedBodySize] : null;
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """Milliseconds from the click to the whole answer and to the paint, and the size of the page in bytes."""

    answered: float
    painted: float
    size: int


def paint(browser: Browser, address: str, token: str | None) -> Painted:
    """Open a page in a browser that has kept nothing but, with a token, who is signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
    if token is not None:
        cookie = {"name": "kohort-dashboards", "value": token, "domain": "127.0.0.1", "path": "/dashboards"}
        context.add_cookies([cookie])
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(f"() => ({_TIMES})() !== null", timeout=PATIENCE)
    answered, painted, size = page.evaluate(_TIMES)
    context.close()
    return Painted(answered=answered, painted=painted, size=size)


def measure(browser: Browser, address: str, pages: tuple[str, ...], token: str | None = None) -> None:
    """Print a row a page; the first time, which may load modules, is not counted."""
    for path in pages:
        paint(browser, address + path, token)
        found = [paint(browser, address + path, token) for _ in range(TIMES)]
        middle = (f"{median(getattr(each, name) for each in found):,.0f}" for name in ("answered", "painted"))
        worst = f"{max(each.painted for each in found):,.0f}"
        _say(f"| `{path}` | {found[0].size / 1000:,.0f} kB | {' | '.join(middle)} | {worst} |")


@contextmanager
def publishing(cubes: Path) -> Iterator[str]:
    """A public process over a folder of cubes; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "api.published", "--cubes", str(cubes), "--port", str(port)]
    with tempfile.TemporaryDirectory() as place:
        words += ["--policy", str(wide_policy(Path(place)))]
        with subprocess.Popen(words, env=dict(os.environ)) as process:
            yield _wait(f"http://127.0.0.1:{port}")
            process.terminate()


def _measure_all(browser: Browser) -> None:
    """The published pages and the dashboards of a synthetic release."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        synthesize(root / "releases", "paint", persons=PERSONS, seed=7, progress=lambda step, share: None)
        me = Principal(user="me", project="paint", institution="here", tier=AccessTier.CONTROLLED)
        token = open_local_tokens(root / "state").issue(me, hours=1)
        settings = EngineSettings(releases=root / "releases", state=root / "state")
        build_cube(settings, DEFAULT_POLICY, root / "state" / "cubes", user="me", progress=lambda step, share: None)
        os.environ["KOHORT_LOCAL_ISSUER"] = "true"
        with serving(root, fixed_deadlines=False, policy=wide_policy(root)) as address:
            measure(browser, address, PUBLISHED)
            measure(browser, address, tuple(f"/dashboards?board={board}" for board in BOARDS), token)


def _say(row: str) -> None:
    sys.stdout.write(f"{row}\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.web.paint", description=__doc__)
    parser.add_argument("--cubes", type=Path, help="folder of cubes that were published")
    cubes = parser.parse_args(arguments).cubes
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(ABSENT)
    _say("| page | size | answered, ms | painted, ms | slowest |\n|---|---|---|---|---|")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=_FLAGS)
        if cubes is None:
            _measure_all(browser)
        else:
            with publishing(cubes) as address:
                measure(browser, address, PUBLISHED)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
