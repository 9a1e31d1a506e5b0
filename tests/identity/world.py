"""A small world of issuers: a provider, a source of visas and a committee, with keys, a clock and files of rules."""

import base64
import json
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from api.identity.opening import open_provider_tokens
from api.identity.refusal import KeysUnavailable
from api.identity.verifier import ProviderTokens

AUDIENCE = "https://kohort.example/api"
LOGIN = "https://login.example"
VISAS = "https://visas.example"
COMMITTEE = "https://dac.example"
RESEARCHER = "https://doi.org/10.1038/s41431-018-0219-y"
TERMS = "https://kohort.example/terms/2026-1"
DATASET = "https://kohort.example/datasets/main"
DAY = 86_400

RULES = f"""
audience = "{AUDIENCE}"
people = "people.toml"

[[sign_in]]
issuer = "{LOGIN}"
keys = "{LOGIN}/keys"

[[visa_issuers]]
issuer = "{VISAS}"
jku = "{VISAS}/keys"
types = ["ResearcherStatus", "AcceptedTermsAndPolicies", "AffiliationAndRole", "LinkedIdentities"]
sources = ["{VISAS}", "https://snu.example"]

[[visa_issuers]]
issuer = "{COMMITTEE}"
keys = "{COMMITTEE}/keys"
types = ["ControlledAccessGrants"]
sources = ["{COMMITTEE}", "https://other-dac.example"]

[[institutions]]
id = "snu"
domains = ["snu.example", "snuh.example"]

[[institutions]]
id = "kaist"
domains = ["kaist.example"]

[registered]
statuses = ["{RESEARCHER}"]
terms = ["{TERMS}"]

[controlled]
dataset = "{DATASET}"
committees = ["{COMMITTEE}"]
"""

PEOPLE = f"""
[[projects]]
id = "T2DM-14"
tier = "controlled"
members = [{{ issuer = "{LOGIN}", subject = "alice" }}]

[[projects]]
id = "OPEN-1"
tier = "registered"
members = [{{ issuer = "{LOGIN}", subject = "alice" }}, {{ issuer = "{LOGIN}", subject = "bob" }}]
"""

APPROVED = """
[[project]]
id = "T2DM-14"
title = "What the controlled project of the people above was approved for"
from = 2020-01-01
until = 2099-12-31
research = ["general"]
countries = ["KR"]
institutions = ["snu"]
genetic = true
for_profit = false
commercial = false
ethics_approval = true
"""

Key = RSAKey | ECKey
KEYS: dict[str, Key] = {
    LOGIN: ECKey.generate_key("P-256", auto_kid=True),
    VISAS: RSAKey.generate_key(2048, auto_kid=True),
    COMMITTEE: ECKey.generate_key("P-256", auto_kid=True),
}


def key_set(*keys: Key) -> bytes:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


@dataclass
class World:
    """Files, served key sets, and a clock that tests move by hand; `fetched` are the addresses that were asked.

    `keys_at` begins the addresses of all keys when a real server has them; otherwise each issuer has its own.
    """

    folder: Path
    keys_at: str | None = None
    now: float = field(default_factory=lambda: float(int(time.time())))
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.served = {self.address(issuer): key_set(key) for issuer, key in KEYS.items()}
        rules = RULES
        for issuer in KEYS:
            rules = rules.replace(f'"{issuer}/keys"', f'"{self.address(issuer)}"')
        self.rules.write_text(rules)
        self.people.write_text(PEOPLE)

    def address(self, issuer: str) -> str:
        """Where the keys of an issuer are."""
        if self.keys_at is None:
            return f"{issuer}/keys"
        return f"{self.keys_at}/{issuer.removeprefix('https://')}"

    @property
    def rules(self) -> Path:
        return self.folder / "identity.toml"

    @property
    def people(self) -> Path:
        return self.folder / "people.toml"

    def fetch(self, address: str) -> bytes:
        self.fetched.append(address)
        if address not in self.served:
            raise KeysUnavailable("nothing is served there")
        return self.served[address]

    def verifier(self) -> ProviderTokens:
        return open_provider_tokens(self.rules, fetcher=self.fetch, clock=self.clock, cache_clock=self.clock)

    def clock(self) -> float:
        return self.now

    def token(
        self, *visas: str, sub: str = "alice", key: Key | None = None, header: dict[str, object] | None = None,
        **changes: object,
    ) -> str:  # fmt: skip
        """An access token of the provider; a claim or header that is None is left out."""
        claims = {
            "iss": LOGIN, "aud": AUDIENCE, "sub": sub, "iat": self.now, "exp": self.now + 600,
            "jti": uuid.uuid4().hex, "ga4gh_passport_v1": list(visas), **changes,
        }  # fmt: skip
        return sign({"typ": "at+jwt", **(header or {})}, claims, key or KEYS[LOGIN])

    def visa(
        self, kind: str, value: str, *, by: str | None = "so", iss: str = VISAS, sub: str = "alice",
        source: str | None = None, asserted: object = None, conditions: object = None, key: Key | None = None,
        header: dict[str, object] | None = None, fields: dict[str, object] | None = None, **changes: object,
    ) -> str:  # fmt: skip
        """A visa; by default the committee's are access tokens, and the others name the address of their keys."""
        visa = {
            "type": kind, "value": value, "source": source or iss, "by": by, "conditions": conditions,
            "asserted": self.now - DAY if asserted is None else asserted, **(fields or {}),
        }  # fmt: skip
        claims = {
            "iss": iss, "sub": sub, "iat": self.now, "exp": self.now + DAY, "jti": uuid.uuid4().hex,
            "scope": "openid" if iss == COMMITTEE else None, "ga4gh_visa_v1": without_none(visa), **changes,
        }  # fmt: skip
        address = None if iss == COMMITTEE else self.address(iss)
        return sign({"typ": "JWT", "jku": address, **(header or {})}, claims, key or KEYS[iss])

    def status(self, **changes: object) -> str:
        return self.visa("ResearcherStatus", RESEARCHER, **changes)

    def terms(self, **changes: object) -> str:
        return self.visa("AcceptedTermsAndPolicies", TERMS, **{"by": "self", **changes})

    def affiliation(self, value: str = "faculty@snu.example", **changes: object) -> str:
        return self.visa("AffiliationAndRole", value, **changes)

    def links(self, value: str, **changes: object) -> str:
        return self.visa("LinkedIdentities", value, **{"by": "system", **changes})

    def grant(self, **changes: object) -> str:
        """A committee's grant; each subject is linked to the provider's of the same name by `grant_link`."""
        return self.visa("ControlledAccessGrants", DATASET, **{"by": "dac", "iss": COMMITTEE, **changes})

    def grant_link(self) -> str:
        """The visa that says which person the visas of both issuers are about."""
        return self.links(f"alice,{quoted(LOGIN)};alice,{quoted(COMMITTEE)}")

    def researcher(self) -> tuple[str, ...]:
        """Enough for the registered tier."""
        return (self.grant_link(), self.status(), self.terms(), self.affiliation())


def quoted(address: str) -> str:
    return address.replace(":", "%3A").replace("/", "%2F")


def without_none(values: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def sign(header: dict[str, object], claims: dict[str, object], key: Key) -> str:
    """A JWT with any header and claims, also such as a library refuses to make."""
    algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
    full = without_none({"alg": algorithm, "kid": key.kid, **header})
    signed = ".".join(encoded(json.dumps(one).encode()) for one in (full, without_none(claims)))
    signature = jws.JWSRegistry.algorithms[algorithm].sign(signed.encode(), key)
    return f"{signed}.{encoded(signature)}"


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
