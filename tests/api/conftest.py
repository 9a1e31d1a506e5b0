"""A small synthetic release, and servers over it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from api.auth import LocalTokens, open_local_tokens
from api.listener import REASON_HEADER, Listener
from api.settings import ServerSettings
from engine import Principal
from schemas.policy import AccessTier
from tests.lib.once import synthetic_releases
from tests.lib.servers import application

PERSONS = 2_000


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> ServerSettings:
    """A server over 2,000 synthetic persons that answers as soon as it can."""
    root = tmp_path_factory.mktemp("server")
    synthetic_releases(tmp_path_factory, root / "releases", persons=PERSONS)
    return ServerSettings(releases=root / "releases", state=root / "state", fixed_deadlines=False)


@pytest.fixture(scope="session")
def tokens(settings: ServerSettings) -> LocalTokens:
    return open_local_tokens(settings.state)


@pytest.fixture(scope="session")
def server(settings: ServerSettings) -> Iterator[TestClient]:
    """The server, without a token."""
    with TestClient(application(settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def internal_server(settings: ServerSettings) -> Iterator[TestClient]:
    """The server of the trusted environment over the same release and state, without a token."""
    inside = settings.model_copy(update={"reviewers": "reviewer other-reviewer"})
    with TestClient(application(inside, listener=Listener.INTERNAL), raise_server_exceptions=False) as client:
        yield client


SignIn = Callable[..., TestClient]
REASON = "a test of exact numbers"


@pytest.fixture
def sign_in(server: TestClient, internal_server: TestClient, tokens: LocalTokens) -> SignIn:
    """A client with a token of the server for its tier: `sign_in(tier, project)`; staff say why they ask."""

    def client(tier: AccessTier = AccessTier.REGISTERED, project: str = "project", user: str = "user") -> TestClient:
        principal = Principal(user=user, project=project, institution=f"institute of {project}", tier=tier)
        headers = {"authorization": f"Bearer {tokens.issue(principal, hours=1)}"}
        if tier is AccessTier.INTERNAL:
            headers[REASON_HEADER] = quote(REASON)
            return TestClient(internal_server.app, headers=headers, raise_server_exceptions=False)
        return TestClient(server.app, headers=headers, raise_server_exceptions=False)

    return client


@pytest.fixture
def researcher(sign_in: SignIn) -> TestClient:
    """A registered researcher."""
    return sign_in()


@pytest.fixture
def steward(sign_in: SignIn) -> TestClient:
    """Somebody inside the trusted environment."""
    return sign_in(AccessTier.INTERNAL, "internal")


ADULTS = 'cohort "Adults"\nindex first visit where age >= 20\ncount by sex\n'


def example_path() -> Path:
    return Path(__file__).parents[2] / "examples"
