"""Columns of the variant table as arrays, so that nothing runs once a variant."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.genotypes.hgvs import Hgvs, parse_hgvs

Rows = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
TextColumn: TypeAlias = "pa.ChunkedArray[pa.StringScalar]"


@dataclass(frozen=True, slots=True)
class WordColumn:
    """A text column of few different words: `codes` per row into `words`, -1 where the table has null; int8, int16 or
    int32, the smallest that holds them."""

    codes: npt.NDArray[np.signedinteger] = field(repr=False)
    words: tuple[str, ...] = field(repr=False)

    @staticmethod
    def of(column: TextColumn) -> "WordColumn":
        """From a string column."""
        words = tuple(word for word in pc.unique(column).to_pylist() if word is not None)
        codes = pc.index_in(column, value_set=pa.array(words, pa.string())).fill_null(-1)
        return WordColumn(codes.to_numpy().astype(np.min_scalar_type(-len(words) - 1)), words)

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
    """Rows by an integer key: keys ascending, of the type they came in, beside the row each belongs to."""

    keys: npt.NDArray[np.signedinteger] = field(repr=False)
    rows: Rows = field(repr=False)

    @staticmethod
    def of(keys: npt.NDArray[np.signedinteger]) -> "Lookup":
        """Over every row; negative keys are never found."""
        rows = np.argsort(keys, kind="stable").astype(np.int32)
        kept = rows[np.searchsorted(keys[rows], 0) :]
        return Lookup(keys[kept], kept)

    def find(self, key: int) -> Rows:
        """The rows with the key, ascending."""
        if not 0 <= key <= np.iinfo(self.keys.dtype).max:
            return self.rows[:0]
        wanted = np.array(key, self.keys.dtype)  # of another type, all keys would be copied to compare them
        low, high = (np.searchsorted(self.keys, wanted, side) for side in _SIDES)
        return self.rows[low:high]


_REWRITTEN = (("^.*:", ""), ("%3D", "="), (r"^p\.\((.*)\)$", r"p.\1"), ("(del|dup)[ACGT]+$", r"\1"))
"""What a name is without its sequence, in the one spelling of `cohort_dsl.spelling`; read by Python and by RE2."""

_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")


@dataclass(frozen=True)
class ChangeLookup:
    """Rows by the HGVS change of a column of names, whatever sequence each name is of.

    The order of the changes (int32 rows) is found at the first question and kept. Names are taken as the ingest writes
    them, which is the canonical spelling, and as VEP does.
    """

    column: TextColumn = field(repr=False)

    def find(self, change: str) -> Rows:
        """The rows whose name has the change, ascending."""
        low = bisect_left(self._rows, change, key=self._change)
        high = bisect_right(self._rows, change, lo=low, key=self._change)
        return self._rows[low:high]

    def name(self, row: int) -> Hgvs:
        """The name of a row that has one."""
        return parse_hgvs(self.column[row].as_py())

    def _change(self, row: np.int32) -> str:
        change: str = self.column[int(row)].as_py()
        for pattern, replacement in _REWRITTEN:
            change = re.sub(pattern, replacement, change)
        return change

    @cached_property
    def _rows(self) -> Rows:
        changes = self.column
        for pattern, replacement in _REWRITTEN:
            changes = pc.replace_substring_regex(changes, pattern=pattern, replacement=replacement)
        rows = pc.sort_indices(changes).to_numpy()  # stable, in the order of str, nulls last
        return rows[: len(self.column) - self.column.null_count].astype(np.int32)


def rsid_numbers(column: TextColumn) -> npt.NDArray[np.int64]:
    """The number of each `rs…` id, -1 where there is none."""
    digits = pc.replace_substring_regex(column, pattern="^rs", replacement="")
    is_number = pc.match_substring_regex(column, pattern=r"^rs[0-9]{1,18}$").fill_null(False)
    numbers = pc.cast(pc.if_else(is_number, digits, "-1"), pa.int64())
    return numbers.to_numpy()
