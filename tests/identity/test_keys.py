"""Keys of issuers: kept for an hour, fetched anew for an unknown id, and nothing believed without them."""

import json
import threading

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from api.auth import TokenRefused
from api.identity.keys import KeySource, read_keys
from api.identity.refusal import KeysUnavailable, Unacceptable
from tests.identity.world import KEYS, LOGIN, VISAS, World, key_set

ADDRESS = f"{LOGIN}/keys"
EC = KEYS[LOGIN]
RSA = KEYS[VISAS]


@pytest.fixture
def source(world: World) -> KeySource:
    return KeySource(ADDRESS, fetcher=world.fetch, clock=world.clock)


def test_keys_are_fetched_once_an_hour(world: World, source: KeySource) -> None:
    for after in (0, 10, 3589):
        world.now += after
        assert source.key(EC.kid, "ES256").thumbprint() == EC.thumbprint()
        assert len(world.fetched) == 1
    world.now += 1
    source.key(EC.kid, "ES256")
    assert len(world.fetched) == 2


def test_a_new_key_is_found_without_waiting_for_the_hour(world: World, source: KeySource) -> None:
    source.key(EC.kid, "ES256")
    new = ECKey.generate_key("P-256", {"kid": "new"})
    world.served[ADDRESS] = key_set(EC, new)
    world.now += 300
    assert source.key("new", "ES256")
    assert len(world.fetched) == 2


def test_an_unknown_key_makes_it_look_once_in_five_minutes(world: World, source: KeySource) -> None:
    source.key(EC.kid, "ES256")
    for after, fetched in ((0, 1), (299, 1), (1, 2), (0, 2), (299, 2), (1, 3)):
        world.now += after
        with pytest.raises(Unacceptable, match="no key"):
            source.key("unknown", "ES256")
        assert len(world.fetched) == fetched
        assert source.key(EC.kid, "ES256")


def test_a_key_that_is_withdrawn_is_refused_once_the_set_was_fetched_anew(world: World, source: KeySource) -> None:
    source.key(EC.kid, "ES256")
    world.served[ADDRESS] = key_set(ECKey.generate_key("P-256", {"kid": "new"}))
    world.now += 3600
    with pytest.raises(Unacceptable, match="no key"):
        source.key(EC.kid, "ES256")


def test_old_keys_are_not_used_when_new_ones_cannot_be_had(world: World, source: KeySource) -> None:
    source.key(EC.kid, "ES256")
    served = world.served.pop(ADDRESS)
    world.now += 3599
    assert source.key(EC.kid, "ES256")
    world.now += 1
    for _ in range(5):
        with pytest.raises(KeysUnavailable):
            source.key(EC.kid, "ES256")
    assert len(world.fetched) == 2
    world.served[ADDRESS] = served
    with pytest.raises(KeysUnavailable):
        source.key(EC.kid, "ES256")
    world.now += 15
    assert source.key(EC.kid, "ES256")


def test_a_failed_look_for_an_unknown_key_leaves_the_known_ones(world: World, source: KeySource) -> None:
    source.key(EC.kid, "ES256")
    world.served[ADDRESS] = b"<html>"
    world.now += 300
    with pytest.raises(Unacceptable, match="no key"):
        source.key("unknown", "ES256")
    assert source.key(EC.kid, "ES256")
    world.now += 3300
    with pytest.raises(KeysUnavailable):
        source.key(EC.kid, "ES256")


