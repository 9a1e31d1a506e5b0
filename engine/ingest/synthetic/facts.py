"""Facts: events in the compact form they have between being made and being written.

34 bytes an event. Blocks of people are sorted and spilled one by one; since blocks follow each other on the person
axis, joining the pieces of each concept block after block gives the release's order without sorting again.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

FACT = np.dtype([("kind", "<u2"), ("person", "<u4"), ("day", "<i4"), ("end", "<i4"), ("visit", "<i8"),
                 ("provider", "<i4"), ("value", "<f4"), ("extra", "<i4")])  # fmt: skip
"""kind: row of the domain's catalogue. person: index. day, end: days since 1970-01-01. visit: visit id, 0 none.
provider: id, 0 none. value, extra: what the domain makes of them (`rows.py`)."""

Facts = npt.NDArray[np.void]

_BATCH = 1 << 20


def make_facts(size: int, **columns: npt.ArrayLike) -> Facts:
    """`size` facts with these columns; the others are zero, and `end` is the day where it is not given."""
    facts = np.zeros(size, FACT)
    for name, values in columns.items():
        facts[name] = values
    if "end" not in columns:
        facts["end"] = facts["day"]
    return facts


class Spill:
    """Facts of one table on their way to disk, a file a block, and back in order.

    `rank` maps kinds to their place in the table's order; kinds of one rank are mixed by person and day.
    """

    def __init__(self, folder: Path, name: str, rank: npt.NDArray[np.int32]) -> None:
        self._folder, self._name, self._rank = folder, name, rank
        self._ranks = int(rank.max()) + 1
        self._bounds: dict[int, npt.NDArray[np.int64]] = {}

    def add(self, block: int, facts: Facts) -> memoryview:
        """Sort a block's facts and write them aside; gives the bytes written. Blocks may come in any order."""
        rank = self._rank[facts["kind"]]
        key = (rank.astype(np.int64) << 56) | (facts["person"].astype(np.int64) << 24) | (facts["day"] + (1 << 22))
        order = np.argsort(key, kind="stable")
        written = facts[order].view(np.uint8).data
        self._bounds[block] = np.searchsorted(rank[order], np.arange(self._ranks + 1))
        self.path(block).write_bytes(written)
        return written

    def keep(self, block: int) -> int:
        """Take up the file of a block that an earlier run wrote; gives its facts' number."""
        rank = self._rank[_facts_of(self.path(block))["kind"]]
        self._bounds[block] = np.searchsorted(rank, np.arange(self._ranks + 1))
        return len(rank)

    def batches(self) -> Iterator[Facts]:
        """All facts by rank, person and day, about a million at a time."""
        blocks = sorted(self._bounds)
        files = [_facts_of(self.path(block)) for block in blocks]
        held: list[Facts] = []
        count = 0
        for rank in range(self._ranks):
            for block, file in zip(blocks, files, strict=True):
                first, last = self._bounds[block][rank : rank + 2]
                if first < last:
                    held.append(file[first:last])
                    count += last - first
                if count >= _BATCH:
                    yield np.concatenate(held)
                    held.clear()
                    count = 0
        if held:
            yield np.concatenate(held)

    def remove(self) -> None:
        """Delete the files."""
        for block in self._bounds:
            self.path(block).unlink(missing_ok=True)

    def path(self, block: int) -> Path:
        """Where the facts of a block are."""
        return self._folder / f"{self._name}.{block}.facts"


def _facts_of(path: Path) -> Facts:
    """The facts of a file, mapped."""
    if not path.stat().st_size:
        return np.zeros(0, FACT)
    return np.asarray(np.memmap(path, FACT, "r"))
