"""From noisy values to what is shown: agreement, rounding, threshold and interval, by the rules of a tier."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from engine.aggregate import Label, PeriodCounts, RawExecution, RawIncidence, RawInclusion, rate_of
from engine.aggregate.overlap import IN
from engine.disclosure.overlap import cells_to_counts, overlap_deviation, round_to_counts
from engine.disclosure.reconcile import cell_deviation, cells_to_total, round_to_base, round_to_sum
from engine.disclosure.remaining import remaining_after, remaining_deviation, remaining_tail
from engine.disclosure.safe import (
    SafeCell,
    SafeInclusionMode,
    SafeNode,
    SafePattern,
    SafePeriod,
    SafeStratum,
    SafeValue,
    Shown,
    Suppressed,
)
from schemas.policy import TierPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """Pure functions of noisy values: `sigma` is their noise, `population` the release's published number."""

    rules: TierPolicy
    sigma: int
    population: int

    def count(self, noisy: int) -> SafeValue:
        """One count."""
        value = self._total(noisy)
        return self._show(value, self._round(value), self.sigma, self.rules.rounding / 2)

    def table(self, noisy_total: int, noisy_cells: Sequence[int], *, sigma: int | None = None) -> tuple[SafeValue, ...]:
        """The cells of a breakdown; when the total is hidden so are they, since none can truly be larger. `sigma` is
        their noise, where it is not that of the total."""
        total = self._total(noisy_total)
        count = self.count(noisy_total)
        if isinstance(count, Suppressed):
            return tuple(count for _ in noisy_cells)
        values = self.reconciled(noisy_total, noisy_cells)
        rounded = round_to_sum(values, self._round(total), self.rules.rounding)
        deviation = cell_deviation(self.sigma, len(values), cell_sigma=sigma)
        return tuple(
            self._show(value, shown, deviation, self.rules.rounding)
            for value, shown in zip(values, rounded, strict=True)
        )

    def attrition(self, noisy_total: int, noisy_failures: Sequence[int]) -> tuple[SafeValue, ...]:
        """Persons left after each step, from the number of persons whose first failed step it is."""
        left = remaining_after(noisy_failures, int(self._total(noisy_total)), self.population)
        return tuple(
            self._show(
                value,
                self._round(value),
                remaining_deviation(self.sigma, step, len(left)),
                self.rules.rounding / 2,
                tail=remaining_tail(self.sigma, step, len(left)),
            )
            for step, value in enumerate(left, start=1)
        )

    def overlap(
        self, noisy_counts: Sequence[int], noisy_cells: Sequence[int], labels: Sequence[Label]
    ) -> tuple[SafeValue, ...]:
        """The cells of several cohorts' overlap; those of a cohort whose count is hidden are hidden."""
        counts = [int(self._total(noisy)) for noisy in noisy_counts]
        shown = [self.count(noisy) for noisy in noisy_counts]
        hidden = [isinstance(count, Suppressed) for count in shown]
        values = cells_to_counts(noisy_cells, counts, labels)
        rounded = round_to_counts(values, labels, [self._round(Fraction(c)) for c in counts], self.rules.rounding)
        return tuple(
            shown[hidden.index(True)]
            if any(is_hidden and word == IN for is_hidden, word in zip(hidden, label, strict=True))
            else self._show(value, number, overlap_deviation(self.sigma, label), self.rules.rounding)
            for value, number, label in zip(values, rounded, labels, strict=True)
        )

    def profile(self, noisy_total: int, noisy_cells: Sequence[int]) -> tuple[SafeValue, ...]:
        """Groups of a cohort, none larger than it; when the total is hidden so are they."""
        total = self.count(noisy_total)
        if isinstance(total, Suppressed):
            return tuple(total for _ in noisy_cells)
        return tuple(self.count(min(noisy, noisy_total)) for noisy in noisy_cells)

    def sum_of(self, noisy: Sequence[int]) -> SafeValue:
        """A number that noisy ones make up together."""
        value = self._total(sum(noisy))
        return self._show(value, self._round(value), self.sigma * math.sqrt(len(noisy)), self.rules.rounding / 2)

    def reconciled(self, noisy_total: int, noisy_cells: Sequence[int]) -> tuple[Fraction, ...]:
        """The noisy cells that add up to the total, before rounding and thresholds."""
        return cells_to_total(noisy_cells, int(self._total(noisy_total)))

    def _total(self, noisy: int) -> Fraction:
        return Fraction(min(noisy, self.population))

    def _round(self, value: Fraction) -> int:
        return round_to_base(value, self.rules.rounding, self.population)

    def _show(
        self, value: Fraction, rounded: int, deviation: float, rounding_error: float, *, tail: float | None = None
    ) -> SafeValue:
        """The threshold looks at noisy values only; the rounded one must reach it too, so that no shown number
        lies below what hidden ones are said to lie below. `tail` is the deviation for the threshold of a value that
        is not normal."""
        threshold = self.rules.threshold(deviation if tail is None else tail)
        if min(value, rounded) < threshold:
            return Suppressed(less_than=threshold)
        return Shown(value=rounded, margin=self.rules.margin(deviation, rounding_error))


def labelled(labels: Sequence[Label], values: Sequence[SafeValue]) -> tuple[SafeCell, ...]:
    """Values under their labels."""
    return tuple(SafeCell(label=label, count=value) for label, value in zip(labels, values, strict=True))


def exact(counts: Sequence[int]) -> tuple[SafeValue, ...]:
    """True counts as they are, for the internal tier."""
    return tuple(map(_exactly, counts))


def exact_remaining(failures: Sequence[int], population: int) -> tuple[SafeValue, ...]:
    """True attrition, for the internal tier."""
    return exact([population - failed for failed in accumulate(failures)])


def exact_inclusion(raw: RawInclusion) -> tuple[SafeInclusionMode, ...]:
    """True inclusion statistics, for the internal tier; patterns from the most frequent on."""
    return tuple(
        SafeInclusionMode(
            mode=mode,
            total=_exactly(found.total),
            passed_all=_exactly(found.passed_all),
            passed=exact(found.passed),
            gain=exact(found.gain),
            patterns=tuple(
                SafePattern(passed=pattern, entries=_exactly(count))
                for pattern, count in sorted(found.patterns.items(), key=lambda each: (-each[1], each[0]))
            ),
        )
        for mode, found in raw.modes
    )


def exact_period(name: str, raw: PeriodCounts) -> SafePeriod:
    """True incidence in one calendar period, for the internal tier."""
    return SafePeriod(
        name=name,
        at_risk=_exactly(raw.at_risk),
        days=_exactly(raw.days),
        with_outcome=_exactly(raw.with_outcome),
        outcomes=_exactly(raw.outcomes),
        rate=rate_of(raw.outcomes, raw.days),
    )


def exact_strata(raw: RawIncidence) -> tuple[SafeStratum, ...]:
    """True incidence by stratum, for the internal tier."""
    return tuple(SafeStratum(label=label, counts=exact_period(name, counts)) for name, label, counts in raw.strata)


def exact_nodes(raw: RawExecution) -> tuple[SafeNode, ...]:
    """What the nodes of a plan took, for the internal tier."""
    return tuple(
        SafeNode(
            node=node.node,
            target=node.target,
            expected=node.estimated,
            rows=node.rows,
            bytes=node.bytes,
            milliseconds=node.milliseconds,
        )
        for node in raw.nodes
    )


def _exactly(count: int) -> SafeValue:
    return Shown(value=count, margin=0)
