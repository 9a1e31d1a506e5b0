"""What each access tier may ask and how its answers are protected: values, with no logic but arithmetic on them.

The values themselves are in a file (`schemas/policies`, read by `schemas.policy_file`); `DEFAULT_POLICY` is the one
that comes with the program. The mechanism that uses them is `engine.disclosure`; docs/understand/disclosure.md explains
them, and a test compares its table with the file.
"""

import datetime
import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from schemas.access import Access
from schemas.cube import CubeRules
from schemas.rates import Rate
from schemas.sensitive import SensitiveList, SensitiveUse
from schemas.tiers import NANO_RHO, AccessTier, Budget, Precision

if TYPE_CHECKING:
    DEFAULT_POLICY: "DisclosurePolicy"
    REGISTERED_TIER: "TierPolicy"
    CONTROLLED_TIER: "TierPolicy"

__all__ = [
    "COMMON_FREQUENCY",
    "COUNTING_RULES",
    "INTERVAL_DEVIATIONS",
    "NANO_RHO",
    "ONE_HOT",
    "SINGLE",
    "TAIL_DEVIATIONS",
    "Access",
    "AccessTier",
    "Budget",
    "CostClass",
    "Dictionary",
    "DisclosurePolicy",
    "GenotypeAccess",
    "Precision",
    "ReleasePhase",
    "TierPolicy",
]

SINGLE = 1
"""Squared L2 distance between the counts of two releases that differ in the record of one person: one count."""

ONE_HOT = 2
"""The same for a histogram in which a person is in at most one cell: one cell loses a person, another gains one."""

TAIL_DEVIATIONS = 3.09
"""Standard deviations above the floor at which a noisy value is shown: a true value below is shown once in 1,000."""

INTERVAL_DEVIATIONS = 1.96
"""Standard deviations in a 95 % interval."""

COMMON_FREQUENCY = 0.01
"""Allele frequency in reference data from which on a variant counts as common. That a release of this size has such a
variant is known beforehand, so that telling its missing calls apart says nothing about anybody."""

COUNTING_RULES = f"common={COMMON_FREQUENCY} scores=reference"
"""The rules that decide whom a protected question counts, beside its text, the consented people and the noise. They are
part of every question's name: where they change, an answer stored under the old ones is no longer the answer. Rules
that only refuse, or only act on noisy numbers, are not among them: a new name means new noise and a new price."""


class GenotypeAccess(Enum):
    """Of which variants a tier may see genotypes as numbers. What the release holds decides nothing: a refusal that
    depends on whether somebody carries a variant would tell that somebody does."""

    NONE = "none"
    COMMON = "common"
    """Those that reference data give a frequency of at least `COMMON_FREQUENCY`."""
    ANY = "any"


class CostClass(Enum):
    """How long a document may run, judged from its text alone."""

    QUICK = "quick"
    MEDIUM = "medium"
    LONG = "long"


class Dictionary(Enum):
    """What names can be searched in. None of it is about a person; but how many variants of a score the release has
    is about the release."""

    CONCEPTS = "concepts"
    QUESTIONS = "survey questions"
    GENES = "genes"
    VARIANTS = "variants"
    PANELS = "panels"
    SCORES = "scores"


