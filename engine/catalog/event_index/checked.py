"""Mapped files whose bytes are compared with their checksums before they are first used, a block at a time."""

import mmap
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xxhash

from engine.catalog.event_index.layout import BLOCK
from engine.kernels.ranges import next_unchecked
from schemas.errors import DataProblem

Checksums = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A mapped file; threads may share it (they may at most check a block twice)."""

    name: str
    data: npt.NDArray[np.uint8] = field(repr=False)
    expected: Checksums = field(repr=False)
    checked: npt.NDArray[np.bool_] = field(repr=False)

    @staticmethod
    def open(path: Path, expected: Checksums, name: str) -> "CheckedFile":
        """The file with the checksums of its blocks; its size was compared before."""
        return CheckedFile(name, mapped(path), expected, np.zeros(expected.size, np.bool_))

    def check(self, first: Rows, last: Rows, width: int) -> None:
        """Compare the blocks that hold rows `first[i]` to before `last[i]` of `width` bytes each, unless done before.

        Raises `DataProblem` when a block is not what was written.
        """
        place, low, high = next_unchecked(first, last, 0, width, self.checked, BLOCK)
        while low >= 0:
            for block in range(low, high + 1):
                self._check(block)
            place, low, high = next_unchecked(first, last, place, width, self.checked, BLOCK)

    def check_between(self, first: int, last: int, width: int) -> None:
        """The same of the blocks that hold rows `first` to before `last`."""
        if 0 in self.checked[first * width // BLOCK : block_count(last * width)].tobytes():
            self.check(np.array([first]), np.array([last]), width)

    def check_all(self) -> None:
        """Compare every block."""
        for block in np.flatnonzero(~self.checked).tolist():
            self._check(block)

    def let_go(self) -> None:
        """What was read of it is no longer this process's memory; the system keeps it while there is room."""
        held: object = self.data
        while isinstance(held, np.ndarray):
            held = held.base
        if isinstance(held, mmap.mmap):
            held.madvise(mmap.MADV_DONTNEED)

    def _check(self, block: int) -> None:
        if xxhash.xxh3_64_intdigest(self.data[block * BLOCK : (block + 1) * BLOCK].data) != int(self.expected[block]):
            raise DataProblem(
                "event-index-damaged",
                f"{self.name} of the event index is damaged",
                hint="delete index/events/, index/runs/ and index/timelines/ of the release; they are made again when "
                "it is opened",
            )
        self.checked[block] = True


def block_count(size: int) -> int:
    """Blocks of a file of so many bytes."""
    return -(-size // BLOCK)


def checksums(files: Iterable[Path]) -> Checksums:
    """XXH3-64 of every block of the files, one after another."""
    found = [
        xxhash.xxh3_64_intdigest(data[start : start + BLOCK].data)
        for data in map(mapped, files)
        for start in range(0, data.size, BLOCK)
    ]
    return np.array(found, np.uint64)


def mapped(path: Path) -> npt.NDArray[np.uint8]:
    """A plain, read-only array over the mapping."""
    if not path.stat().st_size:
        nothing = np.zeros(0, np.uint8)
        nothing.flags.writeable = False
        return nothing
    return np.asarray(np.memmap(path, np.uint8, "r"))
