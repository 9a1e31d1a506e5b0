"""Tokens: what is accepted, and everything that must not be."""

import base64
import json
import stat
import time
from pathlib import Path

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey
from starlette.testclient import TestClient

from api.auth import AUDIENCE, ISSUER, LocalTokens, ProjectRefused, TokenRefused, open_local_tokens
from api.settings import ServerSettings
from engine import Principal
from schemas.errors import DataProblem, NotAllowed
from schemas.policy import AccessTier

ECAlgorithm = jws.JWSRegistry.algorithms["ES256"]

ME = Principal(user="me", project="p", institution="i", tier=AccessTier.REGISTERED)


def claims(**changes: object) -> dict[str, object]:
    now = int(time.time())
    made: dict[str, object] = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "me", "iat": now, "nbf": now, "exp": now + 600, "jti": "1",
        "project": "p", "institution": "i", "tier": "registered",
    }  # fmt: skip
    made.update(changes)
    return {name: value for name, value in made.items() if value is not None}


def signed(tokens: LocalTokens, header: dict[str, object] | None = None, **changes: object) -> str:
    full = {"alg": "ES256", "typ": "at+jwt", "kid": tokens.key.thumbprint(), **(header or {})}
    return jwt.encode(full, claims(**changes), tokens.key, algorithms=["ES256"], default_type=None)


def part(value: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_an_issued_token_names_its_holder(tokens: LocalTokens) -> None:
    assert tokens.principal(tokens.issue(ME, hours=1)) == ME
    assert tokens.principal(signed(tokens)) == ME


IN_2100 = 4_102_444_800
"""Seconds since 1970: a time that is the same in every process that collects these tests."""


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1}, {"exp": None}, {"exp": "soon"}, {"exp": 1e300}, {"nbf": IN_2100},
        {"iat": IN_2100}, {"iss": "urn:other"}, {"iss": None}, {"aud": "urn:other"}, {"aud": None},
        {"aud": ["urn:other"]}, {"sub": None}, {"sub": 7}, {"sub": ""}, {"sub": "x" * 129}, {"project": None},
        {"project": ["p"]}, {"institution": ""}, {"tier": "root"}, {"tier": None}, {"jti": None},
        {"exp": IN_2100},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_claim_is_refused(tokens: LocalTokens, changes: dict[str, object]) -> None:
    with pytest.raises(TokenRefused):
        tokens.principal(signed(tokens, **changes))


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "other"}, {"typ": "JWT"}, {"jku": "https://example.org/keys"}, {"x5u": "https://example.org"},
        {"jwk": {"kty": "EC"}},
    ],
    ids=str,
)  # fmt: skip
def test_a_header_that_says_anything_else_is_refused(tokens: LocalTokens, header: dict[str, object]) -> None:
    full = {"alg": "ES256", "typ": "at+jwt", "kid": tokens.key.thumbprint(), **header}
    signing_input = f"{part(full)}.{part(claims())}"
    signature = ECAlgorithm.sign(signing_input.encode(), tokens.key)
    token = f"{signing_input}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    with pytest.raises(TokenRefused):
        tokens.principal(token)


def test_unsigned_and_symmetric_tokens_are_refused(tokens: LocalTokens) -> None:
    unsigned = f"{part({'alg': 'none', 'typ': 'at+jwt', 'kid': tokens.key.thumbprint()})}.{part(claims())}."
    public_key = tokens.key.as_pem(private=False)
    secret = OctKey.import_key(base64.b64encode(public_key))
    header = {"alg": "HS256", "typ": "at+jwt", "kid": tokens.key.thumbprint()}
    symmetric = jwt.encode(header, claims(), secret, algorithms=["HS256"], default_type=None)
    for token in (unsigned, symmetric):
        with pytest.raises(TokenRefused):
            tokens.principal(token)


def test_a_token_of_another_key_is_refused_even_with_that_key_embedded(tokens: LocalTokens) -> None:
    other = ECKey.generate_key("P-256", private=True)
    for header in ({}, {"jwk": other.as_dict(private=False)}):
        full = {"alg": "ES256", "typ": "at+jwt", "kid": tokens.key.thumbprint(), **header}
        token = jwt.encode(full, claims(), other, algorithms=["ES256"], default_type=None)
        with pytest.raises(TokenRefused):
            tokens.principal(token)


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", "한국어", "x" * 9000, "e30.e30.e30", "[" * 4000])
def test_what_is_no_token_is_refused(tokens: LocalTokens, token: str) -> None:
    with pytest.raises(TokenRefused):
        tokens.principal(token)


def test_one_changed_character_is_refused(tokens: LocalTokens) -> None:
    header, payload, signature = tokens.issue(ME, hours=1).split(".")
    changed = part({**json.loads(base64.urlsafe_b64decode(payload + "==")), "tier": "internal"})
    with pytest.raises(TokenRefused):
        tokens.principal(f"{header}.{changed}.{signature}")


def test_a_token_is_of_one_project(tokens: LocalTokens) -> None:
    token = tokens.issue(ME, hours=1)
    assert tokens.principal(token, "p") == ME
    with pytest.raises(ProjectRefused):
        tokens.principal(token, "q")
    with pytest.raises(TokenRefused):
        tokens.principal("x", "p")


@pytest.mark.parametrize("hours", [0, -1, 1000, float("nan")])
def test_a_token_is_valid_for_a_week_at_most(tokens: LocalTokens, hours: float) -> None:
    with pytest.raises(NotAllowed):
        tokens.issue(ME, hours=hours)


def test_the_key_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    first = open_local_tokens(tmp_path)
    again = open_local_tokens(tmp_path)
    assert again.principal(first.issue(ME, hours=1)) == ME
    (key,) = tmp_path.iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.write_text("{}")
    with pytest.raises(DataProblem, match="token-key"):
        open_local_tokens(tmp_path)


def test_every_refusal_reads_the_same(server: TestClient, tokens: LocalTokens, settings: ServerSettings) -> None:
    headers = [
        {}, {"authorization": "Bearer x"}, {"authorization": "Basic dTpw"}, {"authorization": "Bearer"},
        {"authorization": f"Bearer {signed(tokens, exp=1)}"}, {"authorization": f"bearer {signed(tokens, aud='x')}"},
    ]  # fmt: skip
    answers = [server.get("/v1/budget", headers=header) for header in headers]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].headers["www-authenticate"] == "Bearer"
