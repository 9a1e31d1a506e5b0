"""From a passport to rights: which tier its visas open, for which institutions, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from api.identity.conditions import are_met
from api.identity.configuration import ControlledRules, IdentityRules, RegisteredRules
from api.identity.linking import linked_identities
from api.identity.signed import LEEWAY, Identity
from api.identity.visas import Visa

_DAY: Final = 86_400
_ANYBODY: Final = frozenset({"self", "peer", "system", "so", "dac"})
_SOMEBODY_ELSE: Final = frozenset({"peer", "system", "so", "dac"})
_OFFICIAL: Final = frozenset({"system", "so"})
_COMMITTEE: Final = frozenset({"dac"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What a passport opens.

    `identities` are all identities of the person, `institutions` the ids of where they work (none: not registered),
    `visas` those that were believed, and `until` when the first of them expires, in seconds since 1970.
    """

    identities: frozenset[Identity]
    institutions: tuple[str, ...]
    is_controlled: bool
    visas: tuple[Visa, ...]
    until: float

    @property
    def is_registered(self) -> bool:
        """Whether a registered researcher holds it."""
        return bool(self.institutions)


def rights_of(holder: Identity, visas: Iterable[Visa], rules: IdentityRules, now: float) -> Rights:
    """The rights that verified visas give `holder`. Nothing here knows of the internal tier."""
    believed = believed_visas(holder, visas)
    institutions = _institutions(believed, rules, now)
    is_registered = bool(institutions) and _is_researcher(believed, rules.registered)
    return Rights(
        identities=linked_identities(holder, believed),
        institutions=institutions if is_registered else (),
        is_controlled=is_registered and _is_granted(believed, rules.controlled),
        visas=believed,
        until=min((visa.expires for visa in believed), default=now),
    )


def believed_visas(holder: Identity, visas: Iterable[Visa]) -> tuple[Visa, ...]:
    """Those of the holder, or of an identity linked to them, whose conditions are met by others of them."""
    visas = tuple(visas)
    person = linked_identities(holder, visas)
    own = [visa for visa in visas if visa.identity in person]
    plain = [visa for visa in own if visa.conditions is None]
    return tuple(visa for visa in own if visa.conditions is None or are_met(visa.conditions, plain))


def _is_researcher(visas: Iterable[Visa], wanted: RegisteredRules | None) -> bool:
    """A status that somebody else vouches for, and our terms, accepted."""
    visas = tuple(visas)
    return wanted is not None and all(
        any(_says(visa, kind, values, authorities) for visa in visas)
        for kind, values, authorities in (
            ("ResearcherStatus", wanted.statuses, _SOMEBODY_ELSE),
            ("AcceptedTermsAndPolicies", wanted.terms, _ANYBODY),
        )
    )


def _is_granted(visas: Iterable[Visa], wanted: ControlledRules | None) -> bool:
    """A committee of ours granted our data set, and says so itself."""
    return wanted is not None and any(
        visa.source in wanted.committees and _says(visa, "ControlledAccessGrants", (wanted.dataset,), _COMMITTEE)
        for visa in visas
    )


def _says(visa: Visa, kind: str, values: tuple[str, ...], authorities: frozenset[str]) -> bool:
    return visa.type == kind and visa.value in values and visa.by in authorities


def _institutions(visas: Iterable[Visa], rules: IdentityRules, now: float) -> tuple[str, ...]:
    """Where official and recent affiliations say the holder works, as far as the institutions are ours."""
    wanted = rules.registered
    if wanted is None:
        return ()
    since = now - wanted.affiliation_days * _DAY - LEEWAY
    places = [
        visa.value.partition("@")
        for visa in visas
        if visa.type == "AffiliationAndRole" and visa.by in _OFFICIAL and visa.asserted >= since
    ]
    domains = {domain for role, _, domain in places if role in wanted.roles}
    return tuple(sorted(one.id for one in rules.institutions if domains & set(one.domains)))
