"""A real server that is killed in the middle of a run, or told to stop, and started again on the same state.

Nothing is asked of the process that dies: SIGKILL leaves it no moment to write anything down. What each of these runs
left is compared with the same run of a project whose server lived.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from api.auth import open_local_tokens
from api.settings import ServerSettings
from engine import Principal, verify_log
from schemas.policy import AccessTier
from tests.lib.policies import wide_policy
from tests.lib.ports import free_port
from tests.lib.waiting import PATIENCE, until_it_answers

PARTS: Final = [{"kind": "count"}, {"kind": "attrition"}, {"kind": "breakdown", "by": ["sex"]}]
MOMENTS: Final = ((0, 0.02), (0, 0.5), (0, 0.97), (1, 0.0), (1, 0.5), (2, 0.2))
"""After how many answers, and how many seconds after the last of them, the server is killed: as the run begins, while a
question is computed, while it waits for its time, which is a second after it began, and as it is given."""
LIVED: Final = "lived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A researcher of one project at a server."""

    address: str
    headers: dict[str, str]

    def get(self, path: str) -> Any:
        return httpx2.get(f"{self.address}{path}", headers=self.headers, timeout=PATIENCE).json()

    def start(self, age: int) -> str:
        """A run's id; of each age it is another question."""
        text = f'cohort "Adults"\nindex first visit where age >= {age}\ninclude "w" when sex is female\n'
        body = {"text": text, "parts": PARTS}
        reply = httpx2.post(f"{self.address}/v1/runs", json=body, headers=self.headers, timeout=PATIENCE)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    def until(self, id: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """A run once something is so of it."""
        give_up = time.monotonic() + PATIENCE
        while not is_so(run := self.get(f"/v1/runs/{id}")):
            assert time.monotonic() < give_up, run
            time.sleep(0.01)
        return dict(run)

    def ended(self, id: str) -> dict[str, Any]:
        """A run that is no longer under way."""
        return self.until(id, lambda run: run["state"] not in ("queued", "running"))

    def spent(self) -> int:
        """Nano-rho that the project's account has paid."""
        balances = self.get("/v1/budget")["remaining_budget"]
        return next(int(each["spent"]) for each in balances if each["account"] == "project")


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """A run that a kill cut off after so many answers: what its asker finds after the restart, what asking again gives,
    and what was paid."""

    answered: int
    found: dict[str, Any]
    listed: dict[str, Any]
    paid: int
    again: dict[str, Any]
    paid_in_all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deaths:
    """All of them, the same run where the server lived, what it cost there, and the state that they left."""

    lived: dict[str, Any]
    price: int
    deaths: list[Death]
    state: Path


@pytest.fixture(scope="module")
def deaths(settings: ServerSettings, tmp_path_factory: pytest.TempPathFactory) -> Deaths:
    """A server that is killed and started again once a moment; each time another project asks."""
    root = tmp_path_factory.mktemp("killed")
    state, port = root / "state", free_port()
    environment = surroundings(settings, root)
    with serving(environment, port):
        asker = researcher(state, port, LIVED)
        lived = asker.ended(asker.start(30))
        price = asker.spent()
    cut_off = list[tuple[Asker, str, int]]()
    for place, (answered, seconds) in enumerate(MOMENTS):
        with serving(environment, port) as process:
            asker = researcher(state, port, f"killed-{place}")
            id = asker.start(30)
            cut_off.append((asker, id, answered))
            asker.until(id, lambda run, least=answered: answers_of(run) >= least)
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
    with serving(environment, port):
        return Deaths(lived=lived, price=price, deaths=[asked_again(*each) for each in cut_off], state=state)


def surroundings(settings: ServerSettings, root: Path) -> dict[str, str]:
    """The environment of a server whose state lies in `root`."""
    return {
        **os.environ,
        "KOHORT_RELEASES": str(settings.releases),
        "KOHORT_STATE": str(root / "state"),
        "KOHORT_LOCAL_ISSUER": "true",
        "KOHORT_POLICY": str(wide_policy(root)),
    }


def asked_again(asker: Asker, id: str, answered: int) -> Death:
    """Look at what is left of a run, and ask the same once more."""
    found, listed, paid = asker.get(f"/v1/runs/{id}"), asker.get("/v1/runs")["runs"][0], asker.spent()
    again = asker.ended(asker.start(30))
    return Death(answered=answered, found=found, listed=listed, paid=paid, again=again, paid_in_all=asker.spent())


def researcher(state: Path, port: int, project: str) -> Asker:
    principal = Principal(
        user=f"user-of-{project}", project=project, institution=f"of-{project}", tier=AccessTier.REGISTERED
    )
    token = open_local_tokens(state).issue(principal, hours=1)
    return Asker(address=f"http://127.0.0.1:{port}", headers={"authorization": f"Bearer {token}"})


@contextmanager
def serving(environment: dict[str, str], port: int) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until_it_answers(f"http://127.0.0.1:{port}/ready", process)
            yield process
        finally:
            process.terminate()


def test_a_run_that_was_under_way_is_there_and_said_to_be_interrupted(deaths: Deaths) -> None:
    for each in deaths.deaths:
        assert (each.found["state"], each.listed["state"]) == ("interrupted", "interrupted")
        assert each.found["id"] == each.listed["id"]
        states = [step["state"] for step in each.found["steps"]]
        assert states == sorted(states)  # what was answered first, then what was interrupted
        assert set(states) <= {"answered", "interrupted"}
        assert answers_of(each.found) >= each.answered


def test_what_had_been_told_is_kept_and_is_told_again_for_nothing(deaths: Deaths) -> None:
    for each in deaths.deaths:
        for before, after, lived in zip(each.found["steps"], each.again["steps"], deaths.lived["steps"], strict=True):
            assert numbers(after) == numbers(lived)
            if before["state"] == "answered":
                assert numbers(before) == numbers(after)
                assert after["answer"]["charged"] == 0


def test_asking_again_ends_and_all_of_it_costs_what_it_costs_once(deaths: Deaths) -> None:
    assert deaths.price == deaths.lived["charged"] > 0
    for each in deaths.deaths:
        assert (each.again["state"], {step["state"] for step in each.again["steps"]}) == ("done", {"answered"})
        assert each.paid_in_all == deaths.price
        assert each.paid + each.again["charged"] == deaths.price
        assert each.found["charged"] <= each.paid  # what was paid and not told yet is paid all the same


def test_the_log_is_whole_after_every_death(deaths: Deaths) -> None:
    assert [finding.message for finding in verify_log(deaths.state).findings] == []


def test_a_server_that_is_told_to_stop_finishes_the_question_of_a_run_and_says_so_meanwhile(
    settings: ServerSettings, tmp_path: Path
) -> None:
    """No request is under way, and the server is there all the same until the question is answered."""
    environment, port = surroundings(settings, tmp_path), free_port()
    with serving(environment, port) as process:
        asker = researcher(tmp_path / "state", port, "stopped")
        id = asker.start(30)
        asker.until(id, lambda run: answers_of(run) == 1 and run["state"] == "running")
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        assert asker.get(f"/v1/runs/{id}")["code"] == "server-stopping"
        assert process.wait(timeout=PATIENCE) == 0
    with serving(environment, port):
        found = asker.get(f"/v1/runs/{id}")
        assert [step["state"] for step in found["steps"]] == ["answered", "answered", "interrupted"]
        assert asker.spent() == found["charged"]


def answers_of(run: dict[str, Any]) -> int:
    return [step["state"] for step in run["steps"]].count("answered")


def numbers(step: dict[str, Any]) -> object:
    """What a step tells of people."""
    answer = step["answer"] or {}
    return [answer.get(part) for part in ("count", "steps", "cells", "shares", "total")]
