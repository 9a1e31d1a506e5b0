"""The service as callers meet it: over HTTP, with a token for whoever asks."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from api.auth import LocalTokens, open_local_tokens
from api.settings import ServerSettings
from engine import Principal
from schemas.policy import AccessTier
from tests.lib.servers import application

_NOISY = re.compile(
    r'\{"less_than":\d+\}|\{"value":\d+,"margin":\d+\}|'
    r'\{"value":[0-9.e-]+,"low":[0-9.e-]+,"high":[0-9.e-]+\}|\{"at_least":[0-9.e-]+,"at_most":[0-9.e-]+\}'
)
_OF_THE_MOMENT = frozenset({"date", "x-request-id"})


@dataclass(frozen=True, slots=True)
class Reply:
    """All that a caller can see but the time."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def decision(self) -> tuple[int, str]:
        """Answered or refused, and why."""
        body = json.loads(self.body) if self.body else {}
        return self.status, str(body.get("code", "")) if isinstance(body, dict) else ""

    def without_noise(self) -> tuple[int, dict[str, str], str]:
        """Everything but the numbers that carry noise, shown or hidden by it, and the length that follows from them."""
        headers = {name: value for name, value in self.headers.items() if name != "content-length"}
        return self.status, headers, _NOISY.sub("#", self.body.decode())


@dataclass(slots=True)
class Server:
    """A running application."""

    client: TestClient
    tokens: LocalTokens

    def ask(
        self, path: str, body: object = None, *, who: str = "one", tier: AccessTier = AccessTier.CONTROLLED
    ) -> Reply:
        """A request of a project of that name: `body` as JSON, bytes as they are, absent for GET."""
        principal = Principal(user=who, project=who, institution=who, tier=tier)
        headers = {"authorization": f"Bearer {self.tokens.issue(principal, hours=1)}"}
        if body is None:
            reply = self.client.get(path, headers=headers)
        else:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            reply = self.client.post(path, content=content, headers={**headers, "content-type": "application/json"})
        seen = {name: value for name, value in reply.headers.items() if name.lower() not in _OF_THE_MOMENT}
        return Reply(reply.status_code, seen, reply.content)


@contextmanager
def server_over(releases: Path, release_id: str, state: Path, **settings: Any) -> Iterator[Server]:
    """The application over a release; `settings` as of `ServerSettings`, answering as soon as it can unless they say
    otherwise."""
    chosen = ServerSettings(
        **{
            "releases": releases,
            "state": state,
            "release_id": release_id,
            "local_issuer": True,
            "fixed_deadlines": False,
            **settings,
        }
    )
    with TestClient(application(chosen), raise_server_exceptions=False) as client:
        yield Server(client, open_local_tokens(state))
