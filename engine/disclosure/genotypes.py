"""Genotypes of a variant as they are shown: cells, allele frequency and missingness."""

from engine.aggregate.genotypes import ALLELES, ALTERNATE_ALLELES, CALLABLE, NO_CALLS, count_alleles
from engine.disclosure.display import Display, exact, labelled
from engine.disclosure.proportion import UNKNOWN_SHARE, NoisyCells, exact_proportion, proportion
from engine.disclosure.request import Breakdown
from engine.disclosure.safe import SafeAlleles, SafeVariant, Suppressed
from schemas.policy import COMMON_FREQUENCY


def protected_variant(
    variant: str, breakdown: Breakdown, noisy: tuple[int, tuple[int, ...]], display: Display
) -> SafeVariant:
    """From the noisy count and the noisy cells alone; where the count is hidden so is all else."""
    total, cells = noisy
    shown = labelled(breakdown.labels, display.table(total, cells))
    frequency = missing = UNKNOWN_SHARE
    if not isinstance(display.count(total), Suppressed):
        values = NoisyCells(display.reconciled(total, cells), display.sigma)
        frequency = proportion(values, ALTERNATE_ALLELES, ALLELES, display.rules)
        missing = proportion(values, NO_CALLS, CALLABLE, display.rules)
    return SafeVariant(
        variant=variant,
        cells=shown,
        frequency=frequency,
        missing=missing if _tells_calls(breakdown) else None,
        exact=None,
    )


def exact_variant(variant: str, breakdown: Breakdown, cells: tuple[int, ...], alleles: tuple[str, ...]) -> SafeVariant:
    """True counts and what follows from them, for the internal tier."""
    counts = count_alleles(cells)
    count, number, missing = (int(each[0]) for each in (counts.allele_count, counts.allele_number, counts.missing))
    called = sum(cell for cell, weight in zip(cells, CALLABLE, strict=True) if weight)
    return SafeVariant(
        variant=variant,
        cells=labelled(breakdown.labels, exact(cells)),
        frequency=exact_proportion(count, number),
        missing=exact_proportion(missing, called),
        exact=SafeAlleles(
            alleles=alleles,
            allele_count=count,
            allele_number=number,
            hardy_weinberg=float(counts.hardy_weinberg()[0]) if len(alleles) == 1 else None,
        ),
    )


def _tells_calls(breakdown: Breakdown) -> bool:
    """Whether missing calls are apart from the reference (`engine.aggregate.genotypes`)."""
    return all(frequency is not None and frequency >= COMMON_FREQUENCY for frequency in breakdown.variants)
