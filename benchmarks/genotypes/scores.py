"""Weighted scores of everybody, over the common variants and over all of them."""

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.genotypes.bench import Bench
from benchmarks.genotypes.plink import Plink
from benchmarks.genotypes.questions import SCORE
from benchmarks.genotypes.record import Row, rows_of, same
from benchmarks.genotypes.timing import interleaved
from engine.genotypes.counting import Copies, count_genotypes
from engine.genotypes.scores import score_people
from engine.kernels.weights import Sums
from engine.personset import PersonSet
from schemas.release import SAMPLE

_TURNS = 5
_CLOSE = 1e-4
"""Relative; plink2 prints six digits."""


def scores(bench: Bench) -> list[Row]:
    """Score of one weight a variant. The store keeps a score it has made, so its own function is timed, and given the
    frequencies of the release for missing calls, as plink2 uses them."""
    rows: list[Row] = []
    plink, copies, index = Plink(bench), _copies(bench), bench.index
    for name in ("common", "all"):
        variants, weights = bench.store.weights(name)
        ploidies = bench.store.ploidy(variants)
        listed = plink.list_weights(name)

        def ours(
            variants: npt.NDArray[np.int32] = variants,
            weights: Sums = weights,
            ploidies: npt.NDArray[np.uint8] = ploidies,
        ) -> Sums:
            frequency = np.nan_to_num(count_genotypes(index, variants, ploidies, copies, None).frequency)
            return score_people(index, variants, weights, frequency, ploidies, copies)

        plink.score(listed)
        same(f"score {name}", ours(), plink.scored(), relative=_CLOSE)
        times = interleaved(
            {
                "kohort": ours,
                "plink2 gross": lambda listed=listed: plink.score(listed),
                "plink2 start-up": lambda listed=listed: plink.score(listed, only_first=True),
            },
            turns=bench.turns(_TURNS),
        )
        times["plink2"] = times["plink2 gross"].less(times["plink2 start-up"])
        rows += rows_of(SCORE, f"{name} variants", times, threads=bench.threads, items=variants.size)
    return rows


def _copies(bench: Bench) -> Copies:
    sex = pq.ParquetFile(bench.data.folder / SAMPLE.path).read(columns=["sex"]).column("sex").to_numpy()
    return Copies(
        genotyped=PersonSet.all(bench.persons),
        males=PersonSet.from_mask(sex == "male"),
        females=PersonSet.from_mask(sex == "female"),
    )
