"""The policy as it travels over HTTP and as `kohort policy show --json` prints it."""

import datetime

from pydantic import ConfigDict

from schemas.access import AccessTier, DataDomain, DateStep, RegionLevel, VariantLevel
from schemas.policy import CostClass, Dictionary, GenotypeAccess, Precision
from schemas.sensitive import SensitiveUse
from schemas.wire import Wire


class _Mirror(Wire):
    """Made from the value of the same fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class BudgetLimits(_Mirror):
    """What accounts may spend in a calendar year, in nano-rho."""

    project: int
    user: int
    institution: int


class GrantInfo(_Mirror):
    """What a tier may use of releases of a phase from `start` on (absent: always), until its next grant."""

    tier: AccessTier
    phase: int
    start: datetime.date | None
    domains: list[DataDomain]
    dates: DateStep
    age_width: int
    regions: RegionLevel
    variants: VariantLevel
    temporal: bool
    free_text: bool
    precisions: list[Precision] | None
    budget: BudgetLimits | None


class SensitiveInfo(_Mirror):
    """Concepts that tiers use as their `sensitive` says: those below `concepts`, and those with codes that begin so."""

    name: str
    concepts: list[int]
    codes: list[tuple[str, str]]


class PhaseInfo(_Mirror):
    """A stage of the resource's opening."""

    number: int
    title: str
    title_ko: str | None


class PrecisionOffer(Wire):
    """A precision of a tier: noise in persons, the price of one count, from where on it is a number, and ± at 95 %."""

    name: Precision
    sigma: int
    cost: int
    shown_from: int
    margin: int


class TierInfo(Wire):
    """The rules of one tier; `deadlines` are seconds a cost class, `questions` and `lookups` rates as `10/minute`."""

    tier: AccessTier
    interactive: bool
    exact: bool
    precisions: list[PrecisionOffer]
    default_precision: Precision | None
    floor: int
    rounding: int
    budget: BudgetLimits
    max_cells: int
    max_dimensions: int
    max_attrition_steps: int
    max_leaves: int
    max_depth: int
    max_variants: int
    genotypes: GenotypeAccess
    dictionaries: list[Dictionary]
    deadlines: dict[CostClass, float]
    questions: list[str]
    lookups: list[str]
    consent_permissions: list[str]
    sensitive: SensitiveUse


class PolicyInfo(Wire):
    """The policy in force, and for a release of some phase what is open on a day: one grant a tier at most."""

    version: str
    sha256: str
    person_cap: int
    failed_sign_ins: list[str]
    tiers: list[TierInfo]
    sensitive: list[SensitiveInfo]
    phases: list[PhaseInfo]
    grants: list[GrantInfo]
    release: str | None = None
    release_phase: int | None = None
    on: datetime.date
    open: list[GrantInfo]
