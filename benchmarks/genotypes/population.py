"""Linkage disequilibrium of two common variants, and Hardy-Weinberg equilibrium of all."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from benchmarks.genotypes.bench import Bench
from benchmarks.genotypes.founders import BLOCK
from benchmarks.genotypes.pgen import Pgen
from benchmarks.genotypes.plink import Plink
from benchmarks.genotypes.questions import EQUILIBRIUM, LINKAGE
from benchmarks.genotypes.record import Row, rows_of, same
from benchmarks.genotypes.spectrum import CLASSES
from benchmarks.genotypes.timing import interleaved
from engine.personset import PersonSet

_TURNS = 5


def linkage(bench: Bench) -> list[Row]:
    """r squared of two neighbours among the most common variants."""
    first, second = _linked(bench)
    pgen, plink, people = Pgen(bench), Plink(bench), PersonSet.all(bench.persons)
    plink.linkage(first, second)
    ours = bench.store.linkage(first, second, people).r_squared
    same("r squared", np.array([ours]), np.array([plink.linkage_found()]), relative=1e-4)

    def correlation() -> float:
        """Of genotypes: close to that of haplotypes, and what people compute by hand."""
        a, b = pgen.calls(first), pgen.calls(second)
        called = (a >= 0) & (b >= 0)
        return float(np.corrcoef(a[called].astype(np.float32), b[called].astype(np.float32))[0, 1])

    ways: dict[str, Callable[[], object]] = {
        "kohort": lambda: bench.store.linkage(first, second, people),
        "pgenlib + NumPy": correlation,
        "plink2 gross": lambda: plink.linkage(first, second),
    }
    times = interleaved(ways, turns=_TURNS, loops={"kohort": 50})
    return rows_of(LINKAGE, "everybody", times, threads=bench.threads, items=1, note=f"r squared {ours:.2f}")


def _linked(bench: Bench) -> tuple[int, int]:
    """Two neighbours that go together."""
    common = bench.of_class(len(CLASSES) - 1, bench.data.size.variants)[:BLOCK]
    people = PersonSet.all(bench.persons)
    found = [bench.store.linkage(int(a), int(b), people).r_squared for a, b in pairwise(common)]
    at = int(np.argmax(np.where(np.array(found) < 0.95, found, 0)))
    return int(common[at]), int(common[at + 1])


def equilibrium(bench: Bench) -> list[Row]:
    """The exact test of every variant over everybody, counts included."""
    plink = Plink(bench)
    plink.hardy()
    ours, other = bench.store.counts(bench.every).hardy_weinberg(), plink.hardy_tested()
    same("Hardy-Weinberg, log10 p", _log10(ours), _log10(other), relative=1e-4)
    ways: dict[str, Callable[[], object]] = {
        "kohort": lambda: bench.store.counts(bench.every).hardy_weinberg(),
        "plink2 gross": plink.hardy,
        "plink2 start-up": lambda: plink.hardy(only_first=True),
    }
    times = interleaved(ways, turns=bench.turns(_TURNS))
    times["plink2"] = times["plink2 gross"].less(times["plink2 start-up"])
    return rows_of(EQUILIBRIUM, "everybody", times, threads=bench.threads, items=bench.every.size)


def _log10(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Of p down to 1e-300, below which printed figures lose their digits."""
    return np.log10(np.maximum(p, 1e-300))
