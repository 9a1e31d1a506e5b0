"""Prevalence by calendar interval and stratum: persons under observation, in the cohort or not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.aggregate.cells import Label
from engine.aggregate.intervals import counts_by_row
from engine.aggregate.raw import Raw
from engine.kernels import rates
from engine.kernels.rates import Intervals, Stays, Strata
from engine.personset import Mask, Persons, PersonSet

STATES = ("not in the cohort", "in the cohort")


def prevalence_labels(names: Sequence[str], strata: Sequence[Label]) -> tuple[Label, ...]:
    """Two cells for each stratum of each interval."""
    return tuple((*row, state) for row in counts_by_row(strata, names) for state in STATES)


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class RawPrevalence(Raw):
    """Whose days are counted, and how: a person is in at most one cell of an interval, and in none of one without a day
    under observation.

    `persons` uint32[n], each once, are those with such a day in some interval. `observed` and `cases` (the cohort's
    entries) may hold other people too. `size` is N, of the person axis.
    """

    labels: tuple[Label, ...]
    persons: Persons
    observed: Stays
    cases: Stays
    intervals: Intervals
    strata: Strata
    size: int

    def count(self, counted: Mask) -> npt.NDArray[np.int64]:
        """Persons a cell when only those where bool[n] `counted` is true are counted: int64[len(labels)]."""
        everybody = np.zeros(self.size, np.bool_)
        everybody[self.persons] = counted
        intervals = self.intervals.opens.size
        state, out = np.zeros(intervals, np.uint8), np.zeros(len(self.labels), np.int64)
        by_cell = out.reshape(intervals, -1, len(STATES))
        rates.count_prevalence(self.observed, self.cases, everybody, self.intervals, self.strata, state, by_cell)
        return out

    def count_all(self) -> npt.NDArray[np.int64]:
        """Persons a cell, with everybody counted."""
        return self.count(np.ones(len(self.persons), np.bool_))


def place_in_time(
    cases: Stays, observed: Stays, base: PersonSet, *, intervals: Intervals, strata: Strata, labels: tuple[Label, ...]
) -> RawPrevalence:
    """The people of the base under observation in any interval, in the cells of those they are observed in."""
    is_seen = np.zeros(base.size, np.bool_)
    is_seen[observed.person[_meets_any(observed, intervals)]] = True
    return RawPrevalence(
        labels=labels,
        persons=(PersonSet.from_mask(is_seen) & base).indices(),
        observed=observed,
        cases=cases,
        intervals=intervals,
        strata=strata,
        size=base.size,
    )


def _meets_any(stays: Stays, intervals: Intervals) -> Mask:
    """Which stays have a day in an interval."""
    next_one = np.searchsorted(intervals.closes, stays.start)
    opens = np.append(intervals.opens, np.int32(np.iinfo(np.int32).max))[next_one]
    return (stays.start <= stays.end) & (stays.end >= opens)
