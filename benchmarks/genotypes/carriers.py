"""Who carries one variant, and who carries qualifying variants of a gene."""

from collections.abc import Callable

import numpy as np

from benchmarks.genotypes.bench import Bench, class_name
from benchmarks.genotypes.pgen import Pgen
from benchmarks.genotypes.questions import BURDEN, ONE
from benchmarks.genotypes.record import Row, rows_of, same
from benchmarks.genotypes.spectrum import CLASSES
from benchmarks.genotypes.timing import interleaved
from cohort_dsl.ast import BurdenUnit, PairKind, Zygosity
from engine.genotypes.columns import Rows
from engine.genotypes.layout import Role
from engine.kernels.parts import Parts, Stream, raise_levels
from engine.kernels.words import Words, count_common
from engine.personset import PersonSet, word_count

_VARIANTS = 40
"""Of each class, asked one after another."""
_GENES = 100
_TURNS = 7


def one_variant(bench: Bench) -> list[Row]:
    """Carriers of one variant as a set of people, with those who have no call beside it; by class of frequency."""
    pgen, rows = Pgen(bench), []
    for code in range(len(CLASSES)):
        chosen = [np.array([row], np.int32) for row in bench.of_class(code, _VARIANTS)]
        for own in chosen:
            same(class_name(code), bench.store.carriers(own).true.words, pgen.carriers(own))
        ways: dict[str, Callable[[], object]] = {
            "kohort": lambda chosen=chosen: [bench.store.carriers(own) for own in chosen],
            "pgenlib + NumPy": lambda chosen=chosen: [pgen.carriers(own) for own in chosen],
        }
        times = interleaved(ways, turns=_TURNS, loops={"kohort": 10})
        each = {way: own.scaled(1 / len(chosen)) for way, own in times.items()}
        rows += rows_of(ONE, class_name(code), each, threads=bench.threads, items=1)
    return rows


def burden(bench: Bench) -> list[Row]:
    """Loss-of-function variants of AF below 0.1 %, some for each gene: who carries one or more, two or more, or is
    biallelic. `kernels` is emptying the sets, counting through the variants, and the size within the cohort; `kohort`
    is the store's whole answer in three values."""
    genes, pgen, store = bench.rare_lof[:_GENES], Pgen(bench), bench.store
    rows: list[Row] = []
    for number in (1, 2):
        loaded = [_Gene(bench, own) for own in genes]
        for own, gene in zip(genes, loaded, strict=True):
            times = pgen.carrying_times(own)
            peers = PersonSet.from_mask(times >= number)
            same("burden", store.burden(own, number, BurdenUnit.VARIANTS).true.words, peers.words)
            same("burden, kernels", np.array([gene.count(number)]), np.array([peers.count_common(bench.cohort)]))
        ways: dict[str, Callable[[], object]] = {
            "kernels": lambda number=number, loaded=loaded: [gene.count(number) for gene in loaded],
            "kohort": lambda number=number: [store.burden(own, number, BurdenUnit.VARIANTS) for own in genes],
            "pgenlib sparse + NumPy": lambda number=number: [pgen.carrying_times(own) >= number for own in genes],
        }
        rows += _each(bench, f"{number} or more", ways, genes)
    return rows + _biallelic(bench, genes, pgen)


class _Gene:
    """Parts of a gene's variants, ready for the kernels."""

    def __init__(self, bench: Bench, rows: Rows) -> None:
        self.members: Words = bench.cohort.words
        self.parts: list[tuple[Stream, Parts]] = [bench.index.parts(role, rows) for role in (Role.HET, Role.HOM)]
        self.levels = np.zeros((2, word_count(bench.persons)), np.uint64)

    def count(self, number: int) -> int:
        """How many of the cohort carry so many of the variants."""
        levels = self.levels[:number]
        levels[:] = 0
        for stream, parts in self.parts:
            raise_levels(stream, parts, levels, levels[0], False)
        return count_common(levels[number - 1], self.members)


def _biallelic(bench: Bench, genes: list[Rows], pgen: Pgen) -> list[Row]:
    def pairs() -> list[object]:
        return [bench.store.paired(own, PairKind.BIALLELIC) for own in genes]

    def homozygous(own: Rows) -> Words:
        mask = np.zeros(bench.persons, bool)
        for row in own.tolist():
            people, calls = pgen.of_all.read_sparse8(row)
            mask[people[calls == 2]] = True
        return PersonSet.from_mask(mask).words

    for own in genes:  # without phase, two copies of one variant are all that is certain
        certain = bench.store.paired(own, PairKind.BIALLELIC)
        same("biallelic", certain.true.words, homozygous(own))
        same("homozygous", bench.store.carriers(own, Zygosity.HOMOZYGOUS).true.words, homozygous(own))
        two = PersonSet.from_mask(pgen.carrying_times(own) >= 2)
        assert (two - certain.true - certain.unknown).count() == 0
    ways = {"kohort": pairs, "pgenlib sparse + NumPy": lambda: [homozygous(own) for own in genes]}
    return _each(bench, "biallelic", ways, genes)


def _each(bench: Bench, case: str, ways: dict[str, Callable[[], object]], genes: list[Rows]) -> list[Row]:
    times = interleaved(ways, turns=_TURNS, loops={"kernels": 20, "kohort": 5})
    each = {way: own.scaled(1 / len(genes)) for way, own in times.items()}
    note = f"{sum(own.size for own in genes) / len(genes):.1f} variants a gene"
    return rows_of(BURDEN, case, each, threads=bench.threads, items=1, note=note)
