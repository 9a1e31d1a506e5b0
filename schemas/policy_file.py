"""Policy files: TOML, read strictly. What is missing, unknown or contradicts itself is a problem with its place.

docs/reference/policy.md says what each key means. `schemas/policies/2026.4.toml` comes with the
program.
"""

import hashlib
import json
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from schemas.access import Access, DataDomain, DateStep, RegionLevel, VariantLevel
from schemas.cube import FIRST_TABLES, CubeFamily, CubeRules, CubeTable, FamilyRules
from schemas.errors import DataProblem, located
from schemas.policy import CostClass, Dictionary, DisclosurePolicy, GenotypeAccess, ReleasePhase, TierPolicy
from schemas.policy_checks import contradictions
from schemas.rates import Rate, parse_rate
from schemas.sensitive import SensitiveList, SensitiveUse
from schemas.strict_toml import Entry, FileCodes, Word, parse_toml, read_text
from schemas.tiers import NANO_RHO, AccessTier, Budget, Precision

DEFAULT_FILE: Final = Path(__file__).parent / "policies" / "2026.4.toml"
_CODES: Final = FileCodes("policy-unreadable", "policy-form")

Rho = Annotated[Decimal, Field(ge=0, le=100, decimal_places=9, strict=False)]
Limit = Annotated[int, Field(ge=0, le=1_000_000)]


def _is_rate(text: str) -> str:
    parse_rate(text)
    return text


Rates = Annotated[list[Annotated[str, AfterValidator(_is_rate)]], Field(max_length=3)]


def _rates(texts: list[str]) -> tuple[Rate, ...]:
    """Shortest span first: what a minute refuses does not use up the day."""
    return tuple(sorted(map(parse_rate, texts), key=lambda rate: rate.span.seconds))


class _Budget(Entry):
    project: Rho
    user: Rho
    institution: Rho

    def value(self) -> Budget:
        return Budget(**{name: int(rho * NANO_RHO) for name, rho in self})


class _TierRates(Entry):
    questions: Rates
    lookups: Rates


class _Tier(Entry):
    interactive: bool
    exact: bool
    precisions: list[Annotated[Precision, Word]]
    default_precision: Annotated[Precision, Word] | None = None
    floor: Annotated[int, Field(ge=1, le=1000)]
    rounding: Annotated[int, Field(ge=1, le=1000)]
    budget: _Budget
    max_cells: Limit
    max_dimensions: Limit
    max_attrition_steps: Limit
    max_leaves: Limit
    max_depth: Limit
    max_variants: Limit
    genotypes: Annotated[GenotypeAccess, Word]
    compares_release_frequencies: bool
    dictionaries: list[Annotated[Dictionary, Word]]
    deadlines: dict[Annotated[CostClass, Word], Annotated[float, Field(ge=0, le=600, strict=False)]]
    rates: _TierRates
    consent_permissions: Annotated[list[str], Field(min_length=1)]
    needs_project: bool
    sensitive: Annotated[SensitiveUse, Word]

    def value(self, tier: AccessTier) -> TierPolicy:
        return TierPolicy(
            tier=tier,
            is_interactive=self.interactive,
            is_exact=self.exact,
            precisions=tuple(self.precisions),
            default_precision=self.default_precision,
            floor=self.floor,
            rounding=self.rounding,
            budget=self.budget.value(),
            max_cells=self.max_cells,
            max_dimensions=self.max_dimensions,
            max_attrition_steps=self.max_attrition_steps,
            max_leaves=self.max_leaves,
            max_depth=self.max_depth,
            max_variants=self.max_variants,
            genotypes=self.genotypes,
            compares_release_frequencies=self.compares_release_frequencies,
            dictionaries=tuple(self.dictionaries),
            deadlines=tuple(self.deadlines.items()),
            questions=_rates(self.rates.questions),
            lookups=_rates(self.rates.lookups),
            consent_permissions=tuple(self.consent_permissions),
            needs_project=self.needs_project,
            sensitive=self.sensitive,
        )


class _Grant(Entry):
    tier: Annotated[AccessTier, Word]
    start: Annotated[date | None, Field(alias="from")] = None
    domains: list[Annotated[DataDomain, Word]] | Literal["all"]
    dates: Annotated[DateStep, Word]
    age_width: Annotated[int, Field(ge=1, le=100)]
    regions: Annotated[RegionLevel, Word]
    variants: Annotated[VariantLevel, Word]
    temporal: bool
    free_text: bool
    precisions: list[Annotated[Precision, Word]] | None = None
    budget: _Budget | None = None

    def value(self, phase: int) -> Access:
        domains = set(DataDomain) if self.domains == "all" else set(self.domains)
        return Access(
            tier=self.tier,
            phase=phase,
            start=self.start,
            domains=tuple(domain for domain in DataDomain if domain in domains),
            dates=self.dates,
            age_width=self.age_width,
            regions=self.regions,
            variants=self.variants,
            temporal=self.temporal,
            free_text=self.free_text,
            precisions=None if self.precisions is None else tuple(self.precisions),
            budget=None if self.budget is None else self.budget.value(),
        )


PhaseTitle = Annotated[str, Field(min_length=1, max_length=120)]


