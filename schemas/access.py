"""What a tier may use of a release, by the phase of the release and by date: values, with no logic but comparing them.

A release is opened in phases. What is not granted is refused: a domain that no grant names, a phase that the policy
does not know, and every day before the first grant.
"""

import datetime
from dataclasses import dataclass
from enum import Enum
from functools import total_ordering

from schemas.omop import Domain
from schemas.tiers import AccessTier, Budget, Precision


class DataDomain(Enum):
    """A kind of data that phases open as one."""

    PERSONS = "persons"
    """Sex, birth, residence, race, and when people were observed."""
    CONDITIONS = "conditions"
    DRUGS = "drugs"
    PROCEDURES = "procedures"
    MEASUREMENTS = "measurements"
    OBSERVATIONS = "observations"
    DEVICES = "devices"
    VISITS = "visits"
    DEATHS = "deaths"
    SPECIMENS = "specimens"
    INSURANCE = "insurance"
    SURVEYS = "surveys"
    GENOTYPES = "genotypes"
    SCORES = "scores"
    """Weighted sums of genotypes."""


DOMAIN_OF_EVENTS: dict[Domain, DataDomain] = {
    Domain.CONDITION: DataDomain.CONDITIONS,
    Domain.CONDITION_ERA: DataDomain.CONDITIONS,
    Domain.DRUG: DataDomain.DRUGS,
    Domain.DRUG_ERA: DataDomain.DRUGS,
    Domain.DOSE_ERA: DataDomain.DRUGS,
    Domain.PROCEDURE: DataDomain.PROCEDURES,
    Domain.MEASUREMENT: DataDomain.MEASUREMENTS,
    Domain.OBSERVATION: DataDomain.OBSERVATIONS,
    Domain.DEVICE: DataDomain.DEVICES,
    Domain.VISIT: DataDomain.VISITS,
    Domain.VISIT_DETAIL: DataDomain.VISITS,
    Domain.DEATH: DataDomain.DEATHS,
    Domain.SPECIMEN: DataDomain.SPECIMENS,
    Domain.OBSERVATION_PERIOD: DataDomain.PERSONS,
    Domain.LOCATION_REGION: DataDomain.PERSONS,
    Domain.PAYER_PLAN_PERIOD: DataDomain.INSURANCE,
}


@total_ordering
class _Level(Enum):
    """An enumeration whose members are listed from the least to the most that they let see."""

    def __lt__(self, other: "_Level") -> bool:
        order: list[_Level] = list(type(self))
        return order.index(self) < order.index(other)


class DateStep(_Level):
    """How exactly calendar dates may be named: by whole years, whole months, or days."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


class RegionLevel(_Level):
    """How exactly places may be named."""

    NONE = "none"
    PROVINCE = "province"


class VariantLevel(_Level):
    """Which variants may be named. What the release holds decides nothing: a refusal that depends on whether somebody
    carries a variant would tell that somebody does."""

    NONE = "none"
    SETS = "sets"
    """Variants of a gene, a panel or a region of at least `SMALLEST_REGION` bases; never a single one."""
    COMMON = "common"
    """Also single ones, when reference data call them common."""
    ANY = "any"


TEST_DATA = 0
"""The phase of releases that hold nobody's records."""

SMALLEST_REGION = 1_000
"""Bases below which a region names single variants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What one tier may use of releases of one phase, from a day on (absent: always), until a later grant replaces it.

    `domains` may be named by documents and breakdowns; `dates`, `regions` and `variants` say how exactly; `age_width`
    is the narrowest age band of a breakdown, in years; `temporal` whether a document may relate events in time, by
    windows, sequences, gaps, eras and trends; `free_text` whether it may test texts as the source wrote them.
    `precisions` and `budget` narrow those of the tier; absent they are the tier's.
    """

    tier: AccessTier
    phase: int
    start: datetime.date | None
    domains: tuple[DataDomain, ...]
    dates: DateStep
    age_width: int
    regions: RegionLevel
    variants: VariantLevel
    temporal: bool
    free_text: bool
    precisions: tuple[Precision, ...] | None = None
    budget: Budget | None = None

    def is_open(self, on: datetime.date) -> bool:
        """Whether the grant has begun."""
        return self.start is None or self.start <= on

    def may_use(self, domain: DataDomain) -> bool:
        """Whether a document may name data of this kind."""
        return domain in self.domains

    def precision(self, asked: Precision | None, usual: Precision | None) -> Precision | None:
        """The precision to answer with: the one asked for, or the tier's usual one, or the most exact that is open."""
        if asked is not None or self.precisions is None or usual in self.precisions:
            return asked
        return max(self.precisions, key=lambda precision: -precision.sigma)

    def within(self, other: "Access") -> bool:
        """Whether nothing is open here that is not open there; precision and budget aside."""
        return (
            set(self.domains) <= set(other.domains)
            and self.dates <= other.dates
            and self.age_width >= other.age_width
            and self.regions <= other.regions
            and self.variants <= other.variants
            and self.temporal <= other.temporal
            and self.free_text <= other.free_text
        )
