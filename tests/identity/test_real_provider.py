"""Tokens and visas of a real, certified OpenID provider: `make oidc-test`.

The provider runs as a process on this machine. People sign in through its own forms (authorization code flow, PKCE),
and its tokens are verified with the keys it publishes, fetched over HTTP.
"""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.auth import ProjectRefused, TokenRefused
from api.identity.opening import open_provider_tokens
from api.identity.verifier import AccessNotGranted, ProviderTokens
from api.settings import ServerSettings
from engine import synthesize
from schemas.policy import AccessTier
from tests.identity.login import Provider, install
from tests.identity.world import APPROVED, AUDIENCE, COMMITTEE, LOGIN, PEOPLE, RULES, VISAS
from tests.lib.ports import free_port

pytestmark = pytest.mark.oidc


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    folder = install(tmp_path_factory.mktemp("provider"))
    provider = Provider(folder, free_port())
    with provider.running():
        yield provider


class Clock:
    """Time that a test can move on, beside the provider's own."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rules(tmp_path: Path, provider: Provider) -> Path:
    return write_rules(tmp_path, provider)


def write_rules(folder: Path, provider: Provider) -> Path:
    """The rules of the other tests, with this provider for the login service and for the issuer of all visas."""
    text = RULES.replace(f'"{LOGIN}/keys"', f'"{provider.issuer}/jwks"').replace(LOGIN, provider.issuer)
    text = text.replace(VISAS, provider.visa_issuer).replace(
        '"LinkedIdentities"', '"LinkedIdentities", "ControlledAccessGrants"'
    )
    text = text.replace(f'committees = ["{COMMITTEE}"]', f'committees = ["{provider.visa_issuer}"]')
    (folder / "people.toml").write_text(PEOPLE.replace(LOGIN, provider.issuer))
    path = folder / "identity.toml"
    path.write_text(text)
    return path


@pytest.fixture
def verifier(rules: Path, clock: Clock) -> ProviderTokens:
    return open_provider_tokens(rules, clock=clock, cache_clock=clock)


def parts(token: str) -> tuple[dict[str, object], dict[str, object]]:
    header, claims, _ = token.split(".")
    return tuple(json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, claims))  # type: ignore[return-value]


def test_the_configuration_is_what_the_provider_publishes(provider: Provider) -> None:
    published = httpx2.get(f"{provider.issuer}/.well-known/openid-configuration").json()
    assert published["issuer"] == provider.issuer
    assert published["jwks_uri"] == f"{provider.issuer}/jwks"


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_a_person_signs_in_and_is_a_registered_researcher(
    provider: Provider, verifier: ProviderTokens, algorithm: str
) -> None:
    token = provider.sign_in("alice", client=algorithm)["access_token"]
    header, claims = parts(token)
    assert (header["alg"], header["typ"], claims["sub"], claims["aud"]) == (algorithm, "at+jwt", "alice", AUDIENCE)
    principal = verifier.principal(token)
    assert (principal.tier, principal.institution) == (AccessTier.REGISTERED, "snu")
    assert verifier.principal(token, "T2DM-14").tier is AccessTier.CONTROLLED


def test_a_person_without_the_terms_is_known_and_not_let_in(provider: Provider, verifier: ProviderTokens) -> None:
    with pytest.raises(AccessNotGranted):
        verifier.principal(provider.sign_in("bob")["access_token"])


def test_a_program_has_no_visas(provider: Provider, verifier: ProviderTokens) -> None:
    token = provider.token("ES256", grant_type="client_credentials", resource=AUDIENCE, scope="count")["access_token"]
    with pytest.raises(AccessNotGranted):
        verifier.principal(token)


def test_what_else_the_provider_gives_is_no_access_token_of_ours(provider: Provider, verifier: ProviderTokens) -> None:
    ours, plain = provider.sign_in("alice"), provider.sign_in("alice", resource=None)
    other = provider.sign_in("alice", resource="https://other.example/api")
    visas = parts(ours["access_token"])[1]["ga4gh_passport_v1"]
    assert isinstance(visas, list)
    for token in (ours["id_token"], plain["access_token"], other["access_token"], visas[0]):
        with pytest.raises(TokenRefused):
            verifier.principal(token)
    assert verifier.principal(ours["access_token"])


def test_a_token_ends_when_the_provider_says(provider: Provider, verifier: ProviderTokens, clock: Clock) -> None:
    token = provider.sign_in("alice")["access_token"]
    clock.ahead = 600
    assert verifier.principal(token)
    clock.ahead = 661
    with pytest.raises(TokenRefused):
        verifier.principal(token)


def test_keys_are_rotated(provider: Provider, tmp_path: Path, clock: Clock) -> None:
    """The provider starts anew with other keys. Tokens of the new ones are believed once the server has looked again;
    those of the old ones no longer, although they have not expired."""
    rotating = Provider(provider.folder, free_port())
    verifier = open_provider_tokens(write_rules(tmp_path, rotating), clock=clock, cache_clock=clock)
    with rotating.running():
        old, other = (rotating.sign_in("alice")["access_token"] for _ in range(2))
        assert verifier.principal(old)
    rotating.rotate("second")
    with rotating.running():
        new = rotating.sign_in("alice")["access_token"]
        assert parts(new)[0]["kid"] == "second-ec"
        with pytest.raises(TokenRefused):
            verifier.principal(new)
        assert verifier.principal(other)
        clock.ahead = 300
        assert verifier.principal(new)
        assert verifier.principal(old), "its session lasts ten minutes"
        clock.ahead = 601
        with pytest.raises(TokenRefused):
            verifier.principal(old)


def test_a_count_over_http(provider: Provider, rules: Path, tmp_path: Path) -> None:
    """From signing in to a protected answer of our own server."""
    synthesize(tmp_path / "releases", "small", persons=500, seed=7, progress=lambda step, share: None)
    (tmp_path / "projects.toml").write_text(APPROVED)
    settings = ServerSettings(
        releases=tmp_path / "releases", state=tmp_path / "state", fixed_deadlines=False, identity=rules, local_issuer=False,
        projects=tmp_path / "projects.toml",
    )  # fmt: skip
    body = {"text": 'cohort "Adults"\nindex first visit where age >= 20\n', "precision": "fine"}
    with TestClient(create_app(settings)) as server:
        server.headers["authorization"] = f"Bearer {provider.sign_in('alice')['access_token']}"
        assert server.post("/v1/cohorts/count", json=body).json()["code"] == "precision-not-allowed"
        answer = server.post("/v1/cohorts/count", json=body, headers={"kohort-project": "T2DM-14"})
        assert answer.status_code == 200
        assert answer.json()["precision"]["name"] == "fine"


def test_the_project_of_somebody_else_stays_closed(provider: Provider, rules: Path, verifier: ProviderTokens) -> None:
    token = provider.sign_in("alice")["access_token"]
    people = rules.parent / "people.toml"
    people.write_text(people.read_text().replace('subject = "alice"', 'subject = "carol"'))
    with pytest.raises(ProjectRefused):
        verifier.principal(token, "T2DM-14")
