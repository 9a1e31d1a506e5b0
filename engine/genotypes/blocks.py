"""Mapped files whose bytes are compared with their checksums before they are first used, a block at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xxhash

from engine.genotypes.layout import BLOCK
from engine.kernels.parts import Parts, Stream, unchecked_blocks
from schemas.errors import DataProblem

Checksums = npt.NDArray[np.uint64]


def checksums(files: Iterable[Path]) -> Checksums:
    """XXH3-64 of every block of the files, one after another."""
    found = [
        _digest(data[start : start + BLOCK]) for data in map(_mapped, files) for start in range(0, data.size, BLOCK)
    ]
    return np.array(found, np.uint64)


def block_count(size: int) -> int:
    """Blocks of a file of so many bytes."""
    return -(-size // BLOCK)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A mapped file, also as numbers of three widths; threads may share it (they may at most check a block twice)."""

    name: str
    data: npt.NDArray[np.uint8] = field(repr=False)
    stream: Stream = field(repr=False)
    expected: Checksums = field(repr=False)
    checked: npt.NDArray[np.bool_] = field(repr=False)

    @staticmethod
    def open(path: Path, expected: Checksums) -> "CheckedFile":
        """The file with the checksums of its blocks; its size was compared before."""
        data = _mapped(path)
        return CheckedFile(path.name, data, stream_of(data), expected, np.zeros(expected.size, np.bool_))

    def check(self, parts: Parts, persons: int) -> None:
        """Compare the blocks that hold these parts of N = `persons`, unless done before.

        Raises `DataProblem` when a block is not what was written.
        """
        part, first, last = unchecked_blocks(parts, 0, persons, self.checked, BLOCK)
        while first >= 0:
            for block in range(first, last + 1):
                self._check(block)
            part, first, last = unchecked_blocks(parts, part, persons, self.checked, BLOCK)

    def check_all(self) -> None:
        """Compare every block."""
        for block in np.flatnonzero(~self.checked).tolist():
            self._check(block)

    def _check(self, block: int) -> None:
        if _digest(self.data[block * BLOCK : (block + 1) * BLOCK]) != int(self.expected[block]):
            raise DataProblem(
                "genotype-index-damaged",
                f"{self.name} of the genotype index is damaged",
                hint="delete index/genotype/ of the release; it is made again when the release is opened",
            )
        self.checked[block] = True


def stream_of(data: npt.NDArray[np.uint8]) -> Stream:
    """The bytes as kernels take them; read-only, as those of a file are, or the kernels are compiled once more."""
    return Stream(data.view(np.uint16), data.view(np.uint32), data.view(np.uint64))


def _digest(data: npt.NDArray[np.uint8]) -> int:
    return xxhash.xxh3_64_intdigest(data.data)


def _mapped(path: Path) -> npt.NDArray[np.uint8]:
    """A plain array over the mapping: NumPy's own class for mapped files makes each selection ten times slower."""
    return np.asarray(np.memmap(path, np.uint8, "r")) if path.stat().st_size else np.frombuffer(b"", np.uint8)
