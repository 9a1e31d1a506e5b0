"""The genotype index: who is heterozygous, homozygous or without a call at every variant, memory-mapped.

It is derived from the calls and the sample table and may be deleted at any time; one that is absent, not
whole or made from other files is built again. `engine.genotypes.layout` describes it byte by byte.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.genotypes.blocks import CheckedFile, Checksums, block_count, checksums, stream_of
from engine.genotypes.columns import Rows
from engine.genotypes.layout import CHECKSUMS, FORMAT, PARTS, SEAL_NAME, Layout, PartTable, Role
from engine.genotypes.streams import IndexSource, write_streams
from engine.kernels.parts import Numbers, Parts, Stream
from schemas.errors import DataProblem

FOLDER = "index/genotype"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenotypeIndex:
    """An open index; threads may share it."""

    persons: int
    layout: Layout
    table: PartTable = field(repr=False)
    files: Mapping[str, CheckedFile] = field(repr=False)

    def parts(self, role: Role, rows: Rows) -> tuple[Stream, Parts]:
        """The parts of some variants, whose bytes have been checked. No part where the calls are without phase.

        Raises `DataProblem` when they are damaged.
        """
        file = self.files.get(role.stream)
        if file is None:
            nothing = np.zeros(0, np.int64)
            return _NO_STREAM, Parts(nothing, nothing, np.zeros(0, np.uint8))
        columns = self.table.columns[role]
        parts = Parts(columns["start"][rows], columns["number"][rows].astype(np.int64), columns["encoding"][rows])
        file.check(parts, self.persons)
        return file.stream, parts

    def numbers(self, role: Role, rows: Rows) -> Numbers:
        """int64: how many people each part has."""
        return self.table.columns[role]["number"][rows].astype(np.int64)

    def check(self) -> None:
        """Compare every byte with its checksum; raises `DataProblem`."""
        for file in self.files.values():
            file.check_all()


_NO_STREAM = stream_of(np.frombuffer(b"", np.uint8))


def open_index(folder: Path, source: IndexSource, *, threads: int = 2) -> GenotypeIndex:
    """The index at `folder`, built first when it is absent, not whole or made from something else."""
    expected = _sealed(folder, source)
    if expected is None:
        build_index(folder, source, threads=threads)
        expected = _sealed(folder, source)
        if expected is None:
            raise DataProblem("genotype-index-unwritable", "the genotype index changed while it was opened")
    files: dict[str, CheckedFile] = {}
    used = block_count((folder / PARTS).stat().st_size)
    for name in source.layout.streams:
        blocks = block_count((folder / name).stat().st_size)
        files[name] = CheckedFile.open(folder / name, expected[used : used + blocks])
        used += blocks
    table = PartTable.open(folder / PARTS, source.layout)
    return GenotypeIndex(persons=source.persons, layout=source.layout, table=table, files=files)


def build_index(folder: Path, source: IndexSource, *, threads: int = 2) -> None:
    """Write the index aside and rename it into place, replacing what is there."""
    aside = folder.with_name(f".{folder.name}.new-{os.getpid()}")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        write_streams(aside, source, threads=threads)
        files = [aside / name for name in source.layout.checked]
        (aside / CHECKSUMS).write_bytes(checksums(files).astype("<u8").tobytes())
        (aside / SEAL_NAME).write_text(json.dumps(_seal(aside, source), indent=1))
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        if _sealed(folder, source) is None:  # another process may have put its own there meanwhile
            raise DataProblem(
                "genotype-index-unwritable",
                f"the genotype index cannot be written: {error.strerror}",
                hint=f"make {FOLDER}/ of the release writable, or free some space",
            ) from error


def _seal(folder: Path, source: IndexSource) -> dict[str, object]:
    fields = ("calls_size", "calls_sha256", "samples_sha256", "persons", "variants", "phased")
    return {
        "format": FORMAT,
        "source": {name: getattr(source, name) for name in fields},
        "files": {name: (folder / name).stat().st_size for name in source.layout.checked},
        "checksums": hashlib.sha256((folder / CHECKSUMS).read_bytes()).hexdigest(),
    }


def _sealed(folder: Path, source: IndexSource) -> Checksums | None:
    """The checksums of the index's blocks; absent when it is not whole or made from something else."""
    try:
        if json.loads((folder / SEAL_NAME).read_text()) != _seal(folder, source):
            return None
        expected = np.fromfile(folder / CHECKSUMS, "<u8")
        own = checksums([folder / PARTS])  # small, and what the streams are read by
        return expected if np.array_equal(own, expected[: own.size]) else None
    except (OSError, ValueError):
        return None
