"""Whose the events of scans are, from the runs of their concepts: no event is read."""

import numpy as np

from engine.catalog.event_index import EventIndex
from engine.catalog.interruption import Interruption
from engine.kernels.words import insert_stretches
from engine.logical.nodes import Scan
from engine.personset import PersonSet, word_count
from engine.targets.kernels.scans import scan_runs

_AT_ONCE = 256
"""Concepts between two looks at whether the question was given up."""


def people_with(scans: tuple[Scan, ...], index: EventIndex, stop: Interruption | None) -> PersonSet:
    """Everybody with an event of the concepts of one of the scans."""
    words = np.zeros(word_count(index.persons), np.uint64)
    for scan in scans:
        table = index.tables.get(scan.domain)
        if table is None or table.runs is None:
            continue
        first, last = scan_runs(scan, index)
        table.runs.check((first, last))
        for at in range(0, first.size, _AT_ONCE):
            if stop is not None:
                stop.check()
            insert_stretches(words, table.runs.person, first[at : at + _AT_ONCE], last[at : at + _AT_ONCE])
    return PersonSet(words, index.persons)
