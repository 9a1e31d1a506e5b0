"""A breakdown as it is shown: cells, their shares of the whole, and summaries of its numeric dimensions."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.disclosure.display import Display, exact, labelled
from engine.disclosure.proportion import UNKNOWN_SHARE, exact_proportion, shares
from engine.disclosure.request import Breakdown
from engine.disclosure.safe import SafeCell, SafeProportion, SafeSummary, Suppressed
from engine.disclosure.summary import summary


@dataclass(frozen=True, slots=True, kw_only=True)
class TableNumbers:
    """The parts of a `SafeTable` that follow from its cells."""

    cells: tuple[SafeCell, ...]
    shares: tuple[SafeProportion, ...]
    summaries: tuple[SafeSummary, ...]


def protected_table(
    breakdown: Breakdown, noisy_total: int, noisy_cells: Sequence[int], display: Display
) -> TableNumbers:
    """From the noisy count and the noisy cells alone; where the count is hidden so is all else."""
    cells = labelled(breakdown.labels, display.table(noisy_total, noisy_cells))
    if isinstance(display.count(noisy_total), Suppressed):
        return TableNumbers(cells=cells, shares=(UNKNOWN_SHARE,) * len(cells), summaries=())
    values = display.reconciled(noisy_total, noisy_cells)
    return TableNumbers(
        cells=cells,
        shares=shares(values, display.sigma, display.rules),
        summaries=_summaries(values, display.sigma, breakdown),
    )


def exact_table(breakdown: Breakdown, cells: Sequence[int]) -> TableNumbers:
    """True counts and what follows from them, for the internal tier."""
    total = sum(cells)
    return TableNumbers(
        cells=labelled(breakdown.labels, exact(cells)),
        shares=tuple(exact_proportion(cell, total) for cell in cells),
        summaries=_summaries([Fraction(cell) for cell in cells], 0, breakdown),
    )


def _summaries(values: Sequence[Fraction], sigma: float, breakdown: Breakdown) -> tuple[SafeSummary, ...]:
    found = (summary(values, sigma, breakdown.labels, scale) for scale in breakdown.scales)
    return tuple(each for each in found if each is not None)
