"""How the person axis is cut into blocks: enough for all cores, and so that the scratch memory of each is bounded, and
the time until it is asked whether to go on."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import pairwise
from typing import TypeVar

import numpy as np

from engine.catalog.event_index import EventIndex
from engine.logical.nodes import AnswerScan, Atom, EventRelation, Having, Occurs, Scan, atoms_of, relations_in
from engine.memory import give_memory_back
from engine.physical.planner import fragment_relations
from engine.targets.kernels.answers import answer_rows
from engine.targets.kernels.scans import rows_of, rows_of_people

_CORES = len(os.sched_getaffinity(0))
_ROWS = 4 << 20
"""Rows that a block reads, about: each takes up to some 50 bytes of scratch memory, and a tenth of a microsecond."""
_LONG, _ROWS_OF_LONG = 32 << 20, 1 << 20
"""Rows from which work takes a second or more, and rows of its blocks: it is asked more often whether to go on."""
_WORTH_SHARING = 200_000
"""Rows below which handing work to other threads costs more than it saves."""
_LOOKING_UP = 16
"""Rows read in the time in which the events of one entry are looked up, about: they lie apart."""
_COMPARED = 16
"""Events that are compared with an entry one by one in the time of reading a row, about."""
_MANY = 8
"""Blocks a core from which memory is given back afterwards: the question took a second or more."""

Part = TypeVar("Part")


def block_edges(relations: Iterable[EventRelation], index: EventIndex, people: int, entries: int) -> list[int]:
    """The first person of each block, and N, for work on the events that these relations have of so many people, and on
    so many entries."""
    listed = set(relations)
    rows = entries + having_rows(listed, index) * people // max(1, index.persons)
    rows += sum(_read(events, index, people) for events in listed)
    if rows + _LOOKING_UP * entries < _WORTH_SHARING:
        return [0, index.persons]
    own = _ROWS if rows <= _LONG else _ROWS_OF_LONG
    blocks = max(-int(-rows // own), _CORES)
    return np.linspace(0, index.persons, max(1, min(blocks, index.persons)) + 1).astype(int).tolist()


def _read(events: EventRelation, index: EventIndex, people: int) -> float:
    """About how many rows are read of so many people; none of relations made of others."""
    if isinstance(events, Scan):
        return rows_of_people(events, index, people)
    if isinstance(events, AnswerScan):
        return answer_rows(index, events.question) * people / max(1, index.persons)
    return 0.0


def compared_rows(atom: Atom, entries: int, index: EventIndex) -> int:
    """Rows that take as long to read as a condition over so many entries takes where it compares each with the events
    of its person one by one."""
    if not isinstance(atom, Occurs):
        return 0
    relations = list(fragment_relations(atom))
    is_one_by_one = atom.distinct is not None or atom.same_visit or any(isinstance(part, Having) for part in relations)
    if not is_one_by_one:
        return 0
    rows = sum(rows_of(events, index) for events in relations if isinstance(events, Scan))
    return entries * rows // max(1, index.persons) // _COMPARED


def having_rows(relations: Iterable[EventRelation], index: EventIndex) -> int:
    """As `compared_rows`, of the conditions that events have to meet."""
    total = 0
    for events in set(relations):
        if isinstance(events, Having):
            number = sum(rows_of(scan, index) for scan in relations_in(events.source) if isinstance(scan, Scan))
            total += sum(compared_rows(atom, number, index) for atom in atoms_of(events.condition))
    return total


def over_edges(edges: list[int], run: Callable[[int, int], Part], pool: ThreadPoolExecutor) -> list[Part]:
    """What each block of people between two edges gives, in their order.

    When one fails or is given up those not begun are left out, and those under way are waited for: so that their memory
    is free when the error is raised.
    """
    if len(edges) == 2:
        return [run(*edges)]
    blocks = [pool.submit(run, start, end) for start, end in pairwise(edges)]
    is_whole = False
    try:
        found = [block.result() for block in blocks]
        is_whole = True
        return found
    finally:
        for block in blocks:
            block.cancel()
        wait(blocks)
        if not is_whole or len(blocks) >= _MANY * _CORES:
            give_memory_back()