@dataclass(frozen=True, slots=True, kw_only=True)
class TierPolicy:
    """The rules of one tier.

    `precisions` is empty where nothing noisy is offered; `floor` is k, the smallest count that may be shown as a
    number; `rounding` the base of shown numbers; `genotypes` says of which variants genotypes may be counted, at most
    `max_variants` in one request; `compares_release_frequencies` whether documents may choose variants by a frequency
    measured in the release, which one person can move across a limit and so decide about all carriers; `dictionaries`
    are those that may be searched; `deadlines` the fixed answering time in seconds of each cost class the tier may use;
    `questions` and `lookups` how often one caller may ask the first and look names up or check documents (of the public
    tier, one address), shortest span first;
    `consent_permissions` the DUO codes of which a person must have granted one, without restrictions, for questions of
    no approved project; `needs_project` whether there are none such once a registry of projects is kept; `sensitive`
    how the policy's sensitive concepts may be asked about.
    """

    tier: AccessTier
    is_interactive: bool
    is_exact: bool
    precisions: tuple[Precision, ...]
    default_precision: Precision | None
    floor: int
    rounding: int
    budget: Budget
    max_cells: int
    max_dimensions: int
    max_attrition_steps: int
    max_leaves: int
    max_depth: int
    deadlines: tuple[tuple[CostClass, float], ...]
    questions: tuple[Rate, ...]
    lookups: tuple[Rate, ...]
    consent_permissions: tuple[str, ...]
    needs_project: bool = False
    sensitive: SensitiveUse = SensitiveUse.NONE
    genotypes: GenotypeAccess = GenotypeAccess.NONE
    max_variants: int = 0
    compares_release_frequencies: bool = False
    dictionaries: tuple[Dictionary, ...] = ()

    def may_search(self, dictionary: Dictionary) -> bool:
        """Whether the tier may look names up in a dictionary."""
        return dictionary in self.dictionaries

    def threshold(self, deviation: float, *, each: int = 1) -> int:
        """The smallest noisy value shown as a number, for a value whose noise has this standard deviation and to which
        a person adds at most `each`.

        It depends on the policy and the shape of the question only, never on the data.
        """
        return math.ceil((self.floor - 1) * each + TAIL_DEVIATIONS * deviation)

    def margin(self, deviation: float, rounding_error: float) -> int:
        """Half-width of the 95 % interval of a shown value: its noise, and its largest rounding error on top."""
        return round(INTERVAL_DEVIATIONS * deviation + rounding_error)

    def deadline(self, cost_class: CostClass) -> float | None:
        """Seconds after which an answer of this class is given; absent when the tier may not ask such a question."""
        return dict(self.deadlines).get(cost_class)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePhase:
    """A stage of the resource's opening, by the number that the manifest of a release bears; `title_ko` is its title in
    Korean, if the policy has one."""

    number: int
    title: str
    title_ko: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosurePolicy:
    """The rules of all tiers, under one version.

    `sha256` is the hash of what the file says, whatever its layout and comments; `grants` what is open to whom, when.
    `person_cap` is what everybody together may learn of one person in one period, in nano-rho, by questions of all
    tiers with noise: who has reached it is left out of new answers. `cube` is what is published of a release for
    everybody, which comes on top. `failed_sign_ins` is how often tokens from one address may be refused before
    others from there are not looked at. `sensitive` lists concepts that each tier may use as its rules say.
    """

    version: str
    sha256: str
    person_cap: int
    failed_sign_ins: tuple[Rate, ...]
    tiers: tuple[TierPolicy, ...]
    phases: tuple[ReleasePhase, ...]
    grants: tuple[Access, ...]
    cube: CubeRules
    sensitive: tuple[SensitiveList, ...] = ()

    @property
    def identity(self) -> str:
        """Version and hash, as the log keeps them: an edited file never passes for the one it was made from."""
        return f"{self.version}+sha256:{self.sha256}"

    def of(self, tier: AccessTier) -> TierPolicy:
        """The rules of one tier."""
        return next(rules for rules in self.tiers if rules.tier is tier)

    def access(self, tier: AccessTier, *, phase: int, on: datetime.date) -> Access | None:
        """What a tier may use of a release of this phase on a day: the grant that began last; absent before any."""
        begun = [grant for grant in self._grants_of(tier, phase) if grant.is_open(on)]
        return max(begun, key=lambda grant: grant.start or datetime.date.min, default=None)

    def changes(self, tier: AccessTier, *, phase: int, after: datetime.date) -> tuple[Access, ...]:
        """The grants of a tier that begin later, in order of date."""
        later = [grant for grant in self._grants_of(tier, phase) if not grant.is_open(after)]
        return tuple(sorted(later, key=lambda grant: grant.start or datetime.date.min))

    def _grants_of(self, tier: AccessTier, phase: int) -> tuple[Access, ...]:
        return tuple(grant for grant in self.grants if grant.tier is tier and grant.phase == phase)


def __getattr__(name: str) -> object:
    """The policy that comes with the program, read when first asked for, and two of its tiers."""
    if name not in ("DEFAULT_POLICY", "REGISTERED_TIER", "CONTROLLED_TIER"):
        raise AttributeError(f"module 'schemas.policy' has no attribute {name!r}")
    from schemas.policy_file import default_policy  # reads files of these types

    policy = default_policy()
    return policy if name == "DEFAULT_POLICY" else policy.of(AccessTier(name.removesuffix("_TIER").lower()))
