"""The genotype index byte by byte: which files it has, and how each is laid out.

All numbers are little-endian. N is the number of people of the release, V of its variants. For each variant the index
holds *parts*: sets of people, each encoded in one of three ways (`engine.kernels.parts`; `encoding` chooses by size):

* 0, u32 ids: the ids of the people, ascending; starts at a multiple of 4 bytes;
* 1, u16 ids: for each bucket of 65,536 people a u16 that says how many of the ids end with that bucket, then the low
  16 bits of each id, ascending; at most 65,535 ids; starts at a multiple of 2 bytes;
* 2, plane: ceil(N / 64) words of u64, person p is bit p % 64 of word p // 64; starts at a multiple of 64 bytes.

Files:

* `carriers.bin`: for each variant the heterozygous, then the homozygous (and hemizygous). `missing.bin`: those with a
  sample and no call. `phase.bin`: of the heterozygous those with the alternate allele on the first haplotype (`1|0`),
  then those without phase; the rest is `0|1`. It is there only when some call is phased. Missing calls lie apart
  because for rare variants they are nearly all of the bytes, and carriers are what is asked for.
* `parts.bin`: where the parts are. For each role (heterozygous, homozygous, missing, and with phase: first, unphased)
  three columns of V: start in its stream (i64, bytes), number of people (u32), encoding (u8). Each column starts at
  the next multiple of 64 bytes.
* `checksums.bin`: XXH3-64 (u64) of every 64 KiB of `parts.bin`, `carriers.bin`, `missing.bin` and `phase.bin`, in this
  order; the last block of a file is what is left of it.
* `seal.json`: format, what the index was made from (size and SHA-256 of the calls, SHA-256 of the sample table, N, V),
  size in bytes of each file, and the SHA-256 of `checksums.bin`.
"""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FORMAT = 2
PARTS, CARRIERS, MISSING, PHASE = "parts.bin", "carriers.bin", "missing.bin", "phase.bin"
CHECKSUMS, SEAL_NAME = "checksums.bin", "seal.json"
BLOCK = 1 << 16
"""Bytes that share a checksum."""
_ALIGNMENT = 64


class Role(Enum):
    """What a part says of its people."""

    HET = "heterozygous"
    HOM = "homozygous"
    MISSING = "missing"
    FIRST = "first"
    UNPHASED = "unphased"

    @property
    def stream(self) -> str:
        """The file that holds such parts."""
        return _STREAM_OF[self]


_STREAM_OF = {
    Role.HET: CARRIERS,
    Role.HOM: CARRIERS,
    Role.MISSING: MISSING,
    Role.FIRST: PHASE,
    Role.UNPHASED: PHASE,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """What decides the files of an index and their columns."""

    variants: int
    phased: bool

    @property
    def roles(self) -> tuple[Role, ...]:
        """The parts each variant has, in the order of `parts.bin`."""
        return tuple(role for role in Role if self.phased or role.stream != PHASE)

    @property
    def streams(self) -> tuple[str, ...]:
        """The files that hold parts."""
        return tuple(dict.fromkeys(role.stream for role in self.roles))

    @property
    def checked(self) -> tuple[str, ...]:
        """The files with checksums, in the order of `checksums.bin`."""
        return (PARTS, *self.streams)


COLUMNS: dict[str, type[np.generic]] = {"start": np.int64, "number": np.uint32, "encoding": np.uint8}


@dataclass(frozen=True, slots=True)
class PartTable:
    """`parts.bin`, mapped: `columns[role][name]` is an array of V."""

    columns: dict[Role, dict[str, npt.NDArray[Any]]] = field(repr=False)

    @staticmethod
    def open(path: Path, layout: Layout, *, create: bool = False) -> "PartTable":
        """The table of a file, which `create` makes new."""
        places: list[tuple[Role, str, type[np.generic], int]] = []
        used = 0
        for role in layout.roles:
            for name, kind in COLUMNS.items():
                places.append((role, name, kind, used))
                used += layout.variants * np.dtype(kind).itemsize
                used += -used % _ALIGNMENT
        data = np.asarray(np.memmap(path, np.uint8, "w+" if create else "r", shape=(max(used, 1),)))
        columns: dict[Role, dict[str, npt.NDArray[Any]]] = {role: {} for role in layout.roles}
        for role, name, kind, start in places:
            columns[role][name] = data[start : start + layout.variants * np.dtype(kind).itemsize].view(kind)
        return PartTable(columns)