def test_many_threads_fetch_once(world: World, source: KeySource) -> None:
    threads = [threading.Thread(target=source.key, args=(EC.kid, "ES256")) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.fetched == [ADDRESS]


def test_a_known_key_does_not_wait_while_an_unknown_one_is_looked_for(world: World) -> None:
    asked, answer = threading.Event(), threading.Event()

    def slow(address: str) -> bytes:
        if world.fetched:
            asked.set()
            assert answer.wait(timeout=30)
        return world.fetch(address)

    source = KeySource(ADDRESS, fetcher=slow, clock=world.clock)
    source.key(EC.kid, "ES256")
    world.now += 300

    def look() -> None:
        with pytest.raises(Unacceptable):
            source.key("unknown", "ES256")

    looking = threading.Thread(target=look)
    looking.start()
    assert asked.wait(timeout=30)
    assert source.key(EC.kid, "ES256")
    assert looking.is_alive()
    answer.set()
    looking.join()


def test_nobody_gets_in_without_keys(world: World) -> None:
    verifier, token = world.verifier(), world.token(*world.researcher())
    world.served.clear()
    with pytest.raises(TokenRefused):
        verifier.principal(token)


def test_a_passport_read_without_an_issuers_keys_is_read_again_at_the_next_request(world: World) -> None:
    verifier, token = world.verifier(), world.token(*world.researcher(), world.grant())
    served = world.served.pop("https://dac.example/keys")
    assert verifier.principal(token).tier.value == "registered"
    world.served["https://dac.example/keys"] = served
    world.now += 15
    assert verifier.principal(token, "T2DM-14").tier.value == "controlled"


def jwk(key: RSAKey | ECKey, **changes: object) -> dict[str, object]:
    fields: dict[str, object] = {**key.as_dict(private=False), "kid": "k", **changes}
    return {name: value for name, value in fields.items() if value is not None}


@pytest.mark.parametrize(
    "key",
    [
        jwk(EC), jwk(EC, use="sig"), jwk(EC, alg="ES256"), jwk(EC, key_ops=["verify"]), jwk(EC, x5c=["ignored"]), jwk(RSA),
        jwk(RSA, alg="RS256", use="sig"),
    ],
    ids=lambda key: str(sorted(key)),
)  # fmt: skip
def test_keys_that_are_used(key: dict[str, object]) -> None:
    assert [name for name, _ in read_keys(json.dumps({"keys": [key]}).encode())] == ["k"]


@pytest.mark.parametrize(
    "key",
    [
        jwk(EC, kid=None), jwk(EC, kid=""), jwk(EC, kid=7), jwk(EC, kid="k" * 256), jwk(EC, use="enc"), jwk(EC, alg="ES384"),
        jwk(EC, alg="none"), jwk(EC, key_ops=["sign"]), jwk(EC, key_ops="verify"), jwk(EC, y=None), jwk(EC, x="AAAA"),
        jwk(EC, crv="P-384"), jwk(RSA, alg="RS512"), jwk(RSA, alg="HS256"), jwk(RSA, e="AQ"), jwk(RSA, e="AQAAAAAAAQ"),
        jwk(RSA, n="AQAB"), jwk(RSA, n="x" * 4096), jwk(RSA, e="?"), {**KEYS[LOGIN].as_dict(private=True), "kid": "k"},
        {**OctKey.generate_key(256).as_dict(), "kid": "k"}, {**OKPKey.generate_key("Ed25519").as_dict(private=False), "kid": "k"},
        {**ECKey.generate_key("P-384").as_dict(private=False), "kid": "k"}, "key", None, {},
    ],
)  # fmt: skip
def test_keys_that_are_left_out(key: object) -> None:
    assert read_keys(json.dumps({"keys": [key]}).encode()) == {}


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_short_rsa_key_is_left_out() -> None:
    assert read_keys(json.dumps({"keys": [jwk(RSAKey.generate_key(1024))]}).encode()) == {}


def test_an_id_that_is_there_twice_names_no_key() -> None:
    other = ECKey.generate_key("P-256")
    body = {"keys": [jwk(EC), jwk(other), jwk(EC, kid="only")]}
    assert [name for name, _ in read_keys(json.dumps(body).encode())] == ["only"]


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"keys": 1}', b'{"keys": {}}', b"\xff", b"[" * 60_000, b'{"keys": [' + b"{}," * 100 + b"{}]}"],
    ids=lambda body: repr(body[:12]),
)  # fmt: skip
def test_what_is_no_key_set(body: bytes) -> None:
    with pytest.raises(KeysUnavailable):
        read_keys(body)
