"""What the head of a PGEN file says of it, read before its calls are.

Written after the specification at https://github.com/chrchang/plink-ng/tree/master/pgen_spec.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from engine.ingest.variants.readers.problems import cannot_open, damaged, other_kind
from schemas.errors import DataProblem

_MAGIC = b"\x6c\x1b"
_HEAD = struct.Struct("<2sBIIB")
_PLINK1, _FIXED_DOSAGE, _VARIABLE, _INDEXED = 0x01, frozenset({0x03, 0x04}), frozenset({0x10, 0x11}), (0x20, 0x21)
_PLAIN = 0x10
_FIXED = frozenset({0x02, *_FIXED_DOSAGE})
_BLOCK = 65_536
_HAS_DOSAGE = 0x60
_FUSED_DOSAGE = frozenset({12, 14})
_ALL_PROVISIONAL, _SOME_PROVISIONAL = 2, 3


@dataclass(frozen=True, slots=True)
class PgenHeader:
    """Variants and samples; whether any record has dosages; and what it says of its reference alleles: none where it
    leaves that to the .pvar, else whether some are marked as provisional."""

    variants: int
    samples: int
    has_dosage: bool
    provisional: bool | None


def read_pgen_header(path: Path) -> PgenHeader:
    """Raises `DataProblem` when the file is no PGEN, or shorter than its head says."""
    try:
        with path.open("rb") as stream:
            start = stream.read(3)
        if start[:2] != _MAGIC or len(start) < 3 or start[2] == _PLINK1:
            raise _not_pgen(path)
        headed = path.with_name(path.name + ".pgi") if start[2] in _INDEXED else path
        with headed.open("rb") as stream:
            return _read(path, start[2], stream)
    except (struct.error, ValueError) as error:
        raise damaged(path, "cut short in its head") from error
    except OSError as error:
        raise cannot_open(path, error) from error


def _not_pgen(path: Path) -> DataProblem:
    return other_kind(
        path,
        "a PLINK 2 .pgen file",
        hint="its first two bytes must be 6C 1B (hexadecimal) and the third not 01, which is a PLINK 1 .bed",
    )


def _read(path: Path, mode: int, stream: BinaryIO) -> PgenHeader:
    _, _, variants, samples, control = _HEAD.unpack(stream.read(_HEAD.size))
    if not variants or not samples:
        raise damaged(path, "damaged: its head says that it has no variants or no samples")
    storage = control >> 6
    provisional = None if storage == 0 else storage == _ALL_PROVISIONAL
    if mode in _FIXED:
        if storage == _SOME_PROVISIONAL:
            provisional = any(_exactly(stream, -(-variants // 8)))
        return PgenHeader(variants, samples, mode in _FIXED_DOSAGE, provisional)
    if mode not in _VARIABLE and mode not in _INDEXED:
        raise _not_pgen(path)
    if control & 8:
        return PgenHeader(variants, samples, control & 15 in _FUSED_DOSAGE, provisional)
    blocks = _Blocks(stream, variants, control)
    size = path.stat().st_size
    if blocks.end > size or (blocks.end < size and mode == _PLAIN):
        fault = "cut short" if blocks.end > size else "damaged"
        raise damaged(path, f"{fault}: its head promises {blocks.end:,} bytes, and it has {size:,}")
    if storage == _SOME_PROVISIONAL:
        provisional = blocks.provisional
    return PgenHeader(variants, samples, blocks.has_dosage, provisional)


class _Blocks:
    """The tables of types, lengths and flags of the records, in blocks of 65,536."""

    def __init__(self, stream: BinaryIO, variants: int, control: int) -> None:
        self.has_dosage = self.provisional = False
        length_bytes, wide_types = 1 + (control & 3), bool(control & 4)
        sizes = [min(_BLOCK, variants - first) for first in range(0, variants, _BLOCK)]
        starts = np.frombuffer(_exactly(stream, 8 * len(sizes)), "<u8")
        self.end = 0
        for start, size in zip(starts, sizes, strict=True):
            types = _exactly(stream, size if wide_types else -(-size // 2))
            if wide_types:
                self.has_dosage |= bool((np.frombuffer(types, np.uint8) & _HAS_DOSAGE).any())
            lengths = np.frombuffer(_exactly(stream, size * length_bytes), np.uint8)
            _exactly(stream, size * (control >> 4 & 3))
            if control >> 6 == _SOME_PROVISIONAL:
                self.provisional |= any(_exactly(stream, -(-size // 8)))
            self.end = int(start) + _sum(lengths, length_bytes)


def _sum(lengths: npt.NDArray[np.uint8], width: int) -> int:
    columns = lengths.reshape(-1, width).sum(axis=0, dtype=np.int64)
    return sum(int(total) << 8 * place for place, total in enumerate(columns))


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise ValueError(size)
    return data
