"""What questions will cost, from what the policy says before anything is asked."""

from dataclasses import dataclass
from typing import Literal

from schemas.policy import AccessTier, Precision
from schemas.wire.dictionaries import BudgetAnswer
from schemas.wire_precision import PrecisionAnswer

Priced = Literal["count", "breakdown", "attrition", "genotypes"]
"""Questions whose price is known before they are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """In nano-rho, at one precision, for a cohort never asked about before: its count is part of all of them."""

    count: int
    table: int
    attrition: int

    def of(self, kind: Priced, *, variants: int = 1) -> int:
        """The most that one question can cost; the same question again is free.

        >>> Prices(count=10, table=30, attrition=40).of("genotypes", variants=3)
        70
        """
        if kind == "genotypes":
            return self.count + variants * (self.table - self.count)
        return {"count": self.count, "breakdown": self.table, "attrition": self.attrition}[kind]


def prices_of(expected: PrecisionAnswer, budget: BudgetAnswer, precision: Precision | None) -> Prices:
    """The prices of the caller's tier; all are 0 where numbers are exact. Raises `ValueError` for a precision that the
    tier does not offer."""
    if budget.tier is AccessTier.INTERNAL:
        return Prices(count=0, table=0, attrition=0)
    chosen = precision or budget.default_precision
    if chosen is None or chosen not in budget.precisions:
        offered = ", ".join(each.value for each in budget.precisions) or "none"
        raise ValueError(f"this tier does not offer that precision; it offers: {offered}")
    answers = [each for tier in expected.tiers if tier.tier is budget.tier for each in tier.answers]
    found = {each.kind: each.price for each in answers if each.precision is chosen}
    count = found["count"]
    return Prices(count=count, table=found.get("table", 2 * count), attrition=found.get("attrition", 2 * count))
