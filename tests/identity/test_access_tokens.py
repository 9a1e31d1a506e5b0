"""Access tokens: every rule refuses what it is there for, and for its own reason."""

import base64
import json
from dataclasses import replace

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from api.auth import TokenRefused
from api.identity.refusal import Unacceptable
from api.identity.verifier import AccessNotGranted
from engine import Principal
from schemas.policy import AccessTier
from tests.identity.world import AUDIENCE, KEYS, LOGIN, VISAS, World, key_set


def refused(world: World, token: str, reason: str) -> None:
    """For this reason inside, and with the constant text outside."""
    verifier = world.verifier()
    with pytest.raises(Unacceptable, match=reason):
        verifier.verify_token(token, world.now)
    with pytest.raises(TokenRefused):
        verifier.principal(token)


def test_a_good_token_and_passport_make_a_registered_researcher(world: World) -> None:
    principal = world.verifier().principal(world.token(*world.researcher()))
    assert principal.tier is AccessTier.REGISTERED
    assert principal.institution == "snu"
    assert principal.project == f"personal:{principal.user}"
    assert "alice" not in principal.user
    other = world.verifier().principal(world.token(*(world.researcher()), sub="alice"))
    assert other == principal


def test_decoding_alone_accepts_an_expired_token_and_the_verifier_does_not(world: World) -> None:
    expired = world.token(*world.researcher(), iat=world.now - 700, exp=world.now - 100)
    assert jwt.decode(expired, KEYS[LOGIN], algorithms=["ES256"]).claims["sub"] == "alice"
    refused(world, expired, "expired")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": None}, "claim"), ({"aud": "https://other.example"}, "claim"), ({"aud": ["a", "b"]}, "claim"),
        ({"iss": None}, "iss"), ({"iss": f"{LOGIN}/"}, "not in the table"), ({"iss": VISAS}, "not in the table"),
        ({"sub": None}, "claim"), ({"sub": ""}, "claim"), ({"sub": 7}, "claim"), ({"sub": "x" * 256}, "sub"),
        ({"jti": None}, "claim"), ({"exp": None}, "claim"), ({"iat": None}, "claim"), ({"exp": "soon"}, "claim"),
        ({"exp": float("nan")}, "claim"), ({"exp": float("inf")}, "claim"), ({"exp": True}, "claim"),
        ({"exp": 10**300}, "exp"), ({"iat": -1}, "iat"),
        ({"cnf": {"jkt": "x"}}, "bound to a key"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_claim_is_refused(world: World, changes: dict[str, object], reason: str) -> None:
    refused(world, world.token(**changes), reason)


@pytest.mark.parametrize("audience", [AUDIENCE, [AUDIENCE], ["https://other.example", AUDIENCE]], ids=str)
def test_an_audience_with_us_in_it_is_ours(world: World, audience: object) -> None:
    assert world.verifier().verify_token(world.token(aud=audience), world.now).identity.subject == "alice"


@pytest.mark.parametrize(
    ("before", "holds"),
    [({"exp": -59}, True), ({"exp": -61}, False), ({"nbf": 59}, True), ({"nbf": 61}, False), ({"iat": 59}, True),
     ({"iat": 61}, False)],
    ids=str,
)  # fmt: skip
def test_clocks_may_differ_by_sixty_seconds(world: World, before: dict[str, float], holds: bool) -> None:
    times = {"iat": -300.0, "exp": 300.0, **before}
    token = world.token(**{name: world.now + shift for name, shift in times.items()})
    if holds:
        assert world.verifier().verify_token(token, world.now)
    else:
        with pytest.raises(Unacceptable, match="claim"):
            world.verifier().verify_token(token, world.now)


def test_a_token_may_not_be_valid_for_longer_than_the_table_says(world: World) -> None:
    assert world.verifier().verify_token(world.token(exp=world.now + 3600), world.now)
    refused(world, world.token(exp=world.now + 3601), "longer")


def test_a_way_of_signing_in_can_be_required(world: World) -> None:
    world.rules.write_text(
        world.rules.read_text().replace(f'keys = "{LOGIN}/keys"', f'keys = "{LOGIN}/keys"\nacr = ["mfa"]')
    )
    assert world.verifier().verify_token(world.token(acr="mfa"), world.now)
    for acr in (None, "password", ["mfa"]):
        refused(world, world.token(acr=acr), "weaker")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"kid": None}, "lacks"), ({"typ": None}, "lacks"), ({"typ": "JWT"}, "type"), ({"typ": ""}, "typ"),
        ({"kid": "x"}, "no key"), ({"jku": f"{LOGIN}/keys"}, "names where"), ({"jku": "https://evil.example"}, "names where"),
        ({"x5u": "https://evil.example"}, "more than it may"), ({"x5c": ["x"]}, "more than it may"),
        ({"jwk": KEYS[VISAS].as_dict(private=False)}, "more than it may|not a signed"), ({"cty": "JWT"}, "more than it may"),
    ],
    ids=lambda value: "a key" if "jwk" in value else str(value)[:40],
)  # fmt: skip
def test_a_wrong_header_is_refused(world: World, header: dict[str, object], reason: str) -> None:
    refused(world, world.token(header=header), reason)
    assert set(world.fetched) <= {f"{LOGIN}/keys"}


