"""Events of a person in order: joined into eras, the gaps between them, the trend of their values.

Rows of a person lie together and in order: `rows[offsets[i]:offsets[i + 1]]`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.groups import Days, Groups
from engine.kernels.ranges import Rows


class Spans(NamedTuple):
    """Spans written one after another: their person, first and last days, and number of the person's spans from 1."""

    person: Groups
    start: Days
    end: Days
    key: Rows


@jit
def join_eras(offsets: Rows, rows: Rows, start: Days, end: Days, base: int, gap: int, out: Spans) -> int:
    """Write the eras of events that start at most `gap` days after the latest end before them; returns how many."""
    used = 0
    for at in range(offsets.size - 1):
        key, reach = 0, 0
        for i in range(offsets[at], offsets[at + 1]):
            row = rows[i]
            if key and np.int64(start[row]) <= reach + gap:
                reach = max(reach, np.int64(end[row]))
                out.end[used - 1] = reach
                continue
            key, reach = key + 1, np.int64(end[row])
            out.person[used], out.start[used], out.end[used], out.key[used] = base + at, start[row], reach, key
            used += 1
    return used


@jit
def list_gaps(offsets: Rows, rows: Rows, start: Days, end: Days, base: int, at_least: int, out: Spans) -> int:
    """Write the days between the latest end of all earlier events and the next start, where there are so many; returns
    how many gaps there are."""
    used = 0
    for at in range(offsets.size - 1):
        key, reach = 0, 0
        for i in range(offsets[at], offsets[at + 1]):
            row = rows[i]
            if i > offsets[at] and np.int64(start[row]) - reach - 1 >= at_least:
                key += 1
                out.person[used], out.key[used] = base + at, key
                out.start[used], out.end[used] = reach + 1, np.int64(start[row]) - 1
                used += 1
            reach = np.int64(end[row]) if i == offsets[at] else max(reach, np.int64(end[row]))
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
