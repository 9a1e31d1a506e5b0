"""pgenlib over the same PGEN file: its own counts, and what people write with its readers and NumPy."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from pgenlib import PgenReader  # pyrefly: ignore[missing-module-attribute]  # it ships no types

from benchmarks.genotypes.bench import Bench
from engine.genotypes.columns import Rows
from engine.kernels.parts import Numbers
from engine.kernels.words import Words
from engine.personset import PersonSet, word_count


@dataclass(frozen=True)
class Pgen:
    """Readers over the data of a benchmark, with and without its cohort."""

    bench: Bench

    @cached_property
    def of_all(self) -> PgenReader:
        """Everybody."""
        return PgenReader(bytes(self.bench.data.calls), raw_sample_ct=self.bench.persons)

    @cached_property
    def of_cohort(self) -> PgenReader:
        """The cohort only."""
        people = self.bench.cohort.indices()
        return PgenReader(bytes(self.bench.data.calls), raw_sample_ct=self.bench.persons, sample_subset=people)

    def counts(self, rows: Rows, people: PersonSet | None) -> Numbers:
        """int64[4, rows]: reference, heterozygous, homozygous, missing, by `PgenReader.count`."""
        reader = self.of_all if people is None else self.of_cohort
        found = np.empty((rows.size, 4), np.uint32)
        for own, row in zip(found, rows.tolist(), strict=True):
            reader.count(row, own)
        return found.T.astype(np.int64)

    def counts_of_calls(self, rows: Rows) -> Numbers:
        """The same of the cohort from int8 calls and NumPy."""
        calls = np.empty(self.bench.cohort.count(), np.int8)
        found = np.empty((4, rows.size), np.int64)
        for at, row in enumerate(rows.tolist()):
            self.of_cohort.read(row, calls)
            found[:, at] = np.bincount(calls.view(np.uint8) & 3, minlength=4)[[0, 1, 2, 3]]
        return found

    def carriers(self, rows: Rows) -> Words:
        """uint64[words]: who carries some of the variants, by sparse reads where there are such, and NumPy."""
        mask = np.zeros(64 * word_count(self.bench.persons), bool)
        calls = np.empty(self.bench.persons, np.int8)
        for row in rows.tolist():
            if self.of_all.has_sparse(row):
                people, own = self.of_all.read_sparse8(row)
                mask[people[own > 0]] = True
            else:
                self.of_all.read(row, calls)
                mask[: calls.size] |= calls > 0
        return np.packbits(mask, bitorder="little").view(np.uint64)

    def carrying_times(self, rows: Rows) -> npt.NDArray[np.int8]:
        """int8[N]: how many of the variants each person carries, from sparse reads."""
        times = np.zeros(self.bench.persons, np.int8)
        for row in rows.tolist():
            people, own = self.of_all.read_sparse8(row)
            times[people[own > 0]] += 1
        return times

    def calls(self, row: int) -> npt.NDArray[np.int8]:
        """int8[N] of one variant, -9 where there is no call."""
        calls = np.empty(self.bench.persons, np.int8)
        self.of_all.read(row, calls)
        return calls
