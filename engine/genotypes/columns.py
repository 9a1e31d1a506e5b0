"""Columns of the variant table as arrays, so that nothing runs once a variant."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Rows = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
TextColumn: TypeAlias = "pa.ChunkedArray[pa.StringScalar]"


@dataclass(frozen=True, slots=True)
class WordColumn:
    """A text column of few different words: `codes` int32 per row into `words`, -1 where the table has null."""

    codes: npt.NDArray[np.int32] = field(repr=False)
    words: tuple[str, ...] = field(repr=False)

    @staticmethod
    def of(column: TextColumn) -> "WordColumn":
        """From a string column."""
        words = tuple(word for word in pc.unique(column).to_pylist() if word is not None)
        codes = pc.index_in(column, value_set=pa.array(words, pa.string())).fill_null(-1)
        return WordColumn(codes.to_numpy(), words)

    def where(self, rows: Rows, test: Callable[[str], bool], *, null: bool = False) -> Mask:
        """bool per row: whether its word passes the test, which runs once a word; a null gives `null`."""
        passed = np.array([*(test(word) for word in self.words), null], bool)
        return passed[self.codes[rows]]

    def word(self, row: int) -> str | None:
        """The word of a row."""
        code = self.codes[row]
        return self.words[code] if code >= 0 else None


@dataclass(frozen=True, slots=True)
class Lookup:
    """Rows by an integer key: keys ascending beside the row each belongs to."""

    keys: npt.NDArray[np.int64] = field(repr=False)
    rows: Rows = field(repr=False)

    @staticmethod
    def of(keys: npt.NDArray[np.integer]) -> "Lookup":
        """Over every row; negative keys are never found."""
        rows = np.argsort(keys, kind="stable").astype(np.int32)
        kept = rows[np.searchsorted(keys[rows], 0) :]
        return Lookup(keys[kept].astype(np.int64), kept)

    def find(self, key: int) -> Rows:
        """The rows with the key, ascending."""
        low, high = np.searchsorted(self.keys, (key, key + 1))
        return self.rows[low:high]


def rsid_numbers(column: TextColumn) -> npt.NDArray[np.int64]:
    """The number of each `rs…` id, -1 where there is none."""
    digits = pc.replace_substring_regex(column, pattern="^rs", replacement="")
    is_number = pc.match_substring_regex(column, pattern=r"^rs[0-9]{1,18}$").fill_null(False)
    numbers = pc.cast(pc.if_else(is_number, digits, "-1"), pa.int64())
    return numbers.to_numpy()
