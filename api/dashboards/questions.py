"""Ready-made questions for researchers, a kind of data each: documents and what is asked about them. No number is here.

Each goes through `/v1/runs` like any other question of the reader, at the reader's own price.
"""

import datetime
from dataclasses import dataclass
from typing import Final

from schemas.access import Access, AccessTier, DataDomain, VariantLevel
from schemas.policy import DisclosurePolicy
from schemas.wire.runs import BreakdownPart, CountPart, GenotypesPart, RunPart
from schemas.wire_precision import PrecisionAnswer

RESEARCHERS: Final = (AccessTier.REGISTERED, AccessTier.CONTROLLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A document and what is asked of it: tables by `by`, and `genotypes` of variants. A tier needs all `domains` and
    `variants` to be open."""

    name: str
    domains: tuple[DataDomain, ...]
    text: str
    by: tuple[tuple[str, ...], ...]
    genotypes: tuple[str, ...] = ()
    variants: VariantLevel = VariantLevel.NONE

    @property
    def parts(self) -> list[RunPart]:
        """The count, a table each, and genotypes."""
        tables: list[RunPart] = [BreakdownPart(kind="breakdown", by=list(by)) for by in self.by]
        genotypes: list[RunPart] = (
            [GenotypesPart(kind="genotypes", variants=list(self.genotypes))] if self.genotypes else []
        )
        return [CountPart(kind="count"), *tables, *genotypes]

    @property
    def tables(self) -> int:
        """Tables that are paid for beside the count: genotypes are one a variant."""
        return len(self.by) + len(self.genotypes)

    def is_open(self, access: Access) -> bool:
        """Whether a grant lets it be asked."""
        return all(access.may_use(domain) for domain in self.domains) and access.variants >= self.variants


_BY_PEOPLE: Final = (("sex", "age(10)"), ("region",))

QUESTIONS: Final = (
    Question(
        name="ldl",
        domains=(DataDomain.PERSONS, DataDomain.MEASUREMENTS),
        text="""cohort "LDL cholesterol of 160 mg/dL or more"

let ldl = code LOINC:"13457-7"

index first measurement in ldl where value >= 160 unit "mg/dL"
""",
        by=_BY_PEOPLE,
    ),
    Question(
        name="glucose",
        domains=(DataDomain.PERSONS, DataDomain.MEASUREMENTS),
        text="""cohort "Fasting glucose of 126 mg/dL or more"

let glucose = code LOINC:"1558-6"

index first measurement in glucose where value >= 126 unit "mg/dL"
""",
        by=_BY_PEOPLE,
    ),
    Question(
        name="diabetes",
        domains=(DataDomain.PERSONS, DataDomain.CONDITIONS),
        text="""cohort "First diagnosis of type 2 diabetes"

let diabetes = concept 201826 "Type 2 diabetes mellitus" with descendants

index first condition in diabetes
""",
        by=(("index year",), ("sex", "age(10)")),
    ),
    Question(
        name="inpatient",
        domains=(DataDomain.PERSONS, DataDomain.VISITS),
        text="""cohort "Ever in hospital overnight"

index last visit in (concept 9201)
""",
        by=_BY_PEOPLE,
    ),
    Question(
        name="smoking",
        domains=(DataDomain.PERSONS, DataDomain.CONDITIONS, DataDomain.SURVEYS),
        text="""cohort "Current smokers with type 2 diabetes"

let diabetes = concept 201826 "Type 2 diabetes mellitus" with descendants

index first condition in diabetes

include "smokes" when survey smoking.status is "current"
""",
        by=_BY_PEOPLE,
    ),
    Question(
        name="aldh2",
        domains=(DataDomain.PERSONS, DataDomain.GENOTYPES),
        text="""cohort "Everybody, for genotypes of rs671 in ALDH2"

index everyone
""",
        by=(),
        genotypes=("rs671",),
        variants=VariantLevel.COMMON,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A question to one tier: whether it is open, else the day from which it is (absent: never in this phase), and its
    price as a share of the project's budget, of a count and tables that nobody of the project asked before."""

    tier: AccessTier
    is_open: bool
    start: datetime.date | None
    price: float | None


def offers(
    question: Question, policy: DisclosurePolicy, prices: PrecisionAnswer, *, phase: int, on: datetime.date
) -> tuple[Offer, ...]:
    """What each tier of researchers is told of a question before it is asked."""
    return tuple(_offer(question, policy, prices, tier, phase, on) for tier in RESEARCHERS)


def _offer(
    question: Question,
    policy: DisclosurePolicy,
    prices: PrecisionAnswer,
    tier: AccessTier,
    phase: int,
    on: datetime.date,
) -> Offer:
    access = policy.access(tier, phase=phase, on=on)
    later = [grant.start for grant in policy.changes(tier, phase=phase, after=on) if question.is_open(grant)]
    return Offer(
        tier=tier,
        is_open=access is not None and question.is_open(access),
        start=later[0] if later else None,
        price=_price(question, policy, prices, tier, access),
    )


def _price(
    question: Question, policy: DisclosurePolicy, prices: PrecisionAnswer, tier: AccessTier, access: Access | None
) -> float | None:
    """At the precision that is used where none is asked for."""
    usual = policy.of(tier).default_precision
    precision = usual if access is None else access.precision(None, usual) or usual
    expected = next((each for each in prices.tiers if each.tier is tier), None)
    if expected is None or not expected.project_budget:
        return None
    found = {each.kind: each.price for each in expected.answers if each.precision is precision}
    if not {"count", "table"} <= found.keys():
        return None
    return (found["count"] + question.tables * (found["table"] - found["count"])) / expected.project_budget
