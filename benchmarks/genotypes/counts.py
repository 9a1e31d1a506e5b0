"""Genotype counts of every variant within a cohort, whole and by class of frequency."""

from collections.abc import Callable

import numpy as np
from pyroaring import BitMap

from benchmarks.genotypes.bench import Bench, class_name
from benchmarks.genotypes.pgen import Pgen
from benchmarks.genotypes.plink import Plink
from benchmarks.genotypes.questions import BY_CLASS, WHOLE
from benchmarks.genotypes.record import Row, rows_of, same
from benchmarks.genotypes.spectrum import CLASSES
from benchmarks.genotypes.timing import interleaved
from engine.genotypes.columns import Rows
from engine.genotypes.counting import GenotypeCounts
from engine.genotypes.layout import Role
from engine.kernels.parts import PLANE, Numbers
from engine.personset import PersonSet, word_count

_TURNS = 7
_READ = 400
"""Variants that are read as calls and counted with NumPy, for the figure of all."""
_OF_CLASS = 500


def whole(bench: Bench) -> list[Row]:
    """All variants: a tenth of the people, and everybody."""
    rows: list[Row] = []
    plink, pgen = Plink(bench), Pgen(bench)
    for case, people in (("10 % cohort", bench.cohort), ("everybody", None)):
        keep = plink.list_people(people) if people else None
        among = people or PersonSet.all(bench.persons)
        ours = _four(bench.store.counts(bench.every, among))
        plink.counts(keep)
        same(f"counts of {case}, plink2", ours, plink.counted())
        same(f"counts of {case}, pgenlib", ours, pgen.counts(bench.every, people))
        times = interleaved(
            {
                "kohort": lambda among=among: bench.store.counts(bench.every, among),
                "pgenlib count": lambda people=people: pgen.counts(bench.every, people),
                "plink2 gross": lambda keep=keep: plink.counts(keep),
                "plink2 start-up": lambda keep=keep: plink.counts(keep, only_first=True),
            },
            turns=bench.turns(_TURNS),
        )
        times["plink2"] = times["plink2 gross"].less(times["plink2 start-up"])
        if people is None:
            times |= interleaved(
                {"kohort, kept numbers": lambda: bench.store.counts(bench.every)}, turns=bench.turns(_TURNS)
            )
        rows += rows_of(WHOLE, case, times, threads=bench.threads, items=bench.every.size)
    return rows + _by_reading(bench, pgen)


def _by_reading(bench: Bench, pgen: Pgen) -> list[Row]:
    chosen = bench.every[:: bench.every.size // _READ]
    same("counts of calls read", _four(bench.store.counts(chosen, bench.cohort)), pgen.counts_of_calls(chosen))
    times = interleaved({"pgenlib read + NumPy": lambda: pgen.counts_of_calls(chosen)}, turns=3)
    factor = bench.every.size / chosen.size
    scaled = {way: own.scaled(factor) for way, own in times.items()}
    note = f"{chosen.size} variants read, scaled to all"
    return rows_of(WHOLE, "10 % cohort", scaled, threads=bench.threads, items=bench.every.size, note=note)


def by_class(bench: Bench) -> list[Row]:
    """Some variants of each class, a tenth of the people. Roaring bitmaps hold carriers and nothing else, so that its
    one set stands against our three; NumPy counts planes, of which rare variants have none."""
    rows: list[Row] = []
    pgen, cohort = Pgen(bench), BitMap(bench.cohort.indices())
    for code in range(len(CLASSES)):
        chosen = bench.of_class(code, _OF_CLASS)
        ours = _four(bench.store.counts(chosen, bench.cohort))
        bitmaps = [BitMap(np.flatnonzero(pgen.calls(row) > 0)) for row in chosen.tolist()]
        same(class_name(code), ours, pgen.counts(chosen, bench.cohort))
        same(f"{class_name(code)}, roaring", ours[1] + ours[2], _common(bitmaps, cohort))
        ways: dict[str, Callable[[], object]] = {
            "kohort": lambda chosen=chosen: bench.store.counts(chosen, bench.cohort),
            "pgenlib count": lambda chosen=chosen: pgen.counts(chosen, bench.cohort),
            "roaring": lambda bitmaps=bitmaps: _common(bitmaps, cohort),
        }
        times = interleaved(ways, turns=_TURNS)
        rows += rows_of(BY_CLASS, class_name(code), times, threads=bench.threads, items=chosen.size)
    return rows + _planes_with_numpy(bench)


def _common(bitmaps: list[BitMap], cohort: BitMap) -> Numbers:
    return np.array([bitmap.intersection_cardinality(cohort) for bitmap in bitmaps], np.int64)


def _planes_with_numpy(bench: Bench) -> list[Row]:
    chosen = bench.of_class(len(CLASSES) - 1, _OF_CLASS)
    stream, parts = bench.index.parts(Role.HET, chosen)
    words, members = word_count(bench.persons), bench.cohort.words
    starts = (parts.start[parts.encoding == PLANE] >> 3).tolist()

    def count() -> Numbers:
        return np.array([np.bitwise_count(stream.words[at : at + words] & members).sum() for at in starts], np.int64)

    drawn: Rows = chosen[parts.encoding == PLANE]
    same("planes with NumPy", _four(bench.store.counts(drawn, bench.cohort))[1], count())
    times = interleaved({"numpy.bitwise_count": count}, turns=_TURNS)
    note = "heterozygous planes only"
    return rows_of(BY_CLASS, class_name(len(CLASSES) - 1), times, threads=bench.threads, items=len(starts), note=note)


def _four(counts: GenotypeCounts) -> Numbers:
    return np.array([counts.reference, counts.heterozygous, counts.homozygous, counts.missing])
