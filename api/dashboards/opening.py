"""When what is opened to whom, as the policy has it."""

import datetime
from dataclasses import dataclass
from typing import Final

from schemas.access import AccessTier, DataDomain, VariantLevel
from schemas.policy import DisclosurePolicy, ReleasePhase

_TIERS: Final = (AccessTier.PUBLIC, AccessTier.REGISTERED, AccessTier.CONTROLLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """From a day on (absent: always), one tier may use these kinds of data, and variants to this level. `families` are
    published then, for the public tier."""

    tier: AccessTier
    start: datetime.date | None
    domains: tuple[DataDomain, ...]
    families: tuple[str, ...]
    variants: VariantLevel

    @property
    def is_all(self) -> bool:
        """Whether there is no kind of data left out."""
        return set(self.domains) == set(DataDomain)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPhase:
    """A phase and all its openings to people outside, by tier and day."""

    phase: ReleasePhase
    openings: tuple[Opening, ...]


def opened_phases(policy: DisclosurePolicy) -> tuple[OpenedPhase, ...]:
    """All phases of the policy."""
    return tuple(OpenedPhase(phase=phase, openings=_openings(policy, phase.number)) for phase in policy.phases)


def _openings(policy: DisclosurePolicy, phase: int) -> tuple[Opening, ...]:
    grants = [grant for grant in policy.grants if grant.phase == phase and grant.tier in _TIERS]
    grants.sort(key=lambda grant: (_TIERS.index(grant.tier), grant.start or datetime.date.min))
    return tuple(
        Opening(
            tier=grant.tier,
            start=grant.start,
            domains=grant.domains,
            families=tuple(rules.family.value for rules in policy.cube.families if grant.may_use(rules.family.domain)),
            variants=grant.variants,
        )
        for grant in grants
    )
