"""What each access tier may ask and how its answers are protected: values, with no logic but arithmetic on them.

The mechanism that uses these values is `engine.disclosure`; docs/understand/disclosure.md explains them, and a
test compares its table with this file. Change a value, raise `POLICY_VERSION`.
"""

import math
from dataclasses import dataclass
from enum import Enum

POLICY_VERSION = "2026.2"
"""Travels with every answer, so that a published number can be traced to the rules it was made under."""

NANO_RHO = 10**9
"""Budgets are integers in thousand-millionths of rho (zCDP): a float ledger refuses or grants one answer too many."""

SINGLE = 1
"""Squared L2 distance between the counts of two releases that differ in the record of one person: one count."""

ONE_HOT = 2
"""The same for a histogram in which a person is in at most one cell: one cell loses a person, another gains one."""

TAIL_DEVIATIONS = 3.09
"""Standard deviations above the floor at which a noisy value is shown: a true value below is shown once in 1,000."""

INTERVAL_DEVIATIONS = 1.96
"""Standard deviations in a 95 % interval."""


class AccessTier(Enum):
    """Who asks; from the least trusted to the data stewards inside the trusted environment."""

    PUBLIC = "public"
    REGISTERED = "registered"
    CONTROLLED = "controlled"
    INTERNAL = "internal"


class Precision(Enum):
    """How much noise an answer carries; the more precise, the dearer."""

    COARSE = "coarse"
    STANDARD = "standard"
    FINE = "fine"
    FINEST = "finest"

    @property
    def sigma(self) -> int:
        """Scale of the discrete Gaussian noise, in persons."""
        return _SIGMAS[self]

    def cost(self, distance_squared: int) -> int:
        """Price of one answer in nano-rho, rounded up: distance squared / (2 sigma squared)."""
        return -(-NANO_RHO * distance_squared // (2 * self.sigma**2))


_SIGMAS = {Precision.COARSE: 50, Precision.STANDARD: 20, Precision.FINE: 10, Precision.FINEST: 5}


COMMON_FREQUENCY = 0.01
"""Allele frequency in reference data from which on a variant counts as common. That a release of this size has such a
variant is known beforehand, so that telling its missing calls apart says nothing about anybody."""


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
class Budget:
    """What an account may learn in one period, in nano-rho; a period is a calendar year."""

    project: int
    user: int
    institution: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TierPolicy:
    """The rules of one tier.

    `precisions` is empty where nothing noisy is offered; `floor` is k, the smallest count that may be shown as a
    number; `rounding` the base of shown numbers; `genotypes` says of which variants genotypes may be counted, at most
    `max_variants` in one request; `compares_release_frequencies` whether documents may choose variants by a frequency
    measured in the release, which one person can move across a limit and so decide about all carriers; `dictionaries`
    are those that may be searched; `deadlines` the fixed answering time in seconds of each cost class the tier may use;
    `consent_permissions` the DUO codes of which a person must have granted one.
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
    consent_permissions: tuple[str, ...]
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
class DisclosurePolicy:
    """The rules of all tiers, under one version."""

    version: str
    tiers: tuple[TierPolicy, ...]

    def of(self, tier: AccessTier) -> TierPolicy:
        """The rules of one tier."""
        return next(rules for rules in self.tiers if rules.tier is tier)


_NO_BUDGET = Budget(project=0, user=0, institution=0)
_HEALTH_RESEARCH = ("GRU", "HMB")
_PUBLISHED = (Dictionary.CONCEPTS, Dictionary.QUESTIONS, Dictionary.GENES, Dictionary.VARIANTS, Dictionary.PANELS)

PUBLIC_TIER = TierPolicy(
    tier=AccessTier.PUBLIC,
    is_interactive=False,
    is_exact=False,
    precisions=(),
    default_precision=None,
    floor=20,
    rounding=20,
    budget=_NO_BUDGET,
    max_cells=0,
    max_dimensions=0,
    max_attrition_steps=0,
    max_leaves=0,
    max_depth=0,
    deadlines=(),
    consent_permissions=_HEALTH_RESEARCH,
    dictionaries=_PUBLISHED,
)

REGISTERED_TIER = TierPolicy(
    tier=AccessTier.REGISTERED,
    is_interactive=True,
    is_exact=False,
    precisions=(Precision.COARSE, Precision.STANDARD),
    default_precision=Precision.STANDARD,
    floor=20,
    rounding=10,
    budget=Budget(project=NANO_RHO // 2, user=NANO_RHO // 2, institution=2 * NANO_RHO),
    max_cells=60,
    max_dimensions=2,
    max_attrition_steps=12,
    max_leaves=12,
    max_depth=4,
    deadlines=((CostClass.QUICK, 1.0),),
    consent_permissions=_HEALTH_RESEARCH,
    genotypes=GenotypeAccess.COMMON,
    max_variants=10,
    dictionaries=tuple(Dictionary),
)

CONTROLLED_TIER = TierPolicy(
    tier=AccessTier.CONTROLLED,
    is_interactive=True,
    is_exact=False,
    precisions=(Precision.COARSE, Precision.STANDARD, Precision.FINE, Precision.FINEST),
    default_precision=Precision.STANDARD,
    floor=10,
    rounding=5,
    budget=Budget(project=NANO_RHO, user=NANO_RHO, institution=4 * NANO_RHO),
    max_cells=200,
    max_dimensions=3,
    max_attrition_steps=12,
    max_leaves=32,
    max_depth=6,
    deadlines=((CostClass.QUICK, 1.0), (CostClass.MEDIUM, 5.0), (CostClass.LONG, 30.0)),
    consent_permissions=_HEALTH_RESEARCH,
    genotypes=GenotypeAccess.ANY,
    max_variants=20,
    dictionaries=tuple(Dictionary),
)

INTERNAL_TIER = TierPolicy(
    tier=AccessTier.INTERNAL,
    is_interactive=True,
    is_exact=True,
    precisions=(),
    default_precision=None,
    floor=5,
    rounding=1,
    budget=_NO_BUDGET,
    max_cells=10_000,
    max_dimensions=4,
    max_attrition_steps=64,
    max_leaves=256,
    max_depth=16,
    deadlines=((CostClass.QUICK, 0.0), (CostClass.MEDIUM, 0.0), (CostClass.LONG, 0.0)),
    consent_permissions=(*_HEALTH_RESEARCH, "DS"),
    genotypes=GenotypeAccess.ANY,
    max_variants=100,
    compares_release_frequencies=True,
    dictionaries=tuple(Dictionary),
)

DEFAULT_POLICY = DisclosurePolicy(
    version=POLICY_VERSION,
    tiers=(PUBLIC_TIER, REGISTERED_TIER, CONTROLLED_TIER, INTERNAL_TIER),
)
