"""What every question is asked of: the data, our store over them, a cohort, and the peers' readers."""

import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.genotypes.dataset import GENE_VARIANTS, Dataset
from benchmarks.genotypes.release import GenotypeRelease
from benchmarks.genotypes.spectrum import CLASSES, class_of
from engine.genotypes.columns import Rows
from engine.genotypes.index import GenotypeIndex
from engine.genotypes.store import GenotypeStore
from engine.personset import PersonSet
from schemas.release import VARIANT

SHARE = 0.1
"""Of all people: the cohort."""


@dataclass(frozen=True)
class Bench:
    """One process's view of the data; `threads` is the number of cores it may use."""

    data: Dataset
    threads: int
    work: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="kohort-bench-")))

    @cached_property
    def release(self) -> GenotypeRelease:
        return GenotypeRelease(self.data)

    @cached_property
    def store(self) -> GenotypeStore:
        return self.release.store()

    @cached_property
    def index(self) -> GenotypeIndex:
        return self.release.index()

    @property
    def persons(self) -> int:
        return self.data.size.persons

    @cached_property
    def cohort(self) -> PersonSet:
        """A tenth of all people, at random."""
        chosen = np.random.default_rng(1).random(self.persons) < SHARE
        return PersonSet.from_mask(chosen)

    def turns(self, most: int) -> int:
        """Of what goes over all variants: two where those are so many that a turn takes minutes."""
        return most if self.data.size.variants < 100_000 else 2

    @property
    def every(self) -> Rows:
        """All variants."""
        return np.arange(self.data.size.variants, dtype=np.int32)

    @cached_property
    def classes(self) -> npt.NDArray[np.int8]:
        """int8 per variant: its class of frequency (`CLASSES`)."""
        table = pq.ParquetFile(self.data.folder / VARIANT.path).read(columns=["allele_count", "allele_number"])
        count, number = (table.column(name).to_numpy().astype(np.int64) for name in table.column_names)
        return class_of(count, number)

    def of_class(self, code: int, most: int) -> Rows:
        """Some of the variants of a class, from all along the genome."""
        rows = np.flatnonzero(self.classes == code).astype(np.int32)
        return rows[np.linspace(0, rows.size - 1, min(most, rows.size)).astype(int)]

    @cached_property
    def rare_lof(self) -> list[Rows]:
        """Of each gene its loss-of-function variants of AF below 0.1 %; genes without any are left out."""
        lof = pq.ParquetFile(self.data.folder / VARIANT.path).read(columns=["lof"]).column("lof")
        wanted = lof.is_valid().to_numpy() & (self.classes < 3)
        rows = np.flatnonzero(wanted).astype(np.int32)
        return [own for own in np.split(rows, np.flatnonzero(np.diff(rows // GENE_VARIANTS)) + 1) if own.size]


def class_name(code: int) -> str:
    """Of a class of `Bench.classes`."""
    return CLASSES[code].name