@pytest.mark.parametrize("type_", ["at+jwt", "application/at+jwt", "vnd.ga4gh.passport+jwt"])
def test_types_of_access_tokens_and_passports(world: World, type_: str) -> None:
    assert world.verifier().verify_token(world.token(header={"typ": type_}), world.now)


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512", "PS256", "ES384", "EdDSA"])
def test_only_two_algorithms_are_known(world: World, algorithm: str) -> None:
    good = world.token()
    header = {"alg": algorithm, "kid": KEYS[LOGIN].kid, "typ": "at+jwt"}
    payload = good.split(".")[1]
    refused(world, f"{part(header)}.{payload}.{good.split('.')[2]}", "algorithm")
    refused(world, f"{part(header)}.{payload}.", "algorithm")


def test_a_public_key_is_no_shared_secret(world: World) -> None:
    secret = OctKey.import_key(base64.b64encode(KEYS[LOGIN].as_pem(private=False)))
    claims = json.loads(base64.urlsafe_b64decode(world.token().split(".")[1] + "=="))
    header = {"alg": "HS256", "kid": KEYS[LOGIN].kid, "typ": "at+jwt"}
    refused(world, jwt.encode(header, claims, secret, algorithms=["HS256"], default_type=None), "algorithm")


def test_an_issuer_uses_only_the_algorithms_of_its_row(world: World) -> None:
    key = RSAKey.generate_key(2048, {"kid": "rsa"})
    world.served[f"{LOGIN}/keys"] = key_set(key)
    assert world.verifier().verify_token(world.token(key=key), world.now)
    world.rules.write_text(
        world.rules.read_text().replace(f'keys = "{LOGIN}/keys"', f'keys = "{LOGIN}/keys"\nalgorithms = ["ES256"]')
    )
    refused(world, world.token(key=key), "algorithm")


def test_another_key_and_another_issuers_key_are_refused(world: World) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": KEYS[LOGIN].kid})
    refused(world, world.token(key=stranger), "signature")
    refused(world, world.token(key=KEYS[VISAS]), "no key")


def test_a_changed_claim_is_refused(world: World) -> None:
    header, payload, signature = world.token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    refused(world, f"{header}.{part({**claims, 'sub': 'bob'})}.{signature}", "signature")


@pytest.mark.parametrize(
    "token", ["", "a", "a.b.c", "..", "한국어", "x" * (32 * 1024 + 1), "e30.e30.e30", "[" * 4000, "W10.W10.W10"], ids=lambda t: t[:9]
)  # fmt: skip
def test_what_is_no_token_is_refused(world: World, token: str) -> None:
    refused(world, token, "signed token|cap")
    assert world.fetched == []


def test_a_token_has_at_most_32_kib(world: World) -> None:
    just = world.token(padding="x" * 23_000)
    assert 31_000 < len(just) <= 32_768
    assert world.verifier().verify_token(just, world.now)
    refused(world, world.token(padding="x" * 25_000), "cap")


def test_a_passport_has_at_most_fifty_visas(world: World) -> None:
    verifier, short = world.verifier(), "a.b.c"
    assert (
        len(
            verifier.check_visas(
                verifier.verify_token(world.token(*[short] * 50), world.now), verifier.people.now(), world.now
            )
        )
        == 50
    )
    for passport in ([short] * 51, {"a": 1}, "visa", [1]):
        with pytest.raises(TokenRefused):
            verifier.principal(world.token(ga4gh_passport_v1=passport))


def test_every_refusal_reads_the_same(world: World) -> None:
    verifier = world.verifier()
    tokens = [
        "",
        world.token(exp=1),
        world.token(aud="x"),
        world.token(key=KEYS[VISAS]),
        world.token(header={"jku": "x"}),
    ]
    texts = set()
    for token in tokens:
        with pytest.raises(TokenRefused) as told:
            verifier.principal(token)
        texts.add((str(told.value), told.value.code, told.value.hint))
    assert len(texts) == 1


def test_a_token_without_the_visas_is_told_so_without_which(world: World) -> None:
    verifier, texts = world.verifier(), set()
    for missing in range(4):
        visas = [visa for place, visa in enumerate(world.researcher()) if place != missing]
        with pytest.raises(AccessNotGranted) as told:
            verifier.principal(world.token(*visas))
        texts.add(str(told.value))
    assert len(texts) == 1


def test_the_internal_tier_is_out_of_reach(world: World) -> None:
    visas = (*world.researcher(), world.grant())
    claims = {"tier": "internal", "groups": ["steward"], "project": "internal", "roles": ["internal"]}
    principal = world.verifier().principal(world.token(*visas, **claims), "T2DM-14")
    assert replace(principal, linked=()) == Principal(
        user=principal.user, project="T2DM-14", institution="snu", tier=AccessTier.CONTROLLED
    )
