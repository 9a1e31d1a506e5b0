"""What passes between targets and the executor: columns over cohort entries, as NumPy arrays."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.logical.nodes import Atom

FALSE, TRUE, UNKNOWN = np.int8(0), np.int8(1), np.int8(2)
"""Codes of a three-valued column."""

Truth = npt.NDArray[np.int8]
"""Three-valued column, one code an entry."""


Days = npt.NDArray[np.int32]
"""Days since 1970-01-01, one an entry."""

NO_VISIT = np.int64(np.iinfo(np.int64).min)
"""The visit of an entry whose index event belongs to none."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Anchors:
    """What conditions compare events with: entries before qualification and rules, in the order
    `engine.logical.nodes.Entry` gives. Days count from 1970-01-01.

    `person` uint32[n]; `start` and `end` int32[n], first and last day of the index event; `observed_from` and
    `observed_to` int32[n], the observation period; `visit` int64[n], `NO_VISIT` where there is none. Last days and
    visits are absent where nobody asked for them.
    """

    person: npt.NDArray[np.uint32]
    start: Days
    end: Days | None
    observed_from: Days
    observed_to: Days
    visit: npt.NDArray[np.int64] | None

    def __len__(self) -> int:
        return self.person.size

    def visits(self) -> npt.NDArray[np.int64]:
        """The visits; none where nobody asked for them."""
        return np.full(len(self), NO_VISIT) if self.visit is None else self.visit

    def ends(self) -> Days:
        """The last days; the first where nobody asked for those, and so nothing is compared with them."""
        return self.start if self.end is None else self.end

    def take(self, chosen: npt.NDArray[np.intp]) -> "Anchors":
        """The entries at the positions given, in their order."""
        return Anchors(
            person=self.person[chosen],
            start=self.start[chosen],
            end=None if self.end is None else self.end[chosen],
            observed_from=self.observed_from[chosen],
            observed_to=self.observed_to[chosen],
            visit=None if self.visit is None else self.visit[chosen],
        )

    def kept(self, chosen: npt.NDArray[np.intp]) -> "Anchors":
        """The entries at the positions given, which ascend; not copied where those are all."""
        return self if chosen.size == len(self) else self.take(chosen)

    @staticmethod
    def joined(parts: "Sequence[Anchors]", check: Callable[[], None] = lambda: None) -> "Anchors":
        """The entries of all parts, of which there is one at least, one after another. Whether to go on is asked by
        `check` before each column: those of a hundred million entries take seconds together."""
        if len(parts) == 1:
            return parts[0]
        columns: dict[str, npt.NDArray[Any]] = {}
        for name in ("person", "start", "observed_from", "observed_to"):
            check()  # from no function of its own, which an error would keep with all that it sees
            columns[name] = np.concatenate([getattr(part, name) for part in parts])
        end = None if parts[0].end is None else np.concatenate([part.ends() for part in parts])
        visit = None if parts[0].visit is None else np.concatenate([part.visits() for part in parts])
        return Anchors(**columns, end=end, visit=visit)


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

    def first_days(self, persons: int) -> npt.NDArray[np.int32]:
        """int32[persons]: the first day of each person in the cohort, 0 of all others."""
        days = np.zeros(persons, np.int32)
        days[self.person[::-1]] = self.start[::-1]  # sorted by start, so the first one is written last
        return days


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CohortResult:
    """The cohort, and how far each person got.

    What was not asked for (`engine.execute.Wanted`) is empty: `progress` unless steps are wanted, `qualified` and
    `passed` unless every rule is.

    `progress` int16[N] on the person axis: -1 without any entry event, else the largest number of leading rules
    that one of the person's entries passed. `qualified` are the people of the qualified entries, in order, and `passed`
    says which rules each of them passed (bool[rules, entries]).
    """

    rows: CohortRows
    progress: npt.NDArray[np.int16]
    qualified: npt.NDArray[np.uint32]
    passed: npt.NDArray[np.bool_]
