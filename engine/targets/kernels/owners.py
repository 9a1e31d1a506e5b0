"""Whose the events of scans are, from the runs of their concepts: no event is read."""

import numpy as np

from engine.catalog.event_index import EventIndex
from engine.catalog.interruption import Interruption
from engine.kernels.words import insert
from engine.logical.nodes import Scan
from engine.personset import PersonSet, word_count
from engine.targets.kernels.scans import scan_runs


def people_with(scans: tuple[Scan, ...], index: EventIndex, stop: Interruption | None) -> PersonSet:
    """Everybody with an event of the concepts of one of the scans."""
    words = np.zeros(word_count(index.persons), np.uint64)
    for scan in scans:
        table = index.tables.get(scan.domain)
        if table is None or table.runs is None:
            continue
        first, last = scan_runs(scan, index)
        table.runs.check((first, last))
        for low, high in zip(first.tolist(), last.tolist(), strict=True):
            if stop is not None:
                stop.check()
            insert(words, table.runs.person[low:high])
    return PersonSet(words, index.persons)
