"""The benchmark's data as our own store sees them: a release of nothing but genotypes, with its index."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.genotypes.dataset import Dataset
from engine.genotypes.index import FOLDER, GenotypeIndex, build_index, open_index
from engine.genotypes.store import GenotypeStore
from engine.genotypes.streams import IndexSource
from schemas.tables import TableSpec


@dataclass(frozen=True, slots=True)
class GenotypeRelease:
    """What `GenotypeStore.open` asks of a release (`engine.genotypes.store.ReleaseFiles`)."""

    data: Dataset

    @property
    def persons(self) -> int:
        return self.data.size.persons

    def has(self, table: TableSpec) -> bool:
        return self.file(table.path).is_file()

    def file(self, path: str) -> Path:
        return self.data.folder / path

    def checksum(self, path: str) -> str:
        """Of size and time of change: the data are ours, and hashing gigabytes is not what is measured."""
        return _checksum(self.file(path))

    def source(self) -> IndexSource:
        """What the index is made from."""
        return index_source(self.data.calls, persons=self.persons, variants=self.data.size.variants)

    def index(self) -> GenotypeIndex:
        """Our index of the calls."""
        return open_index(self.file(FOLDER), self.source())

    def build(self, folder: Path, *, threads: int) -> None:
        """Build the index elsewhere, to see how long that takes."""
        build_index(folder, self.source(), threads=threads)

    def store(self) -> GenotypeStore:
        """Our store over them."""
        return GenotypeStore.open(self)


def index_source(calls: Path, *, persons: int, variants: int) -> IndexSource:
    """What an index of any such file is made from: everybody has a sample, in order."""
    return IndexSource(
        calls=calls,
        calls_size=calls.stat().st_size,
        calls_sha256=_checksum(calls),
        samples_sha256="",
        sample_person=np.arange(persons, dtype=np.uint32),
        persons=persons,
        variants=variants,
        phased=False,
    )


def _checksum(path: Path) -> str:
    stat = path.stat()
    return hashlib.sha256(f"{path.name} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()
