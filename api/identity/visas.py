"""GA4GH visas: each is verified by its own issuer's rules; what does not hold is left out of the passport."""

from dataclasses import dataclass
from typing import Final

from api.identity.conditions import Conditions, read_conditions
from api.identity.configuration import VisaIssuer, VisaType
from api.identity.keys import KeySource
from api.identity.refusal import Unacceptable
from api.identity.signed import LEEWAY, Claims, Envelope, Identity, Signed, open_envelope, seconds, text, verify

MOST_VISAS: Final = 50
PASSPORT_CLAIM: Final = "ga4gh_passport_v1"
VISA_CLAIM: Final = "ga4gh_visa_v1"
_TYPES: Final = frozenset({"JWT", "vnd.ga4gh.visa+jwt"})
_AUTHORITIES: Final = frozenset({"self", "peer", "system", "so", "dac"})
_LONGEST_LINKS: Final = 8 * 1024
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Visa:
    """One assertion about one identity, verified.

    `by` is absent when the visa does not say on whose authority, or says a word that is not known. `conditions` are
    absent when it has none; `asserted` and `expires` are seconds since 1970.
    """

    identity: Identity
    token_id: str
    type: VisaType
    value: str
    source: str
    by: str | None
    asserted: float
    expires: float
    conditions: Conditions | None


def visas_of(claims: Claims) -> tuple[str, ...]:
    """The visas a passport carries, as they were sent; raises `Unacceptable`."""
    listed = claims.get(PASSPORT_CLAIM, [])
    if not isinstance(listed, list) or len(listed) > MOST_VISAS:
        raise Unacceptable("the passport is not a list of at most 50 visas")
    if not all(isinstance(one, str) for one in listed):
        raise Unacceptable("a visa of the passport is not a text")
    return tuple(one for one in listed if isinstance(one, str))


@dataclass(frozen=True, slots=True)
class VisaChecker:
    """Verifies visas against the table of issuers, which alone says where keys are."""

    issuers: dict[str, tuple[VisaIssuer, KeySource]]

    def check(self, token: str, now: float) -> Visa:
        """A visa that holds; raises `Unacceptable`."""
        envelope = open_envelope(token)
        if envelope.type not in _TYPES:
            raise Unacceptable("not of a visa's type")
        if envelope.issuer not in self.issuers:
            raise Unacceptable("an issuer that is not in the table")
        rules, keys = self.issuers[envelope.issuer]
        if envelope.address != rules.jku:
            raise Unacceptable("the address of its keys is not the one in the table")
        signed = verify(envelope, keys, algorithms=rules.algorithms, now=now)
        _check_form(envelope, signed)
        if signed.issued < now - rules.longest_days * _DAY - LEEWAY:
            raise Unacceptable("the visa is too old")
        return _read(signed, rules, now)


def _check_form(envelope: Envelope, signed: Signed) -> None:
    """A document token names its keys and has no `openid` scope; an access token has that scope. No visa has `aud`."""
    scope = signed.claims.get("scope", "")
    is_access_token = isinstance(scope, str) and "openid" in scope.split()
    if is_access_token == (envelope.address is not None):
        raise Unacceptable("neither a visa document token nor a visa access token")
    if "aud" in signed.claims:
        raise Unacceptable("a visa has no audience")


def _read(signed: Signed, rules: VisaIssuer, now: float) -> Visa:
    fields = signed.claims.get(VISA_CLAIM)
    if not isinstance(fields, dict):
        raise Unacceptable("no visa in it")
    kind = _type_of(fields, rules)
    if text(fields, "source") not in rules.sources:
        raise Unacceptable("a source that the issuer may not speak for")
    asserted = seconds(fields, "asserted")
    if asserted > now + LEEWAY:
        raise Unacceptable("asserted in the future")
    by = fields.get("by")
    return Visa(
        identity=signed.identity,
        token_id=signed.token_id,
        type=kind,
        value=text(fields, "value", longest=_LONGEST_LINKS) if kind == "LinkedIdentities" else text(fields, "value"),
        source=text(fields, "source"),
        by=by if isinstance(by, str) and by in _AUTHORITIES else None,
        asserted=asserted,
        expires=signed.expires,
        conditions=read_conditions(fields["conditions"]) if "conditions" in fields else None,
    )


def _type_of(fields: Claims, rules: VisaIssuer) -> VisaType:
    named = text(fields, "type")
    for kind in rules.types:
        if kind == named:
            return kind
    raise Unacceptable("a visa type that the issuer may not give")
