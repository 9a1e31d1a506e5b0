"""Signed tokens: size, header, issuer, signature, dates, in this order; the same for access tokens and visas."""

import json
from dataclasses import dataclass
from typing import Final

from joserfc import jws, jwt
from joserfc.errors import JoseError

from api.identity.keys import KeySource
from api.identity.refusal import Unacceptable

MOST_BYTES: Final = 32 * 1024
LEEWAY: Final = 60
_LONGEST_TEXT: Final = 255
_LATEST: Final = 2**53
_NEEDED: Final = frozenset({"alg", "kid", "typ"})
_HARMLESS: Final = frozenset({"x5t", "x5t#S256"})
"""Thumbprints of certificates, which some providers add; nothing is done with them."""

Claims = dict[str, object]


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """A person as one issuer knows them."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """A token before its signature was checked: what its header says, and whose it claims to be.

    `address` is the `jku` of the header. It is compared, never fetched.
    """

    token: str
    algorithm: str
    key_id: str
    type: str
    address: str | None
    issuer: str


@dataclass(frozen=True, slots=True)
class Signed:
    """Claims whose signature and dates hold, with those that every token has."""

    identity: Identity
    token_id: str
    issued: float
    expires: float
    claims: Claims


def open_envelope(token: str) -> Envelope:
    """Read without believing; raises `Unacceptable`."""
    if len(token) > MOST_BYTES or not token.isascii():
        raise Unacceptable("larger than the cap, or not ASCII")
    try:
        parts = jws.extract_compact(token.encode(), registry=_REGISTRY)
        header, payload = dict(parts.headers()), json.loads(parts.payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise Unacceptable("not a signed token") from None
    if not isinstance(payload, dict):
        raise Unacceptable("not a signed token")
    _check_header(header)
    return Envelope(
        token=token,
        algorithm=text(header, "alg"),
        key_id=text(header, "kid"),
        type=text(header, "typ"),
        address=text(header, "jku") if "jku" in header else None,
        issuer=text(payload, "iss"),
    )


def verify(
    envelope: Envelope, keys: KeySource, *, algorithms: tuple[str, ...], now: float, audience: str | None = None
) -> Signed:
    """Check signature, issuer and dates, with 60 s of leeway; raises `Unacceptable`.

    `algorithms` are those the issuer may use. An absent `audience` is not checked here.
    """
    if envelope.algorithm not in algorithms:
        raise Unacceptable("an algorithm that is not allowed")
    key = keys.key(envelope.key_id, envelope.algorithm)
    try:
        claims = jwt.decode(envelope.token, key, algorithms=[envelope.algorithm], registry=_REGISTRY).claims
    except (JoseError, ValueError, TypeError, RecursionError):
        raise Unacceptable("the signature does not hold") from None
    _check_claims(claims, envelope.issuer, now, audience)
    return Signed(
        identity=Identity(envelope.issuer, text(claims, "sub")),
        token_id=text(claims, "jti"),
        issued=seconds(claims, "iat"),
        expires=seconds(claims, "exp"),
        claims=claims,
    )


def text(claims: Claims, name: str, *, longest: int = _LONGEST_TEXT) -> str:
    """A claim that is a text of 1 to `longest` characters; raises `Unacceptable`."""
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise Unacceptable(f"`{name}` is absent or not a text of the right length")
    return value


def seconds(claims: Claims, name: str) -> float:
    """A claim that is a point in time; raises `Unacceptable`."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _LATEST:
        raise Unacceptable(f"`{name}` is absent or no point in time")
    return float(value)


def _check_header(header: Claims) -> None:
    """Whatever brings a key or changes how the token is read (`jwk`, `x5u`, `x5c`, `crit`, `b64`) is refused."""
    if not header.keys() >= _NEEDED:
        raise Unacceptable("the header lacks `alg`, `kid` or `typ`")
    if header.keys() - _NEEDED - _HARMLESS - {"jku"}:
        raise Unacceptable("the header says more than it may")


def _check_claims(claims: Claims, issuer: str, now: float, audience: str | None) -> None:
    """`jwt.decode` checks the signature only: an expired token passes it."""
    options: dict[str, jwt.ClaimsOption] = {name: {"essential": True} for name in ("sub", "iat", "exp", "jti")}
    options["iss"] = {"essential": True, "value": issuer}
    if audience is not None:
        options["aud"] = {"essential": True, "value": audience}
    try:
        jwt.JWTClaimsRegistry(now=int(now), leeway=LEEWAY, **options).validate(claims)
    except JoseError as error:
        raise Unacceptable(f"a claim does not hold: {error.error}") from None
    if seconds(claims, "exp") <= seconds(claims, "iat"):
        raise Unacceptable("it expires before it was issued")


class _Registry(jws.JWSRegistry):
    """Room for two addresses in the header."""

    max_header_length = 2048


_REGISTRY: Final = _Registry(algorithms=["RS256", "ES256"])
