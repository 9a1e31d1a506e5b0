"""A real server on a disk that fills up: `python -m tests.operations.full_disk_worker FOLDER RELEASES`.

FOLDER is a small file system of its own. Writes one JSON document to standard output: what each request was answered
with while there was room, while there was none, and once there was room again. The server runs all the while.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2

from api.auth import open_local_tokens
from engine import Principal, verify_log
from schemas.policy import AccessTier
from tests.lib.policies import wide_policy
from tests.lib.ports import free_port
from tests.lib.waiting import PATIENCE, until, until_it_answers

METRICS_TOKEN = "a-token-for-metrics-that-is-long-enough"
KEPT = 'cohort "Kept"\nindex first visit where age >= 30\ncount by sex\n'
COST_PROJECT = "full"
LITTLE = (4_096, 40_960, 200_704)
"""Bytes that are left free in turn: each is met by another write."""


def text(age: int) -> str:
    return f'cohort "Adults"\nindex first visit where age >= {age}\ncount by sex\n'


class Disk:
    """A file that takes what is free."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self, *, free: int = 0) -> None:
        """Leave so many bytes, whole pages of them."""
        self.empty()
        page = b"\0" * 4096
        with self._ballast.open("wb", buffering=0) as stream:
            with contextlib.suppress(OSError):
                while stream.write(page):
                    pass
            stream.truncate(max(0, stream.tell() - free) // len(page) * len(page))

    def empty(self) -> None:
        """Leave all of it."""
        self._ballast.unlink(missing_ok=True)


class Asker:
    """Asks the server as a researcher, an operator and the metrics' reader, and says what came of it."""

    def __init__(self, address: str, state: Path) -> None:
        tokens = open_local_tokens(state)
        self._address = address
        self._headers = {
            user: {"authorization": f"Bearer {tokens.issue(principal, hours=1)}"}
            for user in ("researcher", "operator")
            for principal in [Principal(user=user, project=COST_PROJECT, institution="i", tier=AccessTier.REGISTERED)]
        }

    def get(self, path: str, user: str = "researcher") -> httpx2.Response:
        return httpx2.get(f"{self._address}{path}", headers=self._headers[user], timeout=60)

    def metrics(self) -> str:
        headers = {"authorization": f"Bearer {METRICS_TOKEN}"}
        return httpx2.get(f"{self._address}/metrics", headers=headers, timeout=60).text

    def post(self, path: str, body: dict[str, Any]) -> httpx2.Response:
        return httpx2.post(f"{self._address}{path}", json=body, headers=self._headers["researcher"], timeout=60)

    def spent(self) -> int:
        balances = self.get("/v1/budget").json()["remaining_budget"]
        return next(int(each["spent"]) for each in balances if each["account"] == "project")

    def round(self, age: int) -> dict[str, list[Any]]:
        """Everything once, about people of that age and more: status and code."""
        document = {"text": text(age)}
        asked = {
            "count": lambda: self.post("/v1/cohorts/count", document),
            "again": lambda: self.post("/v1/cohorts/count", {"text": KEPT}),
            "breakdown": lambda: self.post("/v1/cohorts/breakdown", document),
            "feasibility": lambda: self.post("/v1/feasibility", document),
            "run": lambda: self.post("/v1/runs", {**document, "parts": [{"kind": "count"}]}),
            "runs": lambda: self.get("/v1/runs"),
            "validate": lambda: self.post("/v1/cohorts/validate", document),
            "policy": lambda: self.get("/v1/policy"),
            "budget": lambda: self.get("/v1/budget"),
            "operations": lambda: self.get("/v1/operations", "operator"),
            "health": lambda: self.get("/health"),
            "ready": lambda: self.get("/ready"),
        }
        return {name: told(ask()) for name, ask in asked.items()}

    def wait_for_run(self, id: str) -> dict[str, Any]:
        def ended() -> dict[str, Any] | None:
            run = dict(self.get(f"/v1/runs/{id}").json())
            return None if run["state"] in ("queued", "running") else run

        return until(ended, every=0.2)


def told(answer: httpx2.Response) -> list[Any]:
    body = answer.json()
    return [answer.status_code, body.get("code"), body.get("detail") or body.get("message") or ""]


@contextlib.contextmanager
def serving(state: Path, releases: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]", Path]]:
    port = free_port()
    token = Path(releases).parent / "metrics-token"
    token.write_text(METRICS_TOKEN)
    token.chmod(0o600)
    environment = {
        **os.environ,
        "KOHORT_RELEASES": releases,
        "KOHORT_STATE": str(state),
        "KOHORT_LOCAL_ISSUER": "true",
        "KOHORT_LOG_JSON": "true",
        "KOHORT_OPERATORS": "operator",
        "KOHORT_POLICY": str(wide_policy(token.parent)),
        "KOHORT_METRICS_TOKEN": str(token),
    }
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    lines = token.with_name("server.log")
    with lines.open("w") as stream, subprocess.Popen(command, env=environment, stdout=stream, stderr=stream) as process:
        until_it_answers(f"{address}/ready", process, log=lines)
        try:
            yield address, process, lines
        finally:
            process.kill()


def main(folder: Path, releases: str) -> None:
    state, disk, report = folder / "state", Disk(folder), dict[str, Any]()
    with serving(state, releases) as (address, process, lines):
        asker = Asker(address, state)
        kept = asker.post("/v1/cohorts/count", {"text": KEPT}).json()
        report["room"] = asker.round(20)
        spent = asker.spent()
        disk.fill()
        report["full"] = asker.round(40)
        report["full_metrics"] = [line for line in asker.metrics().splitlines() if line.startswith("kohort_ready")]
        report["spent_while_full"] = asker.spent() - spent
        disk.empty()
        report["room_again"] = asker.round(40)
        again = asker.post("/v1/cohorts/count", {"text": KEPT}).json()
        report["same"] = [kept["count"] == again["count"], again["charged"]]
        report["little"] = [little(asker, disk, free, 50 + place) for place, free in enumerate(LITTLE)]
        report["run"] = cut_off(asker, disk)
        disk.fill()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)
        report["stopped"] = [process.returncode, "Traceback" in lines.read_text()]
    disk.empty()
    report["findings"] = [finding.message for finding in verify_log(state).findings]
    sys.stdout.write(json.dumps(report))


