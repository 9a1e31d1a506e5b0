"""Access tokens: what verifies them, and the development issuer, so that a newcomer needs nothing.

The development issuer's tokens are JWTs signed with ES256. It checks, in this order: size, header (algorithm, type and
key id are ours and nothing else is said), signature, then every claim; whatever fails, the caller reads one constant
text. `api.identity` has the verifier of OpenID providers and GA4GH passports, and chooses between the two.
"""

import json
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from api.identity.refusal import TokenRefused
from engine import Principal
from schemas.errors import DataProblem, NotAllowed, Problem
from schemas.policy import AccessTier

ISSUER: Final = "urn:kohort:local-issuer"
AUDIENCE: Final = "urn:kohort:api"
MOST_HOURS: Final = 24 * 7
_ALGORITHM: Final = "ES256"
_TYPE: Final = "at+jwt"
_LARGEST_TOKEN: Final = 8192
_LONGEST_NAME: Final = 128
_LEEWAY: Final = 60
_KEY_FILE: Final = "token-key.json"


class ProjectRefused(NotAllowed):
    """The project named is not one the caller may ask in; whether it exists is not told."""

    def __init__(self) -> None:
        super().__init__(
            "project-refused",
            "this project is not open to you",
            hint="leave `Kohort-Project` out, or name an approved project of yours that is open",
        )


class TokenVerifier(Protocol):
    """Anything that can tell who holds a token."""

    def principal(self, token: str, project: str | None = None) -> Principal:
        """The token's holder, asking in `project` when it is named; raises `TokenRefused` or another `NotAllowed`."""
        ...

    def projects(self, token: str) -> tuple[Principal, ...]:
        """The token's holder in each project they may ask in, their own first; raises as `principal`."""
        ...


@dataclass(frozen=True, slots=True)
class LocalTokens:
    """Issues and verifies tokens with the key of a state folder."""

    key: ECKey

    def issue(self, principal: Principal, *, hours: float) -> str:
        """A token for `principal`, valid from now for at most a week."""
        if not 0 < hours <= MOST_HOURS:
            raise NotAllowed("token-hours", f"a token is valid for more than 0 and at most {MOST_HOURS} hours")
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": principal.user,
            "iat": now,
            "nbf": now,
            "exp": now + int(hours * 3600),
            "jti": secrets.token_urlsafe(16),
            "project": principal.project,
            "institution": principal.institution,
            "tier": principal.tier.value,
        }
        header = {"alg": _ALGORITHM, "typ": _TYPE, "kid": self.key.thumbprint()}
        return jwt.encode(header, claims, self.key, algorithms=[_ALGORITHM])

    def principal(self, token: str, project: str | None = None) -> Principal:
        """The token's holder, who has one project; raises `TokenRefused`, or `ProjectRefused` when another is named."""
        holder = self._holder(token)
        if project not in (None, holder.project):
            raise ProjectRefused
        return holder

    def projects(self, token: str) -> tuple[Principal, ...]:
        """The token's holder in the one project they have; raises `TokenRefused`."""
        return (self._holder(token),)

    def _holder(self, token: str) -> Principal:
        if len(token) > _LARGEST_TOKEN or not token.isascii():
            raise TokenRefused
        try:
            decoded = jwt.decode(token, self.key, algorithms=[_ALGORITHM])
            self._check_header(decoded.header)
            _CLAIMS.validate(decoded.claims)
            return _principal_of(decoded.claims)
        except (JoseError, Problem, ValueError, TypeError, KeyError, RecursionError):
            raise TokenRefused from None

    def _check_header(self, header: dict[str, object]) -> None:
        """A header that says more (an embedded key, an address to fetch one from, `crit`) is refused as well."""
        expected = {"alg": _ALGORITHM, "typ": _TYPE, "kid": self.key.thumbprint()}
        if header != expected:
            raise TokenRefused


_CLAIMS = jwt.JWTClaimsRegistry(
    leeway=_LEEWAY,
    iss={"essential": True, "value": ISSUER},
    aud={"essential": True, "value": AUDIENCE},
    sub={"essential": True},
    iat={"essential": True},
    nbf={"essential": True},
    exp={"essential": True},
    jti={"essential": True},
    tier={"essential": True, "values": [tier.value for tier in AccessTier]},
)


def _principal_of(claims: dict[str, object]) -> Principal:
    if float(str(claims["exp"])) - float(str(claims["iat"])) > MOST_HOURS * 3600:
        raise TokenRefused
    return Principal(
        user=_name(claims["sub"]),
        project=_name(claims["project"]),
        institution=_name(claims["institution"]),
        tier=AccessTier(claims["tier"]),
    )


def _name(claim: object) -> str:
    if not isinstance(claim, str) or not 0 < len(claim) <= _LONGEST_NAME:
        raise TokenRefused
    return claim


def open_local_tokens(state: Path) -> LocalTokens:
    """The issuer of a state folder; its key is made at the first use, readable by its owner only.

    Raises `DataProblem` when the key is there and cannot be read.
    """
    state.mkdir(parents=True, exist_ok=True)
    path = state / _KEY_FILE
    if not path.exists():
        _write_key(path)
    try:
        return LocalTokens(ECKey.import_key(json.loads(path.read_text())))
    except (OSError, ValueError, TypeError, JoseError):
        raise DataProblem(
            "token-key", f"the token key {path.name} in the state folder cannot be read", place=path
        ) from None


def _write_key(path: Path) -> None:
    """Written aside, then linked into place, so that of two that start at once both use the first's key."""
    key = ECKey.generate_key("P-256", private=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(key.as_dict(private=True), stream)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
