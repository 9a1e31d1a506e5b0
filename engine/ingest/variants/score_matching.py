"""Variants that score files list, found among those of the release by position (or rsID) and alleles.

Where several fit, the one that reference data call common is meant: a rare one may be in the release on account of a
single person, and if it made the line useless that person would move everybody's score.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from engine.genotypes.alleles import CONTIG_RANK
from engine.genotypes.columns import Mask, TextColumn, WordColumn, rsid_numbers
from engine.genotypes.ploidy import Ploidy, ploidies
from engine.genotypes.reference_population import common_frequencies
from engine.ingest.variants.score_columns import Keys, holds
from engine.ingest.variants.score_fates import Fate, Fates
from engine.ingest.variants.score_files import Listed

_BATCH = 1 << 20
"""Variants of the release looked at together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Of each line of one file its fate and, where it is matched, the variant and whether the effect allele is ref."""

    fates: Fates
    variants: npt.NDArray[np.int32]
    flipped: Mask


class _Fits:
    """Of each line of a file how many variants fit, and the last of them."""

    def __init__(self, size: int) -> None:
        self.number = np.zeros(size, np.int32)
        self.variants = np.full(size, -1, np.int32)
        self.flipped = np.zeros(size, np.bool_)

    def note(self, lines: npt.NDArray[np.int64], variants: npt.NDArray[np.int64], *, is_flipped: bool) -> None:
        """These variants fit these lines, the effect allele being the reference one where it `is_flipped`."""
        np.add.at(self.number, lines, 1)
        self.variants[lines] = variants
        self.flipped[lines] = is_flipped

    def where_none(self, other: "_Fits") -> "_Fits":
        """These, and of lines that none fits the other ones."""
        found, some = _Fits(self.number.size), self.number > 0
        found.number = np.where(some, self.number, other.number)
        found.variants = np.where(some, self.variants, other.variants)
        found.flipped = np.where(some, self.flipped, other.flipped)
        return found


class _Search:
    """Lines of one file, looked for in one batch of variants after another."""

    def __init__(self, listed: Listed) -> None:
        usable = np.flatnonzero(listed.fates == Fate.MATCHED)
        self._lines = usable[np.argsort(listed.keys[usable], kind="stable")]
        self._keys = listed.keys[self._lines]
        self._listed = listed
        size = len(listed.keys)
        self._seen = np.zeros(size, np.bool_)
        self._of_all, self._of_common = _Fits(size), _Fits(size)

    def look(self, keys: Keys, ref: TextColumn, alt: TextColumn, common: Mask, first: int) -> None:
        """Look among variants of these keys and alleles, the first of which is row `first` of the release; `common` is
        which of them reference data call so."""
        place, variant = _pairs(self._keys, keys)
        line = self._lines[place]
        self._seen[line] = True
        effect, other = (column.take(line) for column in (self._listed.effect, self._listed.other))
        ref, alt = ref.take(variant), alt.take(variant)
        unknown = other.is_null().to_numpy()
        given = _alike(effect, alt) & (_alike(other, ref) | unknown)
        flipped = _alike(effect, ref) & (_alike(other, alt) | unknown)
        for fits, is_flipped in ((given, False), (flipped, True)):
            self._of_all.note(line[fits], first + variant[fits], is_flipped=is_flipped)
            fits &= common[variant]
            self._of_common.note(line[fits], first + variant[fits], is_flipped=is_flipped)

    def result(self, diploid: Mask) -> Matched:
        """After all batches; `diploid` is whether everybody has two copies of each variant of the release."""
        fates, meant = self._listed.fates.copy(), self._of_common.where_none(self._of_all)
        looked = fates == Fate.MATCHED
        fates[looked & ~self._seen] = Fate.NOT_IN_RELEASE
        fates[looked & self._seen & (meant.number == 0)] = Fate.ALLELES_DIFFER
        fates[looked & (meant.number > 1)] = Fate.SEVERAL_FIT
        found = np.flatnonzero(fates == Fate.MATCHED)
        fates[found[meant.flipped[found] & ~diploid[meant.variants[found]]]] = Fate.REFERENCE_EFFECT_OF_X_Y_MT
        found = np.flatnonzero(fates == Fate.MATCHED)
        _, which, number = np.unique(meant.variants[found], return_inverse=True, return_counts=True)
        fates[found[number[which] > 1]] = Fate.REPEATED
        return Matched(fates=fates, variants=meant.variants, flipped=meant.flipped)


def match_scores(listed: Sequence[Listed], variant_table: Path) -> list[Matched]:
    """The lines of every file, in one pass over the variant table, of which a million rows are held at a time."""
    searches = [_Search(one) for one in listed]
    by_rsid = any(one.by_rsid for one in listed)
    diploid: list[Mask] = [np.zeros(0, np.bool_)]
    first = 0
    for batch in _batches(variant_table, by_rsid):
        ranks, positions = _ranks(batch.column("contig")), batch.column("position").to_numpy().astype(np.int64)
        diploid.append(ploidies(ranks, positions) == Ploidy.DIPLOID)
        places = ranks << 32 | positions
        numbers = rsid_numbers(batch.column("rsid")) if by_rsid else places
        common = common_frequencies(batch.column("af_external").to_numpy()) > 0
        for one, search in zip(listed, searches, strict=True):
            keys = numbers if one.by_rsid else places
            search.look(keys, batch.column("ref"), batch.column("alt"), common, first)
        first += batch.num_rows
    return [search.result(np.concatenate(diploid)) for search in searches]


def _batches(variant_table: Path, by_rsid: bool) -> Iterator[pa.Table]:
    columns = ["contig", "position", "ref", "alt", "af_external", *(["rsid"] if by_rsid else [])]
    for batch in pq.ParquetFile(variant_table).iter_batches(_BATCH, columns=columns):
        yield pa.table(batch)


def _ranks(contigs: TextColumn) -> Keys:
    words = WordColumn.of(contigs)
    return np.array([CONTIG_RANK[word] for word in words.words], np.int64)[words.codes]


def _pairs(wanted: Keys, found: Keys) -> tuple[Keys, Keys]:
    """Every pair of equal keys, as places in `wanted` (ascending keys) and in `found`; keys below 0 are none."""
    order = np.argsort(found, kind="stable")
    keys = found[order]
    low, high = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
    copies = high - low
    place = np.repeat(np.arange(wanted.size), copies)
    within = np.arange(place.size) - np.repeat(np.cumsum(copies) - copies, copies)
    return place, order[np.repeat(low, copies) + within]


def _alike(one: TextColumn, other: TextColumn) -> Mask:
    return holds(pc.equal(one, other))
