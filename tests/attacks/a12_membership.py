"""A12: is the owner of this genome in the cohort? From allele counts of many variants."""

import numpy as np

import engine
from cohort_dsl.ast import VariantById, VariantName
from engine import Request, SafeVariant
from schemas.policy import CONTROLLED_TIER
from tests.attacks.kit.arena import Arena, against_baselines
from tests.attacks.kit.askers import PRECISION, Asker, Researcher, number
from tests.attacks.kit.outcome import Attack, Outcome, advantage_outcome
from tests.attacks.kit.questions import All, Carrier, Not, Question, Secret, in_block, known
from tests.attacks.kit.world import RSIDS, VARIANTS, World

REFERENCE = 0.5
"""How many in the population carry each variant, as reference data say. The victim carries all of them."""

AFFORDABLE = (CONTROLLED_TIER.budget.project - PRECISION.cost(1)) // PRECISION.cost(2)
"""Tables of genotypes that a year pays for, the cohort's count included."""


def _cohort(world: World, block: int, people: int) -> Question:
    """Those of the block who have the secret; to be in it is to have it."""
    return All((in_block(world, block, people), Secret()))


def _carriers(variant: SafeVariant) -> int | None:
    (found,) = (number(cell.count) for cell in variant.cells if cell.label == ("heterozygous",))
    return found


def excess_carriers(asker: Researcher, world: World, block: int, variants: int) -> float:
    """Carriers beyond those the attacker knows, over as many variants as can be paid."""
    cohort = _cohort(world, block, 400)
    found: list[float] = []
    for start in range(0, variants, 12):
        chosen = range(start, min(variants, start + 12))
        base = asker.request(cohort)
        request = Request(cohort=base.cohort, principal=base.principal, precision=PRECISION,
                          variants=tuple(VariantById(kind=VariantName.RSID, name=RSIDS[each]) for each in chosen))  # fmt: skip
        answer = engine.genotype_counts(asker.session, request)
        asker.paid += answer.receipt.charged
        for each, variant in zip(chosen, answer.variants, strict=True):
            of_others = known(All((cohort, Carrier(each))), world, block)
            found.append(float((_carriers(variant) or of_others) - of_others))
    return float(np.mean(found))


def homer(asker: Asker, world: World, block: int) -> float:
    """Homer 2008 for a genome that carries everything, by one who knows the population's frequencies and nobody else.

    Both sides of each variant are asked for, so that no error of the total is in all frequencies.
    """
    cohort = _cohort(world, block, 80)
    found = []
    for each in range(VARIANTS):
        carriers, others = (asker.count(All((cohort, side))) for side in (Carrier(each), Not(Carrier(each))))
        if carriers is not None and others is not None and carriers + others > 0:
            found.append(carriers / (carriers + others) - REFERENCE)
    return float(np.mean(found or [0.0]))


def run(arena: Arena) -> Outcome:
    """Every table of genotypes that a budget pays for, by one who knows all others."""
    variants = arena.size(fast=3, full=AFFORDABLE)
    trials = arena.trials(
        arena.size(fast=12, full=48), lambda asker, world, block: excess_carriers(asker, world, block, variants)
    )
    return advantage_outcome(trials, 0.5)


def baselines() -> dict[str, float]:
    """The advantage over a cohort of about 40, from 256 variants."""
    return against_baselines(homer)


ATTACK = Attack(
    number="A12",
    title="Membership from genotypes",
    tries="compares allele counts of a cohort with the victim's genome",
    figure="advantage",
    run=run,
    baselines=baselines,
)