class _Phase(Entry):
    number: Annotated[int, Field(ge=0, le=1000)]
    title: PhaseTitle
    title_ko: PhaseTitle | None = None
    grant: list[_Grant] = Field(default_factory=list)


class _Tiers(Entry):
    public: _Tier
    registered: _Tier
    controlled: _Tier
    internal: _Tier


Sigma = Annotated[int, Field(ge=1, le=1000)]
Codes = Annotated[list[Annotated[str, Field(pattern=r"^[^:]{1,64}:[^:]{1,64}$")]], Field(max_length=1000)]


def _codes(texts: list[str]) -> tuple[tuple[str, str], ...]:
    """Vocabulary and code, or the beginning of one."""
    pairs = (text.partition(":") for text in texts)
    return tuple((vocabulary, code) for vocabulary, _, code in pairs)


class _Family(Entry):
    name: Annotated[CubeFamily, Word]
    most: Annotated[int, Field(ge=1, le=1000)]
    sigma: Sigma | None = None
    table_sigma: Sigma | None = None
    tables: list[Annotated[CubeTable, Word]] | None = None
    codes: Codes = Field(default_factory=list)
    variants: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=1000)] = Field(
        default_factory=list
    )

    def value(self, sigma: int, table_sigma: int) -> FamilyRules:
        """With the cube's noise where the family has none of its own; what says nothing of cells has that of totals."""
        return FamilyRules(
            family=self.name,
            most=self.most,
            sigma=self.sigma or sigma,
            table_sigma=self.table_sigma or self.sigma or table_sigma,
            tables=FIRST_TABLES if self.tables is None else tuple(self.tables),
            codes=_codes(self.codes),
            variants=tuple(self.variants),
        )


class _Sensitive(Entry):
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9 ,-]{0,63}$")]
    concepts: Annotated[list[Annotated[int, Field(ge=1, lt=2**31)]], Field(max_length=1000)]
    codes: Codes

    def value(self) -> SensitiveList:
        return SensitiveList(name=self.name, concepts=tuple(self.concepts), codes=_codes(self.codes))


class _Cube(Entry):
    budget: Rho
    sigma: Sigma
    table_sigma: Sigma | None = None
    age_width: Annotated[int, Field(ge=5, le=100)]
    family: Annotated[list[_Family], Field(min_length=1)]

    def value(self) -> CubeRules:
        table_sigma = self.table_sigma or self.sigma
        return CubeRules(
            budget=int(self.budget * NANO_RHO),
            sigma=self.sigma,
            table_sigma=table_sigma,
            age_width=self.age_width,
            families=tuple(family.value(self.sigma, table_sigma) for family in self.family),
        )


class _File(Entry):
    version: Annotated[str, Field(pattern=r"^[0-9a-z][0-9a-z.-]{0,31}$")]
    person_cap: Rho
    failed_sign_ins: Rates
    tier: _Tiers
    cube: _Cube
    sensitive: Annotated[list[_Sensitive], Field(max_length=100)]
    phase: Annotated[list[_Phase], Field(min_length=1)]

    def value(self) -> DisclosurePolicy:
        tiers = tuple(entry.value(AccessTier(name)) for name, entry in self.tier)
        phases = tuple(
            ReleasePhase(number=phase.number, title=phase.title, title_ko=phase.title_ko) for phase in self.phase
        )
        # A translation is no other rule: answers and published tables stay those of the same policy.
        titles = [{"number": phase.number, "title": phase.title} for phase in phases]
        grants = tuple(grant.value(phase.number) for phase in self.phase for grant in phase.grant)
        cap = int(self.person_cap * NANO_RHO)
        failed = _rates(self.failed_sign_ins)
        cube = self.cube.value()
        sensitive = tuple(each.value() for each in self.sensitive)
        return DisclosurePolicy(
            version=self.version,
            sha256=_digest(self.version, cap, failed, tiers, titles, grants, cube, sensitive),
            person_cap=cap,
            failed_sign_ins=failed,
            tiers=tiers,
            phases=phases,
            grants=grants,
            cube=cube,
            sensitive=sensitive,
        )


@cache
def default_policy() -> DisclosurePolicy:
    """The policy that comes with the program."""
    return read_policy(DEFAULT_FILE)


def read_policy(path: Path) -> DisclosurePolicy:
    """The policy of a file; raises `DataProblem` with the place of what is wrong."""
    with located(path):
        return parse_policy(read_text(path, _CODES), name=path.name)


def parse_policy(text: str, *, name: str) -> DisclosurePolicy:
    """The policy of a text; `name` stands for it in problems. Raises `DataProblem`."""
    policy = parse_toml(text, _File, name=name, codes=_CODES).value()
    if wrong := list(contradictions(policy)):
        raise DataProblem("policy-contradiction", f"{name} contradicts itself: " + "; ".join(wrong))
    return policy


def _digest(*parts: object) -> str:
    """SHA-256 of the values as canonical JSON, with the noise that the words for precision stand for."""
    sigmas = {precision.value: precision.sigma for precision in Precision}
    plain = [sigmas, *(TypeAdapter(Any).dump_python(part, mode="json") for part in parts)]
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
