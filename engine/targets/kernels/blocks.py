"""How the person axis is cut into blocks: enough for all cores, and so that the scratch memory of each is bounded."""

import os
from collections.abc import Iterable

import numpy as np

from engine.catalog.event_index import EventIndex
from engine.logical.nodes import EventRelation, Scan
from engine.targets.kernels.scans import rows_of

_CORES = len(os.sched_getaffinity(0))
_ROWS = 4 << 20
"""Rows that a block reads, about: each takes up to some 50 bytes of scratch memory."""
_WORTH_SHARING = 200_000
"""Rows below which handing work to other threads costs more than it saves."""


def block_edges(relations: Iterable[EventRelation], index: EventIndex, people: int, entries: int) -> list[int]:
    """The first person of each block, and N, for work on the events that these relations have of so many people, and on
    so many entries."""
    share = people / max(index.persons, 1)
    rows = entries + share * sum(rows_of(events, index) for events in set(relations) if isinstance(events, Scan))
    blocks = 1 if rows < _WORTH_SHARING else max(-int(-rows // _ROWS), _CORES)
    return np.linspace(0, index.persons, max(1, min(blocks, index.persons)) + 1).astype(int).tolist()
