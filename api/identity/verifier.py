"""Tokens of OpenID providers: token -> identity -> visas -> rights -> principal, default deny."""

import base64
import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from api.auth import ProjectRefused, TokenRefused
from api.identity.access import rights_of
from api.identity.configuration import IdentityRules, SignIn
from api.identity.keys import KeySource
from api.identity.people import People, PeopleFile
from api.identity.refusal import KeysUnavailable, Unacceptable
from api.identity.sessions import LONGEST, Sessions, SignedIn
from api.identity.signed import LEEWAY, Identity, Signed, open_envelope, verify
from api.identity.visas import Visa, VisaChecker, visas_of
from engine import Principal
from schemas.errors import NotAllowed
from schemas.policy import AccessTier

PERSONAL: Final = "personal:"
"""Begins the id of the project that every registered researcher has; no id in the file of projects has a colon."""


class AccessNotGranted(NotAllowed):
    """The token is good and its visas do not open the registered tier; which one is missing is not told."""

    def __init__(self) -> None:
        super().__init__(
            "access-not-granted",
            "the passport does not show a registered researcher of a participating institution",
            hint="it needs the visas ResearcherStatus, AcceptedTermsAndPolicies and AffiliationAndRole",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTokens:
    """Verifies the tokens of a file of trusted issuers."""

    rules: IdentityRules
    people: PeopleFile
    providers: dict[str, tuple[SignIn, KeySource]]
    visas: VisaChecker
    sessions: Sessions
    clock: Callable[[], float] = time.time

    def principal(self, token: str, project: str | None = None) -> Principal:
        """The token's holder, asking in `project` or their own; raises `TokenRefused` and others of `NotAllowed`, and
        `DataProblem` while the file of projects cannot be read."""
        people = self.people.now()
        return self._asking(self._signed_in(token, people), people, project)

    def projects(self, token: str) -> tuple[Principal, ...]:
        """The token's holder in each project they may ask in, their own first; raises as `principal`."""
        people = self.people.now()
        signed_in = self._signed_in(token, people)
        member_of = people.projects_of(signed_in.rights.identities) if signed_in.rights else ()
        found: list[Principal] = []
        for project in (None, *member_of):
            with suppress(ProjectRefused):
                found.append(self._asking(signed_in, people, project))
        return tuple(found)

    def _signed_in(self, token: str, people: People) -> SignedIn:
        try:
            return self.sign_in(token, people)
        except Unacceptable:
            raise TokenRefused from None

    def _asking(self, signed_in: SignedIn, people: People, project: str | None) -> Principal:
        if signed_in.rights is None:
            return self._staff(signed_in, people, project)
        return _researcher(signed_in, people, project)

    def sign_in(self, token: str, people: People) -> SignedIn:
        """The session of a token, begun now or before; raises `Unacceptable`."""
        now = self.clock()
        known = self.sessions.find(token, now)
        if known is not None and not known.is_denied(people):
            return known
        self.sessions.forget(token)
        signed_in, is_whole = self._begin(token, people, now)
        if is_whole:
            self.sessions.keep(token, signed_in)
        return signed_in

    def verify_token(self, token: str, now: float) -> Signed:
        """The claims of an access token or passport of ours; raises `Unacceptable`."""
        envelope = open_envelope(token)
        if envelope.address is not None:
            raise Unacceptable("a token that names where its keys are")
        if envelope.issuer not in self.providers:
            raise Unacceptable("an issuer that is not in the table")
        rules, keys = self.providers[envelope.issuer]
        if envelope.type not in rules.token_types:
            raise Unacceptable("not of an access token's type")
        signed = verify(envelope, keys, algorithms=rules.algorithms, now=now, audience=self.rules.audience)
        _check_use(signed, rules)
        return signed

    def check_visas(self, signed: Signed, people: People, now: float) -> list[Visa | Unacceptable]:
        """Each visa of a passport, or why it does not count, in their order; raises `Unacceptable`."""
        return [self._check_visa(token, people, now) for token in visas_of(signed.claims)]

    def _begin(self, token: str, people: People, now: float) -> tuple[SignedIn, bool]:
        """A new session, and whether it may be kept: not while an issuer's keys cannot be had."""
        signed = self.verify_token(token, now)
        if people.is_denied(signed.identity, signed.token_id):
            raise Unacceptable("denied")
        until = min(now + LONGEST, signed.expires + LEEWAY)
        if self.rules.internal is not None:
            return self._begin_staff(signed, until), True
        checked = self.check_visas(signed, people, now)
        rights = rights_of(signed.identity, (one for one in checked if isinstance(one, Visa)), self.rules, now)
        session = SignedIn(
            identity=signed.identity,
            token_id=signed.token_id,
            rights=rights,
            until=min(until, rights.until + LEEWAY),
        )
        return session, rights.is_registered and not any(isinstance(one, KeysUnavailable) for one in checked)

    def _begin_staff(self, signed: Signed, until: float) -> SignedIn:
        internal = self.rules.internal
        assert internal is not None
        marks = signed.claims.get(internal.claim)
        if internal.value not in (marks if isinstance(marks, list) else [marks]):
            raise Unacceptable("not marked as staff")
        return SignedIn(identity=signed.identity, token_id=signed.token_id, rights=None, until=until)

    def _check_visa(self, token: str, people: People, now: float) -> Visa | Unacceptable:
        try:
            visa = self.visas.check(token, now)
        except Unacceptable as refused:
            return refused
        return Unacceptable("denied") if people.is_denied(visa.identity, visa.token_id) else visa

    def _staff(self, signed_in: SignedIn, people: People, project: str | None) -> Principal:
        internal = self.rules.internal
        assert internal is not None
        if project not in (None, internal.project) or people.is_stopped(internal.project):
            raise ProjectRefused
        return Principal(
            user=user_id(signed_in.identity),
            project=internal.project,
            institution=internal.institution,
            tier=AccessTier.INTERNAL,
        )


def _check_use(signed: Signed, rules: SignIn) -> None:
    """How long it may be valid, how its holder signed in, and that it is not bound to a key we do not ask proof of."""
    if signed.expires - signed.issued > rules.longest_minutes * 60:
        raise Unacceptable("valid for longer than the issuer may say")
    if rules.acr and signed.claims.get("acr") not in rules.acr:
        raise Unacceptable("signed in by a weaker way than is asked")
    if "cnf" in signed.claims:
        raise Unacceptable("bound to a key of its holder, and sent without proof of it")


def _researcher(signed_in: SignedIn, people: People, project: str | None) -> Principal:
    rights = signed_in.rights
    if rights is None or not rights.is_registered:
        raise AccessNotGranted
    user = user_id(signed_in.identity)
    chosen, tier = PERSONAL + user, AccessTier.REGISTERED
    if project is not None and project != chosen:
        found = people.project_of(rights.identities, project)
        if found is None or (found.tier == "controlled" and not rights.is_controlled):
            raise ProjectRefused
        chosen, tier = found.id, AccessTier(found.tier)
    linked = tuple(sorted({user_id(identity) for identity in rights.identities} - {user}))
    own = {PERSONAL + each for each in (user, *linked)}
    if any(map(people.is_stopped, own if chosen in own else {chosen})):
        raise ProjectRefused
    return Principal(user=user, project=chosen, institution=rights.institutions[0], tier=tier, linked=linked)


def user_id(identity: Identity) -> str:
    """The name of an account: a hash, so that ledgers and logs hold no name; the same whenever the person comes."""
    digest = hashlib.sha256(f"{identity.issuer}\n{identity.subject}".encode()).digest()
    return "u-" + base64.b32encode(digest[:20]).decode().lower()
