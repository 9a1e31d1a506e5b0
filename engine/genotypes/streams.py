"""Writing the genotype index from the calls, block by block, several blocks at a time."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from engine.genotypes.encoding import ALIGNMENT, Drawn, Listed, People, encode
from engine.genotypes.layout import COLUMNS, PARTS, Layout, PartTable, Role
from engine.genotypes.pgen import CallsReader
from engine.kernels.calls import planes
from engine.kernels.words import Ids, count
from engine.personset import word_count

_BLOCK = 256
"""Variants encoded at a time by one thread; a block of common variants of 770,000 people takes 50 MB."""


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
    phased: bool

    @property
    def layout(self) -> Layout:
        """That of the index."""
        return Layout(self.variants, self.phased)


def write_streams(folder: Path, source: IndexSource, *, threads: int) -> None:
    """Write `parts.bin` and the streams to the folder, as `engine.genotypes.layout` describes them."""
    layout = source.layout
    table = PartTable.open(folder / PARTS, layout, create=True)
    used = dict.fromkeys(layout.streams, 0)
    with ExitStack() as stack:
        files = {stream: stack.enter_context((folder / stream).open("wb")) for stream in layout.streams}
        for first, block in _blocks(source, threads):
            for role in layout.roles:
                rows = np.array(block.parts[role], np.int64).T
                rows[0] += used[role.stream]
                for (name, column), values in zip(table.columns[role].items(), rows, strict=True):
                    column[first : first + values.size] = values.astype(COLUMNS[name])
            for stream, data in block.bytes.items():
                files[stream].write(data)
                used[stream] += len(data)


class _Block:
    """Parts of consecutive variants: their bytes by stream and, by role, start in them, number and encoding."""

    def __init__(self, layout: Layout) -> None:
        self.bytes: dict[str, bytearray] = {stream: bytearray() for stream in layout.streams}
        self.parts: dict[Role, list[tuple[int, int, int]]] = {role: [] for role in layout.roles}

    def add(self, role: Role, people: People, persons: int) -> None:
        """One more part of its role."""
        encoding, data = encode(people, persons)
        stream = self.bytes[role.stream]
        stream.extend(bytes(-len(stream) % ALIGNMENT[encoding]))
        self.parts[role].append((len(stream), people.number, encoding))
        stream.extend(data)

    def close(self) -> "_Block":
        """Fill up to where a plane may start, so that what follows is aligned."""
        for stream in self.bytes.values():
            stream.extend(bytes(-len(stream) % max(ALIGNMENT.values())))
        return self


def _blocks(source: IndexSource, threads: int) -> Iterator[tuple[int, _Block]]:
    """Each block with its first variant, in order; not many more are made ahead than there are threads."""
    own = threading.local()
    firsts = iter(range(0, source.variants, _BLOCK))
    with ThreadPoolExecutor(threads) as pool:

        def ahead(number: int) -> list[tuple[int, Future[_Block]]]:
            return [(first, pool.submit(_encoded, source, first, own)) for first in islice(firsts, number)]

        waiting = ahead(threads + 1)
        while waiting:
            first, made = waiting.pop(0)
            yield first, made.result()
            waiting += ahead(1)


def _encoded(source: IndexSource, first: int, own: threading.local) -> _Block:
    """The block from variant `first` on; each thread has a reader of its own."""
    if not hasattr(own, "reader"):
        own.reader = CallsReader(source.calls, samples=source.sample_person.size)
    reader: CallsReader = own.reader
    block = _Block(source.layout)
    for variant in range(first, min(first + _BLOCK, source.variants)):
        het, hom, missing = _people(reader, variant, source)
        for role, people in ((Role.HET, het), (Role.HOM, hom), (Role.MISSING, missing)):
            block.add(role, people, source.persons)
        if source.phased:
            for role, people in zip((Role.FIRST, Role.UNPHASED), _phase(reader, variant, het, source), strict=True):
                block.add(role, people, source.persons)
    return block.close()


def _people(reader: CallsReader, variant: int, source: IndexSource) -> tuple[People, People, People]:
    """The heterozygous, the homozygous and those without a call."""
    sparse = reader.read_sparse(variant)
    if sparse is not None:
        persons, calls = source.sample_person[sparse[0]], sparse[1]
        return Listed(persons[calls == 1]), Listed(persons[calls == 2]), Listed(persons[calls < 0])
    drawn = np.zeros((3, word_count(source.persons)), np.uint64)
    planes(reader.read(variant), source.sample_person, *drawn)
    het, hom, missing = (Drawn(plane, int(count(plane))) for plane in drawn)
    return het, hom, missing


def _phase(reader: CallsReader, variant: int, het: People, source: IndexSource) -> tuple[People, People]:
    """Of the heterozygous, those with `1|0` and those without phase."""
    persons = het.ids
    on_first, is_phased = reader.read_phase(variant, np.searchsorted(source.sample_person, persons).astype(np.uint32))
    return Listed(persons[on_first & is_phased]), Listed(persons[~is_phased])
