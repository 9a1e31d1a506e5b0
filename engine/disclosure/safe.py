"""What may leave: protected counts, tables and attrition, and what is exact or refused; only the gate can make them."""

from dataclasses import InitVar, dataclass
from typing import NoReturn

from engine.aggregate import Label, Rate
from engine.disclosure.account import Balance
from engine.physical.estimates import Estimate as Cost
from schemas.errors import InternalError
from schemas.inclusion import InclusionMode
from schemas.policy import AccessTier, Precision, TierPolicy

SEAL = object()
"""Shown to the types below by whoever makes them; a test checks that only the gate imports it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A number, and the half-width of its 95 % interval in persons: noise and rounding together."""

    value: int
    margin: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """The noisy value lies below the threshold. The same for no person, one person and an unknown code."""

    less_than: int


SafeValue = Shown | Suppressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A proportion, between 0 and 1, and the ends of its 95 % interval, which is that of the noise."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareWithin:
    """A proportion that is not shown: the noisy one lies between these."""

    at_least: float
    at_most: float


SafeProportion = Share | ShareWithin


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What comes with every answer.

    `rules` are those of the tier. `precision` and `sigma` are absent when `exact`. `query_ids` name the measurements.
    `charged` is what the account that paid most was charged for this answer, in nano-rho: 0 when all had seen it
    before.
    """

    action: str
    tier: AccessTier
    release_id: str
    policy_version: str
    policy_sha256: str
    rules: TierPolicy
    query_ids: tuple[str, ...]
    precision: Precision | None
    sigma: int | None
    exact: bool
    charged: int
    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sealed:
    """Refuses to be made without the seal, copied with changes, or unpickled."""

    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise InternalError("safe-unsealed", "only the gate makes protected answers")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a protected answer is sent through the wire models, not pickled")


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeCounts(_Sealed):
    """How many persons are in the cohort."""

    count: SafeValue
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeCell:
    """One cell of a table."""

    label: Label
    count: SafeValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number, and the ends of its interval: the noise at 95 %, and what is not known inside of a band."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeSummary:
    """Mean and quartiles of a numeric dimension, from the cells of a table and nothing else."""

    dimension: str
    mean: Estimate
    quartiles: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeTable(_Sealed):
    """A cohort's count and its breakdown, in the order of the labels; all cells, hidden ones too, add up to it.

    `shares` are the cells' proportions of the total, in their order; `summaries` those of its numeric dimensions, none
    where the total is hidden.
    """

    total: SafeValue
    cells: tuple[SafeCell, ...]
    shares: tuple[SafeProportion, ...]
    summaries: tuple[SafeSummary, ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeAttrition(_Sealed):
    """Persons left after each step: starts from the release's published number, ends in the cohort's count."""

    population: int
    steps: tuple[SafeCell, ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeOverlap(_Sealed):
    """Who is in which of several cohorts. `cohorts` are their counts, labelled by canonical hash; `cells` every way to
    be in at least one of them, in that order; those of a cohort, hidden ones too, add up to its count."""

    cohorts: tuple[SafeCell, ...]
    cells: tuple[SafeCell, ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeProfile(_Sealed):
    """A cohort's count, and how many of it are in each group, labelled by canonical hash. A person is counted in at
    most `most` groups; exact answers count everybody in all of theirs."""

    total: SafeValue
    groups: tuple[SafeCell, ...]
    most: int
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class SafePattern:
    """Entries that pass just the rules marked."""

    passed: tuple[bool, ...]
    entries: SafeValue


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeInclusionMode:
    """Inclusion statistics in one of their modes; see `engine.aggregate.inclusion`."""

    mode: InclusionMode
    total: SafeValue
    passed_all: SafeValue
    passed: tuple[SafeValue, ...]
    gain: tuple[SafeValue, ...]
    patterns: tuple[SafePattern, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeInclusion(_Sealed):
    """How many entries pass which rules, named in the order of the document."""

    rules: tuple[str, ...]
    modes: tuple[SafeInclusionMode, ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class SafePeriod:
    """Incidence in one calendar period or all; see `engine.aggregate.incidence`. Without time at risk there is no
    rate."""

    name: str
    at_risk: SafeValue
    days: SafeValue
    with_outcome: SafeValue
    outcomes: SafeValue
    rate: Rate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeIncidence(_Sealed):
    """Persons and days at risk, and outcomes, by calendar period, and by stratum where a split was asked for."""

    periods: tuple[SafePeriod, ...]
    total: SafePeriod
    strata: tuple["SafeStratum", ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeStratum:
    """Incidence in one stratum of a calendar period, labelled by one word a dimension."""

    label: Label
    counts: SafePeriod


@dataclass(frozen=True, slots=True, kw_only=True)
class SafePrevalence:
    """One stratum of one interval: persons under observation, those of them in the cohort, and their share."""

    interval: str
    label: Label
    observed: SafeValue
    cases: SafeValue
    share: SafeProportion


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeSeries(_Sealed):
    """Prevalence in every interval, strata changing fastest."""

    rows: tuple[SafePrevalence, ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeAlleles:
    """What is exact of one variant: the release's variants that its name fits, alternate alleles, alleles called, and
    the p-value of the exact test of Hardy-Weinberg equilibrium, absent unless the name fits one variant."""

    alleles: tuple[str, ...]
    allele_count: int
    allele_number: int
    hardy_weinberg: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeVariant:
    """Genotypes of one variant in a cohort. `missing` is the proportion of calls that are missing; absent where these
    count as the reference. `exact` is absent unless the tier's numbers are."""

    variant: str
    cells: tuple[SafeCell, ...]
    frequency: SafeProportion
    missing: SafeProportion | None
    exact: SafeAlleles | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeGenotypes(_Sealed):
    """A cohort's count, and its genotypes at some variants; the cells of each add up to the count."""

    total: SafeValue
    variants: tuple[SafeVariant, ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeNode:
    """One node of a plan: what was expected of it, absent where nothing could be, and what it came to. Without
    `milliseconds` it was kept from an earlier question."""

    node: str
    target: str
    expected: Cost | None
    rows: int
    bytes: int
    milliseconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeExecution(_Sealed):
    """What running a plan took, node by node."""

    nodes: tuple[SafeNode, ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeLinkage(_Sealed):
    """Linkage disequilibrium of two variants among `persons` of a cohort with two copies and calls of both; absent
    where a variant does not vary among them."""

    persons: SafeValue
    r_squared: float | None
    d_prime: float | None
    receipt: Receipt
