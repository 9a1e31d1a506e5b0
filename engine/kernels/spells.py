"""Events of a person in order: joined into eras, the gaps between them, the trend of their values.

A *spell* is the first and the last day of an event as one number, so that numbers are in order of both. Those of person
`base + i` lie from `offsets[i]` to before `offsets[i + 1]`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.events import Events
from engine.kernels.groups import Days, Groups
from engine.kernels.ranges import Rows, Whole

_HALF = 1 << 31
_FEW = 48
"""Spells that are put in order by insertion: they are a few ascending parts, one a concept."""


class Spans(NamedTuple):
    """Spans written one after another: their person, first and last days, and number of the person's spans from 1."""

    person: Groups
    start: Days
    end: Days
    key: Rows


@jit
def count_owners(events: Events, by_run: bool, base: int, counts: Rows) -> None:
    """Add to `counts[i]` how many of the events person `base + i` has; `by_run` each stretch is of one person."""
    for i in range(events.first.size):
        first, last = events.first[i], events.last[i]
        if by_run and first < last:
            counts[np.int64(events.person[first]) - base] += last - first
            continue
        for row in range(first, last):
            counts[np.int64(events.person[row]) - base] += 1


@jit
def pack_spells(events: Events, base: int, places: Rows, spells: Rows) -> None:
    """Write the spell of each event to the next place of person `base + i`, which is `places[i]` and moves on."""
    for i in range(events.first.size):
        for row in range(events.first[i], events.last[i]):
            at = np.int64(events.person[row]) - base
            end = np.int64(events.end[row]) + events.lasting
            spells[places[at]] = (np.int64(events.start[row]) << 32) + end + _HALF
            places[at] += 1


@jit
def _unpack(spell: Whole) -> tuple[Whole, Whole]:
    """The first and last day of a spell."""
    return spell >> 32, (spell & 0xFFFFFFFF) - _HALF


@jit
def sort_spells(offsets: Rows, spells: Rows) -> None:
    """Put the spells of each person in order."""
    for at in range(offsets.size - 1):
        low, high = offsets[at], offsets[at + 1]
        if high - low > _FEW:
            _sort_heap(spells, low, high)
            continue
        for i in range(low + 1, high):
            spell, place = spells[i], i
            while place > low and spell < spells[place - 1]:
                spells[place] = spells[place - 1]
                place -= 1
            spells[place] = spell


@jit
def _sort_heap(spells: Rows, low: int, high: int) -> None:
    """Heap sort of `spells[low:high]`, unless they are in order already."""
    i = low + 1
    while i < high and spells[i - 1] <= spells[i]:
        i += 1
    if i >= high:
        return
    number = high - low
    for root in range(number // 2 - 1, -1, -1):
        _sift(spells, low, root, number)
    for end in range(number - 1, 0, -1):
        spells[low], spells[low + end] = spells[low + end], spells[low]
        _sift(spells, low, 0, end)


@jit
def _sift(spells: Rows, low: int, root: int, number: int) -> None:
    """Move a heap's root down to where it belongs."""
    spell, child = spells[low + root], 2 * root + 1
    while child < number:
        if child + 1 < number and spells[low + child] < spells[low + child + 1]:
            child += 1
        if spell >= spells[low + child]:
            break
        spells[low + root] = spells[low + child]
        root, child = child, 2 * child + 1
    spells[low + root] = spell


@jit
def join_eras(offsets: Rows, spells: Rows, base: int, gap: int, out: Spans) -> int:
    """Write the eras of spells in order that start at most `gap` days after the latest end before them; returns how
    many."""
    used = 0
    for at in range(offsets.size - 1):
        key, reach = 0, 0
        for i in range(offsets[at], offsets[at + 1]):
            start, end = _unpack(spells[i])
            if key and start <= reach + gap:
                reach = max(reach, end)
                out.end[used - 1] = reach
                continue
            key, reach = key + 1, end
            out.person[used], out.start[used], out.end[used], out.key[used] = base + at, start, reach, key
            used += 1
    return used


@jit
def list_gaps(offsets: Rows, spells: Rows, base: int, at_least: int, out: Spans) -> int:
    """Write the days between the latest end of all earlier spells and the next start, where there are so many; returns
    how many gaps there are."""
    used = 0
    for at in range(offsets.size - 1):
        key, reach = 0, 0
        for i in range(offsets[at], offsets[at + 1]):
            start, end = _unpack(spells[i])
            if i > offsets[at] and start - reach - 1 >= at_least:
                key += 1
                out.person[used], out.key[used] = base + at, key
                out.start[used], out.end[used] = reach + 1, start - 1
                used += 1
            reach = end if i == offsets[at] else max(reach, end)
    return used


class Trend(NamedTuple):
    """By how much a value must have risen, or fallen."""

    by: float
    is_falling: bool


@jit
def find_trends(
    offsets: Rows,
    rows: Rows,
    start: Days,
    oldest: Days,
    unit: Rows,
    value: npt.NDArray[np.float64],
    trend: Trend,
    out: npt.NDArray[np.bool_],
) -> None:
    """`out[row]`: whether an earlier day of the person, from `oldest[row]` on, had a value of the same unit so much
    lower (falling: higher). NaN is no value."""
    for at in range(offsets.size - 1):
        for i in range(offsets[at], offsets[at + 1]):
            row = rows[i]
            for j in range(i - 1, offsets[at] - 1, -1):
                other = rows[j]
                if start[other] < oldest[row]:
                    break
                rise = value[other] - value[row] if trend.is_falling else value[row] - value[other]
                if start[other] < start[row] and unit[other] == unit[row] and rise >= trend.by:
                    out[row] = True
                    break
