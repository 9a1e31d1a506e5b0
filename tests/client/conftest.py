"""The servers of tests/api, and one that listens on a port."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn

from api.auth import LocalTokens
from api.client import Client, Retries
from api.settings import ServerSettings
from engine import Principal
from schemas.policy import AccessTier
from tests.api.conftest import internal_server, researcher, server, settings, sign_in, tokens
from tests.lib.servers import application

__all__ = ["internal_server", "researcher", "server", "settings", "sign_in", "tokens"]

Connect = Callable[..., Client]


@pytest.fixture(scope="session")
def address(settings: ServerSettings) -> Iterator[str]:
    """Of a real server over the small release."""
    config = uvicorn.Config(application(settings), port=0, log_level="error", lifespan="on")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}"
    running.should_exit = True
    thread.join(timeout=20)


@pytest.fixture(scope="session")
def token(tokens: LocalTokens) -> Callable[..., str]:
    """A token: `token(tier, project)`."""

    def issue(tier: AccessTier = AccessTier.CONTROLLED, project: str = "client") -> str:
        who = Principal(user=f"user of {project}", project=project, institution=f"institute of {project}", tier=tier)
        return tokens.issue(who, hours=1)

    return issue


@pytest.fixture
def connect(address: str, token: Callable[..., str]) -> Iterator[Connect]:
    """A client of the real server: `connect(tier, project)`."""
    opened: list[Client] = []

    def made(tier: AccessTier = AccessTier.CONTROLLED, project: str = "client", **more: object) -> Client:
        client = Client(address, token(tier, project), retries=Retries(most=2, longest=10), **more)
        opened.append(client)
        return client

    yield made
    for client in opened:
        client.close()
