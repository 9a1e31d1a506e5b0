"""The server as operators start it, in a process of its own, and many callers who ask it at once."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from api.auth import LocalTokens, open_local_tokens
from engine import Principal
from schemas.policy import AccessTier
from tests.lib.ports import free_port
from tests.lib.waiting import until_it_answers

ROOT = Path(__file__).parents[3]
_ANSWER_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Served:
    """A running server, and the key that its tokens are made with."""

    address: str
    tokens: LocalTokens

    def headers(self, who: str) -> dict[str, str]:
        """Of requests of a user whose project and institution have the same name."""
        principal = Principal(user=who, project=who, institution=who, tier=AccessTier.CONTROLLED)
        token = self.tokens.issue(principal, hours=12)
        return {"authorization": f"Bearer {token}", "content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who asks one server for counts, one after another."""

    server: Served
    who: str
    bodies: Sequence[bytes]


def times(callers: Sequence[Caller], *, at_once: int, pause: float = 0.0) -> list[list[float]]:
    """Milliseconds of each answer of each caller. At most `at_once` questions are open at a time, and those of one caller
    begin at least `pause` seconds apart; each has a connection that is opened beforehand."""
    return asyncio.run(_times(callers, asyncio.Semaphore(at_once), pause))


async def _times(callers: Sequence[Caller], places: asyncio.Semaphore, pause: float) -> list[list[float]]:
    async with asyncio.TaskGroup() as group:
        asking = [
            group.create_task(_ask_in_turn(caller, places, pause, pause * number / len(callers)))
            for number, caller in enumerate(callers)
        ]
    return [task.result() for task in asking]


async def _ask_in_turn(caller: Caller, places: asyncio.Semaphore, pause: float, after: float) -> list[float]:
    taken: list[float] = []
    headers = caller.server.headers(caller.who)
    async with httpx2.AsyncClient(base_url=caller.server.address, timeout=_ANSWER_SECONDS) as client:
        await asyncio.sleep(after)
        await client.get("/health")
        for body in caller.bodies:
            async with places:
                began = time.perf_counter()
                reply = await client.post("/v1/cohorts/count", content=body, headers=headers)
                seconds = time.perf_counter() - began
            assert reply.status_code == httpx2.codes.OK, reply.text
            taken.append(1000 * seconds)
            await asyncio.sleep(max(0.0, pause - seconds))
    return taken


@contextmanager
def served(releases: Path, release_id: str, state: Path, **settings: str) -> Iterator[Served]:
    """`kohort serve` over a release, with its policy, ledger and deadlines; `settings` as of its environment, without
    `KOHORT_`."""
    port = free_port()
    chosen = {"releases": str(releases), "state": str(state), "release_id": release_id, "local_issuer": "true"}
    environment = {f"KOHORT_{name.upper()}": value for name, value in (chosen | settings).items()}
    command = [sys.executable, "-m", "api", "serve", "--port", str(port), "--release", release_id, "--local-issuer"]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL) as process:
        try:
            until_it_answers(f"http://127.0.0.1:{port}/health", process)
            yield Served(f"http://127.0.0.1:{port}", open_local_tokens(state))
        finally:
            process.terminate()
