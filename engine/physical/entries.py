"""What passes between targets and the executor: columns over cohort entries, as NumPy arrays."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.logical.nodes import Atom

FALSE, TRUE, UNKNOWN = np.int8(0), np.int8(1), np.int8(2)
"""Codes of a three-valued column."""

Truth = npt.NDArray[np.int8]
"""Three-valued column, one code an entry."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EntryTable:
    """Entries before qualification and rules, in the order `engine.logical.nodes.Entry` gives. Days count from
    1970-01-01.

    `person` uint32[n]; `start` and `end` int32[n], the entry's first and last day (an end before the start: no day in
    the cohort); `period` int32[n], the first day of its observation period; `truth` one column a condition.
    """

    person: npt.NDArray[np.uint32]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    period: npt.NDArray[np.int32]
    truth: Mapping[Atom, Truth]

    def __len__(self) -> int:
        return self.person.size

    def take(self, chosen: npt.NDArray[np.intp]) -> "EntryTable":
        """The entries at the positions given."""
        return EntryTable(
            person=self.person[chosen],
            start=self.start[chosen],
            end=self.end[chosen],
            period=self.period[chosen],
            truth={atom: column[chosen] for atom, column in self.truth.items()},
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CohortRows:
    """A cohort: entries from `start` to `end`, at most one of a person on any day, sorted by person and start."""

    person: npt.NDArray[np.uint32]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return self.person.size


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CohortResult:
    """The cohort, and how far each person got.

    `progress` int16[N] on the person axis: -1 without any entry event, else the largest number of leading rules
    that one of the person's entries passed. `index_day` int32[N]: first day of the person's first cohort entry,
    meaningful for members only. `qualified` are the people of the qualified entries, in order, and `passed` says
    which rules each of them passed (bool[rules, entries]).
    """

    rows: CohortRows
    progress: npt.NDArray[np.int16]
    index_day: npt.NDArray[np.int32]
    qualified: npt.NDArray[np.uint32]
    passed: npt.NDArray[np.bool_]
