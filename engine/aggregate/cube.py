"""Who is in which category of the public cube, and in which cell of its tables.

Each person is kept in at most so many categories of a family, by the same rule as in a profile: those whose hash with
the person's index is smallest. It looks at the person's own record and the names of the categories alone, so that
nobody moves anybody else, and leaving one record out takes away what that record had and nothing more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.aggregate.cells import DimensionColumn, Label, table_labels
from engine.aggregate.dimensions import year_cells
from engine.aggregate.profile import keyed_hashes, name_seeds
from engine.aggregate.raw import Raw
from engine.catalog.published import Pairs
from engine.personset import Persons, PersonSet
from schemas.cube import CubeFamily, CubeTable


@dataclass(frozen=True, slots=True, repr=False)
class Columns:
    """What each table tells people apart by: `persons` those on the person axis, nothing for the total; `years` the
    labels of the years of first records and answers, which are told apart for each category."""

    persons: Mapping[CubeTable, tuple[DimensionColumn, ...]]
    years: tuple[str, ...]

    def labels(self, table: CubeTable) -> tuple[Label, ...]:
        """The labels of a table's cells, in the order of `RawFamily.count`; of the total one without words."""
        if table is CubeTable.YEAR:
            return table_labels([self.years])
        return table_labels([column.labels for column in self.persons[table]])


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class RawFamily(Raw):
    """The people of a family's categories: `persons` uint32[k] and `categories` int32[k], each pair once and nobody in
    more than the rules allow. `names` are the codes of the categories, `years` int32[k] those of first records or of
    answers, where these have a day."""

    family: CubeFamily
    names: tuple[str, ...]
    persons: Persons
    categories: npt.NDArray[np.int32]
    years: npt.NDArray[np.int32] | None = None

    def count(self, table: CubeTable, columns: Columns) -> npt.NDArray[np.int64]:
        """Persons a category and cell: int64[len(names), cells], each person of a category in exactly one cell."""
        cell, cells = self.categories.astype(np.int64), 1
        for column in self._columns(table, columns):
            cell = cell * len(column.labels) + column.cell
            cells *= len(column.labels)
        return np.bincount(cell, minlength=len(self.names) * cells).reshape(len(self.names), cells)

    def _columns(self, table: CubeTable, columns: Columns) -> Iterator[DimensionColumn]:
        """The label of each pair."""
        if table is CubeTable.YEAR:
            if self.years is None:
                raise ValueError(f"{self.family.value} have no day")
            yield DimensionColumn(labels=columns.years, cell=year_cells(self.years, columns.years))
            return
        for column in columns.persons[table]:
            yield DimensionColumn(labels=column.labels, cell=column.cell[self.persons])


def place_family(
    family: CubeFamily,
    names: tuple[str, ...],
    members: Pairs,
    *,
    base: PersonSet,
    most: int,
) -> RawFamily:
    """Those of the base in the categories they are in, each in at most `most`. `members` has each pair once."""
    counted = np.flatnonzero(base.contains(members.persons))
    kept = counted[_kept(members.persons[counted], members.categories[counted], name_seeds(names), most)]
    return RawFamily(
        family=family,
        names=names,
        persons=members.persons[kept],
        categories=members.categories[kept],
        years=None if members.years is None else members.years[kept],
    )


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
