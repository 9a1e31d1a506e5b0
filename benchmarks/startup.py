"""From `kohort` to an answer: seconds until help is shown, until a server is ready, and of its first ten answers.

    python -m benchmarks.startup [--releases FOLDER --release ID] [--persons 20000]

Everything is a process of its own, asked over HTTP by another one. Each of the ten questions has the same form and was
never asked before; the fixed answering deadline is off. A server is ready when `/health` answers; nothing is compiled
after that. The questions differ in one number, so later ones find most of the first one's work kept; a second server
keeps nothing, and so tells what being the first costs by itself. Without `--releases` a synthetic release is made
first, and the kernels' cache is what is left from that.
"""

import argparse
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from api.auth import open_local_tokens
from engine import Principal, open_release, synthesize
from schemas.policy import AccessTier

TEXT = """
cohort "Statin starters with diabetes, by genotype and smoking"
let diabetes = concept 201826 with descendants
let statins = code ATC:"C10AA" with descendants
let hba1c = code LOINC:"4548-4"
index first ever drug in statins where age >= 40 and date in 2015-01-01..2024-12-31 observed 365 days before
include "diabetes" when any condition in diabetes on or before index
include "measured" when at least 2 distinct dates of measurement in hba1c where value > 5.5 within {days} days of index
exclude "cancer" when any condition in (concept 443392 with descendants) before index
include "carrier" when carries variant in gene (PCSK9, LDLR, APOE) where external af < 20%
exclude "smoker" when survey smoking.status is "current"
"""
TURNS = 10
_MOST_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Seconds: of `kohort --help`, of opening the release's files, from start to ready, and of each answer."""

    persons: int
    help: float
    opened: float
    ready: float
    answers: tuple[float, ...]
    unkept: tuple[float, ...]
    """Of a server that keeps nothing of questions."""


def run(releases: Path, release_id: str) -> Figures:
    """Measure with a published release."""
    start = time.perf_counter()
    release = open_release(releases, release_id)
    opened = time.perf_counter() - start
    ready, answers = _answered(releases, release_id, {})
    _, unkept = _answered(releases, release_id, {"KOHORT_KEPT_BYTES": "0"})
    return Figures(persons=release.persons, help=_help(), opened=opened, ready=ready, answers=answers, unkept=unkept)


def _answered(releases: Path, release_id: str, settings: Mapping[str, str]) -> tuple[float, tuple[float, ...]]:
    """Seconds until a new server is ready, and of its first answers."""
    with tempfile.TemporaryDirectory() as state:
        start = time.perf_counter()
        with _serving(releases, release_id, Path(state), settings) as address:
            ready = time.perf_counter() - start
            return ready, tuple(_ask(address, Path(state), number) for number in range(TURNS))


def _help() -> float:
    """The median of five."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "api", "--help"], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


@contextmanager
def _serving(releases: Path, release_id: str, state: Path, settings: Mapping[str, str]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "api", "serve", "--port", str(port), "--local-issuer"]
    command += ["--releases", str(releases), "--release", release_id, "--state", str(state)]
    environment = {**os.environ, "KOHORT_FIXED_DEADLINES": "false", **settings}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            yield _ready(f"http://127.0.0.1:{port}", process)
        finally:
            process.send_signal(signal.SIGINT)


def _ready(address: str, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + _MOST_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            if httpx2.get(f"{address}/health").status_code == 200:
                return address
        except httpx2.TransportError:
            time.sleep(0.02)
    raise SystemExit("the server did not start")


def _ask(address: str, state: Path, number: int) -> float:
    """Seconds of one count; the token and the connection are made before."""
    principal = Principal(user="u", project=f"p{number}", institution="i", tier=AccessTier.CONTROLLED)
    token = open_local_tokens(state).issue(principal, hours=1)
    body = {"text": TEXT.format(days=1_000 + number), "precision": "coarse"}
    with httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=_MOST_SECONDS) as client:
        client.get("/health")
        start = time.perf_counter()
        client.post("/v1/cohorts/count", json=body).raise_for_status()
        return time.perf_counter() - start


def show(found: Figures) -> None:
    """Print the figures."""
    print(f"{found.persons:,} people: help {found.help:.2f} s, files opened {found.opened:.2f} s, "
          f"ready {found.ready:.1f} s")  # fmt: skip
    for what, answers in (("answers", found.answers), ("answers, nothing kept", found.unkept)):
        print(f"{what}, ms: " + " ".join(f"{1000 * seconds:.0f}" for seconds in answers))
        rest = statistics.median(answers[1:])
        print(
            f"  first / tenth: {answers[0] / answers[-1]:.2f}x, first / median of the others {answers[0] / rest:.2f}x"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--releases", type=Path)
    parser.add_argument("--release", default="bench")
    parser.add_argument("--persons", type=int, default=20_000)
    asked = parser.parse_args()
    if asked.releases is not None:
        show(run(asked.releases, asked.release))
        return
    with tempfile.TemporaryDirectory() as folder:
        synthesize(Path(folder), "bench", persons=asked.persons, seed=1, progress=lambda _step, _share: None)
        show(run(Path(folder), "bench"))


if __name__ == "__main__":
    main()
