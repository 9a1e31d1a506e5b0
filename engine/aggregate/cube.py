"""Who is in which category of the public cube, and in which cell of its tables.

Each person is kept in at most so many categories of a family, by the same rule as in a profile: those whose hash with
the person's index is smallest. It looks at the person's own record and the names of the categories alone, so that
nobody moves anybody else, and leaving one record out takes away what that record had and nothing more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.aggregate.cells import DimensionColumn, Label, table_labels
from engine.aggregate.profile import keyed_hashes, name_seeds
from engine.aggregate.raw import Raw
from engine.personset import Persons, PersonSet
from schemas.cube import CubeFamily, CubeTable

Columns = Mapping[CubeTable, tuple[DimensionColumn, ...]]
"""What each table tells people apart by; nothing for the total."""


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class RawFamily(Raw):
    """The people of a family's categories: `persons` uint32[k] and `categories` int32[k], each pair once and nobody in
    more than the rules allow. `names` are the codes of the categories."""

    family: CubeFamily
    names: tuple[str, ...]
    persons: Persons
    categories: npt.NDArray[np.int32]

    def count(self, columns: Sequence[DimensionColumn]) -> npt.NDArray[np.int64]:
        """Persons a category and cell: int64[len(names), cells], each person of a category in exactly one cell."""
        cell, cells = self.categories.astype(np.int64), 1
        for column in columns:
            cell = cell * len(column.labels) + column.cell[self.persons]
            cells *= len(column.labels)
        return np.bincount(cell, minlength=len(self.names) * cells).reshape(len(self.names), cells)


def place_family(
    family: CubeFamily,
    names: tuple[str, ...],
    members: tuple[Persons, npt.NDArray[np.int32]],
    *,
    base: PersonSet,
    most: int,
) -> RawFamily:
    """Those of the base in the categories they are in, each in at most `most`. `members` has each pair once."""
    persons, categories = members
    permitted = base.contains(persons)
    persons, categories = persons[permitted], categories[permitted]
    kept = _kept(persons, categories, name_seeds(names), most)
    return RawFamily(family=family, names=names, persons=persons[kept], categories=categories[kept])


def cell_labels(columns: Sequence[DimensionColumn]) -> tuple[Label, ...]:
    """The labels of a table's cells, in the order of `RawFamily.count`; of the total one without words."""
    return table_labels([column.labels for column in columns])


def _kept(
    persons: Persons, categories: npt.NDArray[np.int32], seeds: npt.NDArray[np.uint64], most: int
) -> npt.NDArray[np.bool_]:
    """Which pairs stay. Only people in too many categories need to be ordered."""
    if not persons.size:
        return np.zeros(0, np.bool_)
    kept = np.bincount(persons)[persons] <= most
    crowded = np.flatnonzero(~kept)
    order = crowded[np.lexsort((keyed_hashes(persons[crowded], seeds[categories[crowded]]), persons[crowded]))]
    _, starts, sizes = np.unique(persons[order], return_index=True, return_counts=True)
    place = np.arange(order.size) - np.repeat(starts, sizes)
    kept[order[place < most]] = True
    return kept
