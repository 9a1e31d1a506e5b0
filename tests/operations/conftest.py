"""A server with a committee and an operator, over the small release of the API's tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.auth import LocalTokens
from api.settings import ServerSettings
from engine import Principal
from schemas.policy import AccessTier
from tests.api.conftest import settings, tokens
from tests.lib.servers import application

__all__ = ["settings", "tokens"]

TOKEN = "a-token-for-metrics-that-is-long-enough"
As = Callable[..., TestClient]


@pytest.fixture(scope="module")
def watched(settings: ServerSettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The server; whoever asks it has no token yet."""
    path: Path = tmp_path_factory.mktemp("metrics") / "token"
    path.write_text(f"{TOKEN}\n")
    changed = {"committee": "member other", "operators": "operator", "metrics_token": path}
    with TestClient(application(settings.model_copy(update=changed)), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def as_user(watched: TestClient, tokens: LocalTokens) -> As:
    """A client with a token of a user."""

    def client(user: str, project: str = "watched", tier: AccessTier = AccessTier.REGISTERED) -> TestClient:
        principal = Principal(user=user, project=project, institution="institute", tier=tier)
        headers = {"authorization": f"Bearer {tokens.issue(principal, hours=1)}"}
        return TestClient(watched.app, headers=headers, raise_server_exceptions=False)

    return client
