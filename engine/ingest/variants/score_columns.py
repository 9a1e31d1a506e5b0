"""Text columns of score files as places, numbers and alleles, without a loop over lines."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from engine.genotypes.alleles import CONTIG_RANK, canonical_contig, trim
from engine.genotypes.columns import Mask, TextColumn, WordColumn

Keys = npt.NDArray[np.int64]
"""Of a place, contig rank << 32 | position; -1 for none."""

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_POSITION = r"^[0-9]{1,9}$"


def holds(condition: Any) -> Mask:
    """bool[rows] of an Arrow condition, false where it is null."""
    return condition.fill_null(False).to_numpy(zero_copy_only=False)


def are(column: TextColumn, pattern: str) -> Mask:
    """bool[rows]: whether each text has a match of the pattern; false for null."""
    return holds(pc.match_substring_regex(column, pattern=pattern))


def place_keys(contigs: TextColumn, positions: TextColumn) -> Keys:
    """The keys of places; -1 where the contig is no chromosome or the position no number above 0."""
    words = WordColumn.of(contigs)
    ranks = [CONTIG_RANK.get(canonical_contig(word) or "", -1) for word in words.words]
    rank = np.array([*ranks, -1], np.int64)[words.codes]
    position = _parsed(positions, are(positions, _POSITION), pa.int64())
    return np.where((rank >= 0) & (position > 0), rank << 32 | position, -1)


def numbers(column: TextColumn) -> tuple[npt.NDArray[np.float64], Mask]:
    """The numbers, 0 where a text is no finite one, and which are."""
    valid = are(column, _NUMBER)
    values = _parsed(column, valid, pa.float64())
    return np.where(np.isfinite(values), values, 0.0), valid & np.isfinite(values)


def trimmed(keys: Keys, effect: TextColumn, other: TextColumn) -> tuple[Keys, TextColumn, TextColumn]:
    """Both alleles in their shortest spelling and the place of that, as the release has them.

    Only the few lines are touched in which both alleles have more than one base.
    """
    rows = np.flatnonzero(are(effect, "..") & are(other, "..") & ~holds(pc.equal(effect, other)))
    if not rows.size:
        return keys, effect, other
    firsts, seconds = (column.take(rows).to_pylist() for column in (effect, other))
    short = [trim(0, str(first), str(second)) for first, second in zip(firsts, seconds, strict=True)]
    keys = keys.copy()
    keys[rows] += np.where(keys[rows] >= 0, [moved for moved, _, _ in short], 0)
    mask = np.zeros(keys.size, np.bool_)
    mask[rows] = True
    return (
        keys,
        _replaced(effect, mask, [one for _, one, _ in short]),
        _replaced(other, mask, [two for *_, two in short]),
    )


def _parsed(column: TextColumn, valid: Mask, kind: pa.DataType) -> npt.NDArray[Any]:
    return pc.cast(pc.if_else(pa.array(valid), column, "-1"), kind).to_numpy()


def _replaced(column: TextColumn, mask: Mask, values: Sequence[str]) -> TextColumn:
    whole: Any = column.combine_chunks()
    return pa.chunked_array([pc.replace_with_mask(whole, pa.array(mask), pa.array(values, pa.string()))])
