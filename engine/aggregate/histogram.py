"""True counts on their way to the gate: held in memory, never written, never shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from engine.aggregate.raw import Raw
from engine.personset import PersonSet
from engine.physical.entries import CohortResult

Label = tuple[str, ...]
"""One value a dimension: `("female", "40-49")`; a single count has the empty label."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RawHistogram(Raw):
    """Persons counted a cell: `counts` is int64 of shape `(len(labels),)`, each person in at most one cell."""

    labels: tuple[Label, ...]
    counts: np.ndarray

    def __post_init__(self) -> None:
        if self.counts.dtype != np.int64 or self.counts.shape != (len(self.labels),):
            raise ValueError("a histogram holds one int64 count a label")


@dataclass(frozen=True, slots=True, repr=False)
class DimensionColumn:
    """One way to tell persons apart: `labels` fixed by dictionaries, `cell` int32[N] the label of each person."""

    labels: tuple[str, ...]
    cell: npt.NDArray[np.int32]


def members(result: CohortResult, base: PersonSet) -> PersonSet:
    """Those in the cohort whose data the query may use."""
    return PersonSet.from_indices(result.rows.person, base.size) & base


def count_members(cohort: PersonSet) -> RawHistogram:
    """The whole cohort in one cell."""
    return RawHistogram(labels=((),), counts=np.array([cohort.count()], np.int64))


def table_labels(dimensions: Sequence[tuple[str, ...]]) -> tuple[Label, ...]:
    """Every combination of labels, the last dimension changing fastest."""
    return tuple(product(*dimensions))


def count_cells(cohort: PersonSet, columns: Sequence[DimensionColumn]) -> RawHistogram:
    """The cohort by every combination of labels; each person is in exactly one cell."""
    people = cohort.indices()
    cell = np.zeros(people.size, np.int64)
    for column in columns:
        cell = cell * len(column.labels) + column.cell[people]
    labels = table_labels([column.labels for column in columns])
    return RawHistogram(labels=labels, counts=np.bincount(cell, minlength=len(labels)).astype(np.int64))


def count_failures(result: CohortResult, base: PersonSet, labels: tuple[Label, ...]) -> RawHistogram:
    """Persons by the first step that none of their entries got past: having an index event (and consent), then
    each rule in order. Persons in the cohort are in no bin."""
    failed_at = np.where(base.to_mask(), result.progress + 1, 0)
    steps = len(labels)
    counts = np.bincount(failed_at[failed_at < steps], minlength=steps)
    return RawHistogram(labels=labels, counts=counts.astype(np.int64))
