"""Weighted scores of the release, from scoring files: tables SCORE and SCORE_WEIGHT, and what became of every line.

A weight counts copies of the effect allele. Where that is the alternate allele, the release keeps the weight; where it
is the reference allele, of which a person has two less the alternate ones, it keeps the weight negated and adds twice
the weight to the score's constant. Everybody's score has the constant, so it leaves out rare variants: the release may
have one because of one person, with whom everybody would move. Two copies are needed, so such lines of X (outside the
pseudoautosomal regions), Y and MT are refused; the others count each copy there is. Both alleles must be those of the
release as given: strands are not flipped, so of A/T and C/G variants, which look alike from both strands, the file is
believed, and they are counted.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from engine.genotypes.reference_population import common_frequencies
from engine.ingest.publish import ReleaseBuilder
from engine.ingest.report import Counted, counted
from engine.ingest.variants.score_columns import are
from engine.ingest.variants.score_fates import Fate
from engine.ingest.variants.score_files import Listed, name_of, read_score
from engine.ingest.variants.score_matching import Matched, match_scores
from engine.ingest.variants.text_files import reading, write_table
from schemas.errors import DataProblem
from schemas.release import SCORE, SCORE_WEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCounts:
    """One file: `listed` lines are `matched` and those `refused` by reason (`score_fates.Fate`).

    Of the matched, the effect allele of `flipped` is the reference one, and `ambiguous` are A/T or C/G. A score none of
    whose variants the release has is not written.
    """

    score: str
    file: str
    listed: int
    matched: int
    flipped: int
    ambiguous: int
    refused: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """What became of every file, in their order."""

    scores: tuple[ScoreCounts, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for a person: scores that are not in the release, and those that hardly are."""
        return tuple(
            f"score {one.score}: {one.matched:,} of the {one.listed:,} variants of {one.file} are in the release"
            + ("" if one.matched else ", so it has no such score")
            for one in self.scores
            if one.matched < one.listed / 2
        )


def write_scores(builder: ReleaseBuilder, files: Sequence[Path], variant_table: Path) -> ScoreReport:
    """Write the scores of these files, none for no files, against the variants of the release.

    Raises `DataProblem` when a file cannot be read, has no known layout, is not known to be of GRCh38, or has the name
    of another.
    """
    listed, names = read_scores(files)
    matched = match_scores(listed, variant_table)
    external = pq.ParquetFile(variant_table).read(columns=["af_external"]).column(0).to_numpy()
    _write(builder, names, listed, matched, common_frequencies(external) > 0)
    return ScoreReport(tuple(map(_counts, names, listed, matched)))


def read_scores(files: Sequence[Path]) -> tuple[Sequence[Listed], Sequence[str]]:
    """What the files list, and the name of each score; raises as `write_scores`."""
    listed: list[Listed] = []
    for path in files:
        with reading(path, "score-unreadable"):
            listed.append(read_score(path))
    return listed, _names(listed)


def _names(listed: Sequence[Listed]) -> list[str]:
    """A name each; scores of one title are told apart by their ids."""
    often = Counter(map(name_of, listed))
    names = [
        f"{name}_{one.source_id.lower()}" if often[name := name_of(one)] > 1 and one.source_id else name
        for one in listed
    ]
    for name, number in Counter(names).items():
        if number > 1:
            raise DataProblem("score-twice", f"{number} files would be the score {name!r}", hint="rename the files")
    return names


def _counts(name: str, listed: Listed, matched: Matched) -> ScoreCounts:
    used = matched.fates == Fate.MATCHED
    strandless = np.zeros(used.size, np.bool_)
    for one, two in ("AT", "TA", "CG", "GC"):
        strandless |= are(listed.effect, f"^{one}$") & are(listed.other, f"^{two}$")
    fates, numbers = np.unique(matched.fates[~used], return_counts=True)
    return ScoreCounts(
        score=name, file=listed.path.name, listed=used.size, matched=int(used.sum()),
        flipped=int(matched.flipped[used].sum()), ambiguous=int(strandless[used].sum()),
        refused=counted((Fate(fate).reason, int(number)) for fate, number in zip(fates, numbers, strict=True)),
    )  # fmt: skip


def _write(
    builder: ReleaseBuilder,
    names: Sequence[str],
    listed: Sequence[Listed],
    matched: Sequence[Matched],
    common: npt.NDArray[np.bool_],
) -> None:
    scores: list[dict[str, object]] = []
    schema = pa.schema([("score", pa.string()), ("variant", pa.int32()), ("weight", pa.float64())])
    weights = [schema.empty_table()]
    for name, one, found in zip(names, listed, matched, strict=True):
        used = found.fates == Fate.MATCHED
        if not used.any():
            continue
        weight, flipped = one.weights[used], found.flipped[used]
        constant = 2 * weight[flipped & common[found.variants[used]]].sum()
        scores.append({
            "score": name, "label": one.label or one.title, "source_id": one.source_id,
            "constant": constant, "listed": used.size, "matched": weight.size,
        })  # fmt: skip
        columns = [pa.repeat(name, weight.size), found.variants[used], np.where(flipped, -weight, weight)]
        weights.append(pa.table(columns, schema=schema))
    write_table(builder.path(SCORE), SCORE, {c.name: [row[c.name] for row in scores] for c in SCORE.columns})
    every = pa.concat_tables(weights)
    write_table(builder.path(SCORE_WEIGHT), SCORE_WEIGHT, {name: every.column(name) for name in schema.names})
