"""Researchers who ask, think, change a criterion and ask again, all at once over HTTP."""

import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import httpx2

NO_ANSWER = 0
"""Status of a request that was not answered."""

_PATIENCE = 60.0
"""Seconds that a client waits."""

_SHORTEST_YEAR, _LONGEST_YEAR = 1990, 2024


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: the question it is an edit of, when it was sent (monotonic clock), seconds until its answer, status,
    and the bytes of a refusal."""

    project: str
    sent: float
    seconds: float
    status: int
    question: int = 0
    refusal: bytes = b""

    @property
    def code(self) -> str:
        """Of a refusal; empty of an answer."""
        if not self.refusal:
            return ""
        try:
            body = json.loads(self.refusal)
        except ValueError:
            return "not JSON"
        return str(body.get("code") or next(iter(body.get("errors", ())), {}).get("code", "no code"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Researcher:
    """Who asks: a token, the project it is for, and the texts they work on."""

    token: str
    project: str
    texts: Sequence[str]
    seed: int


Note = Callable[[Asked], None]
"""What is done with each request that has come to its end."""


async def work(
    address: str, researchers: Sequence[Researcher], *, seconds: float, think: tuple[float, float], note: Note
) -> None:
    """Every researcher for so long, with a random time to think (seconds, from and to) before each question."""
    async with connected(address, len(researchers)) as client:
        until = time.monotonic() + seconds
        await asyncio.gather(*(_work(client, researcher, until, think, note) for researcher in researchers))


def connected(address: str, most: int) -> httpx2.AsyncClient:
    """A client of the server for so many requests at once."""
    limits = httpx2.Limits(max_connections=most + 1)
    return httpx2.AsyncClient(base_url=address, timeout=_PATIENCE, limits=limits)


async def _work(
    client: httpx2.AsyncClient, researcher: Researcher, until: float, think: tuple[float, float], note: Note
) -> None:
    chance = random.Random(researcher.seed)
    question = chance.randrange(len(researcher.texts))
    pause = chance.uniform(0, think[1])  # so that not all begin at once
    while time.monotonic() + pause < until:
        await asyncio.sleep(pause)
        if chance.random() < 0.3:  # turns to another question; otherwise edits the one before
            question = chance.randrange(len(researcher.texts))
        asked = await ask(client, researcher, edited(researcher.texts[question], chance))
        note(replace(asked, question=question))
        pause = chance.uniform(*think)


async def ask(client: httpx2.AsyncClient, researcher: Researcher, text: str) -> Asked:
    """One count; its status is `NO_ANSWER` where the client waited in vain."""
    sent = time.monotonic()
    try:
        answer = await client.post(
            "/v1/cohorts/count",
            json={"text": text, "precision": "coarse"},
            headers={"Authorization": f"Bearer {researcher.token}"},
        )
    except httpx2.TransportError:
        return Asked(project=researcher.project, sent=sent, seconds=time.monotonic() - sent, status=NO_ANSWER)
    return Asked(
        project=researcher.project,
        sent=sent,
        seconds=time.monotonic() - sent,
        status=answer.status_code,
        refusal=b"" if answer.is_success else answer.content,
    )


def edited(text: str, chance: random.Random) -> str:
    """The question with one more criterion, as good as never asked before."""
    first, last = sorted(chance.sample(range(_SHORTEST_YEAR, _LONGEST_YEAR), 2))
    born = chance.randrange(1930, 1990)
    extra = f'include "edited" when birth year >= {born} and index date in {first}-01-01..{last}-12-31\n'
    where = text.find("\ncount by")
    for statement in ("\nkeep ", "\nend ", "\njoin ", "\ncount by"):
        place = text.find(statement)
        if place >= 0:
            where = place if where < 0 else min(where, place)
    return text + extra if where < 0 else f"{text[: where + 1]}{extra}{text[where + 1 :]}"
