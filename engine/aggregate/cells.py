"""Who belongs in which cell, on the way to the gate: held in memory, never written, never shown.

Nothing is counted here. The gate counts, once it knows whom it may: who has been asked about too often is left out of
an answer (`engine.disclosure.persons`), so counts made before would be counts of other people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from engine.aggregate.raw import Raw
from engine.personset import Mask, Persons, PersonSet
from engine.physical.entries import CohortResult

Label = tuple[str, ...]
"""One value a dimension: `("female", "40-49")`; a single count has the empty label."""

NO_CELL = -1


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class RawCells(Raw):
    """The people a histogram depends on, and the cells each is in.

    `persons` uint32[n], each once. `cells` int32[n] or int32[n, w]: positions in `labels`, at most w different ones a
    person, `NO_CELL` for none. `published` int64[len(labels)] is what the cells hold before anybody's record is
    looked at, from numbers published of the release. Everybody is thought to be in the cell `rest`, if there is one,
    until counted, and leaves it then; people who are not counted stay.
    """

    labels: tuple[Label, ...]
    persons: Persons
    cells: npt.NDArray[np.int32]
    published: npt.NDArray[np.int64] | None = None
    rest: int | None = None

    def __post_init__(self) -> None:
        if self.persons.dtype != np.uint32 or self.cells.dtype != np.int32 or len(self.cells) != len(self.persons):
            raise ValueError("cells are int32 with one row a person")
        if self.published is not None and self.published.shape != (len(self.labels),):
            raise ValueError("what is published is one number a label")

    def count(self, counted: Mask) -> npt.NDArray[np.int64]:
        """Persons a cell when only those where bool[n] `counted` is true are counted: int64[len(labels)]."""
        # Who is not counted goes, with those in no cell, to a place before the first: the work is the same for all.
        shifted = (self.cells - np.int32(NO_CELL)).T * counted
        counts = np.bincount(shifted.ravel(), minlength=len(self.labels) + 1)[1:].astype(np.int64)
        if self.published is not None:
            counts += self.published
        if self.rest is not None:
            counts[self.rest] -= np.count_nonzero(counted)
        return counts

    def count_all(self) -> npt.NDArray[np.int64]:
        """Persons a cell, with everybody counted."""
        return self.count(np.ones(len(self.persons), np.bool_))


@dataclass(frozen=True, slots=True, repr=False)
class DimensionColumn:
    """One way to tell persons apart: `labels` fixed by dictionaries, `cell` int32[N] the label of each person."""

    labels: tuple[str, ...]
    cell: npt.NDArray[np.int32]


def members(result: CohortResult, base: PersonSet) -> PersonSet:
    """Those in the cohort whose data the query may use."""
    return PersonSet.from_indices(result.rows.person, base.size) & base


def place_members(cohort: PersonSet) -> RawCells:
    """The whole cohort in one cell."""
    people = cohort.indices()
    return RawCells(labels=((),), persons=people, cells=np.zeros(people.size, np.int32))


def place_others(cohort: PersonSet, base: PersonSet) -> RawCells:
    """The whole cohort in one cell, as all of the base but those outside: only these are looked at, and pay."""
    outside = (base - cohort).indices()
    return RawCells(
        labels=((),),
        persons=outside,
        cells=np.full(outside.size, NO_CELL, np.int32),
        published=np.array([base.count()], np.int64),
        rest=0,
    )


def table_labels(dimensions: Sequence[tuple[str, ...]]) -> tuple[Label, ...]:
    """Every combination of labels, the last dimension changing fastest."""
    return tuple(product(*dimensions))


def place_in_table(cohort: PersonSet, columns: Sequence[DimensionColumn]) -> RawCells:
    """The cohort by every combination of labels; each person is in exactly one cell."""
    people = cohort.indices()
    cell = np.zeros(people.size, np.int32)
    for column in columns:
        cell = cell * np.int32(len(column.labels)) + column.cell[people]
    return RawCells(labels=table_labels([column.labels for column in columns]), persons=people, cells=cell)


def place_failures(result: CohortResult, base: PersonSet, labels: tuple[Label, ...]) -> RawCells:
    """Persons by the first step that none of their entries got past: having an index event (and consent), then
    each rule in order. Persons in the cohort are in no cell.

    Everybody of the release is thought to fail the first step until the record says otherwise, so that the many who
    do are not looked at and do not pay.
    """
    people = PersonSet.from_mask(result.progress >= 0) & base
    persons = people.indices()
    failed_at = result.progress[persons].astype(np.int32) + 1
    published = np.zeros(len(labels), np.int64)
    published[0] = base.size
    return RawCells(
        labels=labels,
        persons=persons,
        cells=np.where(failed_at < len(labels), failed_at, NO_CELL).astype(np.int32),
        published=published,
        rest=0,
    )


def place_failures_of_most(result: CohortResult, base: PersonSet, labels: tuple[Label, ...]) -> RawCells:
    """As `place_failures`, for cohorts of all but a few: everybody of the base is thought to pass all steps until the
    record says otherwise, and those without consent, whose number is published, fail the first."""
    failed_at = result.progress.astype(np.int32) + 1
    persons = (PersonSet.from_mask(failed_at < len(labels)) & base).indices()
    published = np.zeros(len(labels), np.int64)
    published[0] = base.size - base.count()
    return RawCells(labels=labels, persons=persons, cells=failed_at[persons], published=published)
