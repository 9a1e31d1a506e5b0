"""Writing the two streams of the genotype index from the calls, one variant at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engine.genotypes.pgen import CallsReader
from engine.kernels.calls import planes
from engine.kernels.carriers import DENSE, MIXED, SPARSE
from engine.kernels.words import Ids, Words, count, insert, list_ids
from engine.personset import word_count

CARRIERS, MISSING, TABLE = "carriers.u32", "missing.u32", "variant.parquet"
COLUMNS = ("carrier_encoding", "carrier_offset", "het", "hom", "missing_encoding", "missing_offset", "missing")
_PLANE_ALIGNMENT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSource:
    """What an index is made from: the calls (size in bytes and SHA-256), the person of each sample, and N."""

    calls: Path
    calls_size: int
    calls_sha256: str
    samples_sha256: str
    sample_person: Ids = field(repr=False)
    persons: int
    variants: int


def write_streams(folder: Path, source: IndexSource) -> None:
    """Write `CARRIERS`, `MISSING` and `TABLE` to the folder; the layout is that of `engine.genotypes.index`."""
    rows = np.zeros((source.variants, len(COLUMNS)), np.int64)
    words = word_count(source.persons)
    with _opened(folder / CARRIERS) as carriers, _opened(folder / MISSING) as missing:
        for variant, (het, hom, none) in enumerate(_people(source)):
            rows[variant, :4] = _write_carriers(carriers, het, hom, words)
            rows[variant, 4:] = _write_missing(missing, none, words)
    columns = {name: rows[:, i].astype(np.uint8 if "encoding" in name else np.int64) for i, name in enumerate(COLUMNS)}
    pq.write_table(pa.table(columns), folder / TABLE, compression="zstd")


@dataclass(frozen=True, slots=True)
class _Listed:
    """People as ids, ascending."""

    ids: Ids

    @property
    def number(self) -> int:
        return self.ids.size

    def drawn(self, words: int) -> Words:
        plane = np.zeros(words, np.uint64)
        insert(plane, self.ids)
        return plane


@dataclass(frozen=True, slots=True)
class _Drawn:
    """People as a bit plane, with how many they are."""

    plane: Words
    number: int

    @property
    def ids(self) -> Ids:
        ids = np.empty(self.number, np.uint32)
        list_ids(self.plane, ids)
        return ids

    def drawn(self, words: int) -> Words:
        assert self.plane.size == words
        return self.plane


_People = _Listed | _Drawn


def _people(source: IndexSource) -> Iterator[tuple[_People, _People, _People]]:
    """For each variant: the heterozygous, the homozygous and those without a call."""
    reader = CallsReader(source.calls, samples=source.sample_person.size)
    drawn = np.zeros((3, word_count(source.persons)), np.uint64)
    for variant in range(source.variants):
        sparse = reader.read_sparse(variant)
        if sparse is not None:
            persons, calls = source.sample_person[sparse[0]], sparse[1]
            yield _Listed(persons[calls == 1]), _Listed(persons[calls == 2]), _Listed(persons[calls < 0])
        else:
            drawn[:] = 0
            planes(reader.read(variant), source.sample_person, *drawn)
            het, hom, none = (_Drawn(plane, int(count(plane))) for plane in drawn)
            yield het, hom, none


@dataclass(slots=True)
class _Stream:
    """A stream being written; `used` counts u32."""

    file: BinaryIO
    used: int = 0

    def write(self, *parts: Ids | Words, aligned: bool) -> int:
        """Append one record and return its offset."""
        if aligned:
            gap = -self.used % _PLANE_ALIGNMENT
            self.file.write(bytes(4 * gap))
            self.used += gap
        offset = self.used
        for part in parts:
            self.file.write(part.data)
            self.used += part.nbytes // 4
        return offset


@contextmanager
def _opened(path: Path) -> Iterator[_Stream]:
    with path.open("wb", buffering=1 << 22) as file:
        yield _Stream(file)


def _write_carriers(stream: _Stream, het: _People, hom: _People, words: int) -> tuple[int, int, int, int]:
    sizes = {SPARSE: het.number + hom.number, MIXED: 2 * words + hom.number, DENSE: 4 * words}
    encoding = min(sizes, key=lambda code: sizes[code])
    first = het.ids if encoding == SPARSE else het.drawn(words)
    second = hom.drawn(words) if encoding == DENSE else hom.ids
    return encoding, stream.write(first, second, aligned=encoding != SPARSE), het.number, hom.number


def _write_missing(stream: _Stream, people: _People, words: int) -> tuple[int, int, int]:
    encoding = DENSE if people.number > 2 * words else SPARSE
    part = people.drawn(words) if encoding == DENSE else people.ids
    return encoding, stream.write(part, aligned=encoding == DENSE), people.number
