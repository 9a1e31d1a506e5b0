"""Weighted scores: sums of alternate alleles times weights, for everybody at once."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from engine.genotypes.columns import Rows
from engine.genotypes.counting import Copies
from engine.genotypes.encoding import bucket_count
from engine.genotypes.index import GenotypeIndex
from engine.genotypes.layout import Role
from engine.genotypes.parallel import over_buckets
from engine.genotypes.ploidy import Ploidy
from engine.kernels.parts import PLANE, Numbers, Parts, Stream, take
from engine.kernels.weights import PLANE_GROUP, Sums, add_lists, add_planes
from engine.personset import word_count


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreInfo:
    """A score of the release, as its table lists it (`schemas.release.SCORE`)."""

    score: str
    label: str | None
    source_id: str | None
    constant: float
    listed: int
    matched: int


@dataclass(frozen=True, slots=True)
class ScoreWeights:
    """The weights of every score, in the order of the table: `rows` int32 and `weights` float64."""

    infos: Mapping[str, ScoreInfo] = field(repr=False)
    starts: Mapping[str, slice] = field(repr=False)
    rows: Rows = field(repr=False)
    weights: Sums = field(repr=False)

    @staticmethod
    def none() -> "ScoreWeights":
        """Of a release without scores."""
        return ScoreWeights({}, {}, np.zeros(0, np.int32), np.zeros(0))

    @staticmethod
    def read(scores: Path, weights: Path) -> "ScoreWeights":
        """From `genotypes/score.parquet` and `genotypes/score_weight.parquet`."""
        infos = {row["score"]: ScoreInfo(**row) for row in pq.ParquetFile(scores).read().to_pylist()}
        table = pq.ParquetFile(weights).read().sort_by([("score", "ascending"), ("variant", "ascending")])
        counted = Counter(map(str, table.column("score").to_pylist()))
        names = sorted(counted)
        ends: list[int] = np.cumsum([0, *(counted[name] for name in names)]).tolist()
        starts = {name: slice(*bounds) for name, bounds in zip(names, pairwise(ends), strict=True)}
        return ScoreWeights(infos, starts, table.column("variant").to_numpy(), table.column("weight").to_numpy())

    def of(self, score: str) -> tuple[Rows, Sums]:
        """The variants of a score and their weights; none for an unknown one."""
        where = self.starts.get(score, slice(0, 0))
        return self.rows[where].astype(np.int32), self.weights[where]


def score_people(
    index: GenotypeIndex,
    rows: Rows,
    weights: Sums,
    frequency: Sums,
    ploidies: npt.NDArray[np.uint8],
    copies: Copies,
) -> Sums:
    """float64[N]: for each person the sum over variants of weight x alternate alleles; NaN without genotypes.

    `ploidies` are those of the rows. A missing call counts as `frequency` alternate alleles for each copy the person
    has: what PLINK's `--score` does with the frequencies of the release, or those given by `--read-freq`.
    """
    sums = np.zeros(index.persons)
    for code in np.unique(ploidies):
        ploidy, own = Ploidy(code), ploidies == code
        weight, mean = weights[own], (weights * frequency)[own]
        if ploidy is Ploidy.DIPLOID:
            sums += _summed(index, rows[own], {Role.HET: weight, Role.HOM: 2 * weight, Role.MISSING: 2 * mean})
            continue
        once = _summed(index, rows[own], {Role.HET: weight, Role.HOM: weight, Role.MISSING: mean})
        again = _summed(index, rows[own], {Role.HOM: weight, Role.MISSING: mean})
        single, double = copies.single(ploidy).to_mask(), copies.double(ploidy).to_mask()
        sums[single | double] += once[single | double]
        sums[double] += again[double]
    sums[~copies.genotyped.to_mask()] = np.nan
    return sums


def _summed(index: GenotypeIndex, rows: Rows, weights_of: Mapping[Role, Sums]) -> Sums:
    """float64[N]: the weights of the parts each person is in."""
    buckets = bucket_count(index.persons)
    sums = np.zeros(buckets << 16)
    for role, weights in weights_of.items():
        stream, parts = index.parts(role, rows)
        _add(stream, parts, weights, index.persons, sums)
    return sums[: index.persons]


def _add(stream: Stream, parts: Parts, weights: Sums, persons: int, sums: Sums) -> None:
    held = (parts.number > 0) & (weights != 0)
    listed, drawn = held & (parts.encoding != PLANE), held & (parts.encoding == PLANE)
    lists = take(parts, listed)
    starts, own = _padded(parts.start[drawn], weights[drawn].astype(np.float32))
    people = 64 * word_count(persons)

    def run(first: int, last: int) -> None:
        add_lists(stream, lists, weights[listed], first, last, sums)
        if starts.size:
            add_planes(stream.halves, starts, own, first, sums[first << 16 : min(last << 16, people)])

    over_buckets(bucket_count(persons), run)


def _padded(starts: Numbers, weights: npt.NDArray[np.float32]) -> tuple[Numbers, npt.NDArray[np.float32]]:
    """Planes of weight 0 at the end, to a whole number of groups."""
    more = -starts.size % PLANE_GROUP
    return np.append(starts, np.repeat(starts[:1], more)), np.append(weights, np.zeros(more, np.float32))
