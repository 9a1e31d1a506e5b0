"""Whether a document chooses variants by frequencies measured in the release."""

from cohort_dsl.ast import VariantTest
from cohort_dsl.tree import walk
from engine.logical.nodes import CohortPlan
from schemas.errors import NotAllowed
from schemas.fields import VariantField
from schemas.policy import TierPolicy


def check_frequencies(plan: CohortPlan, rules: TierPolicy) -> None:
    """Refuse such a document where the tier may not ask it; the refusal depends on the document alone.

    The frequency of a variant near the limit changes sides with one person, and with it whether all its carriers count:
    more than the noise of a count hides.
    """
    if rules.compares_release_frequencies or not rules.is_interactive:
        return
    for visit in walk(plan):
        if isinstance(visit.value, VariantTest) and visit.value.field is VariantField.AF:
            raise NotAllowed(
                "release-frequency",
                f"the {rules.tier.value} tier may not choose variants by `af`, the frequency measured in the release",
                span=visit.span,
                hint="write `external af`, the frequency in the reference data",
            )
