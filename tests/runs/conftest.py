"""The servers of tests/api, asked in one event loop: what a request begins goes on after it."""

from collections.abc import Iterator
from functools import partial

import pytest
from starlette.testclient import TestClient

from api.auth import LocalTokens
from api.settings import ServerSettings
from engine import Principal
from schemas.policy import AccessTier
from tests.api.conftest import SignIn, internal_server, server, settings, tokens
from tests.lib.servers import application

__all__ = ["internal_server", "server", "settings", "tokens"]


@pytest.fixture
def sign_in(server: TestClient, tokens: LocalTokens) -> SignIn:
    """A client with a token: `sign_in(tier, project, user)`."""
    return partial(signed_in, server, tokens)


def signed_in(
    server: TestClient,
    tokens: LocalTokens,
    tier: AccessTier = AccessTier.REGISTERED,
    project: str = "runs",
    user: str = "ann",
) -> TestClient:
    principal = Principal(user=user, project=project, institution=f"institute of {project}", tier=tier)
    headers = {"authorization": f"Bearer {tokens.issue(principal, hours=1)}"}
    client = TestClient(server.app, headers=headers, raise_server_exceptions=False)
    client.portal = server.portal
    return client


@pytest.fixture(scope="session")
def punctual(settings: ServerSettings) -> Iterator[TestClient]:
    """A server over the same release that holds answers back until their deadline, of one second for quick ones."""
    with TestClient(application(settings.model_copy(update={"fixed_deadlines": True}))) as client:
        yield client


@pytest.fixture
def sign_in_there(punctual: TestClient, tokens: LocalTokens) -> SignIn:
    """The same at the punctual server."""
    return partial(signed_in, punctual, tokens)