def little(asker: Asker, disk: Disk, free: int, age: int) -> dict[str, Any]:
    """Ask while little is free, then the same once there is room: what was told, and what all of it cost."""
    before = asker.spent()
    disk.fill(free=free)
    first = asker.post("/v1/cohorts/count", {"text": text(age)})
    ready = told(asker.get("/ready"))
    disk.empty()
    second = asker.post("/v1/cohorts/count", {"text": text(age)})
    return {
        "free": free,
        "first": told(first),
        "ready": ready,
        "second": second.status_code,
        "same": first.status_code != 200 or first.json()["count"] == second.json()["count"],
        "cost": asker.spent() - before,
        "price": max(first.json().get("charged", 0), second.json()["charged"]),
    }


def cut_off(asker: Asker, disk: Disk) -> dict[str, Any]:
    """A run whose disk fills up on its way; then the same run once there is room."""
    body = {"text": text(70), "parts": [{"kind": "count"}, {"kind": "attrition"}, {"kind": "breakdown"}]}
    run = asker.post("/v1/runs", body).json()
    disk.fill()
    time.sleep(4)
    met = asker.get(f"/v1/runs/{run['id']}").json()
    disk.empty()
    ended = asker.wait_for_run(run["id"])
    again = asker.wait_for_run(asker.post("/v1/runs", body).json()["id"])
    return {
        "met": [met.get("state"), [step["state"] for step in met.get("steps", [])]],
        "ended": [ended["state"], [step["state"] for step in ended["steps"]]],
        "again": [again["state"], [step["state"] for step in again["steps"]]],
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
