"""Places in days that are in order: where those from some day on begin."""

import numpy as np

from engine.kernels._jit import jit
from engine.kernels.groups import Days
from engine.kernels.ranges import People, Whole


@jit
def day_place(start: Days, low: Whole, high: Whole, day: Whole) -> Whole:
    """The first place from `low` to before `high` with that day or a later one; `high` where none is."""
    while low < high:
        middle = (low + high) >> 1
        if np.int64(start[middle]) < day:
            low = middle + 1
        else:
            high = middle
    return low


@jit
def later_place(start: Days, low: Whole, high: Whole, day: Whole) -> Whole:
    """As `day_place`, in steps that grow: fast where the place is near `low`."""
    step = 1
    while low + step < high and np.int64(start[low + step]) < day:
        low += step
        step *= 2
    return day_place(start, low, min(low + step, high), day)


@jit
def earlier_place(start: Days, low: Whole, high: Whole, day: Whole) -> Whole:
    """As `day_place`, in steps that grow: fast where the place is near `high`."""
    step = 1
    while low < high - step and np.int64(start[high - step]) >= day:
        high -= step
        step *= 2
    return day_place(start, max(low, high - step), high, day)


@jit
def next_place(start: Days, first: Whole, low: Whole, high: Whole, day: Whole) -> Whole:
    """As `day_place` from `first` on, `low` being the place that was found for the day before, which is earlier most
    often."""
    if low > first and np.int64(start[low - 1]) < day:
        return later_place(start, low, high, day)
    return day_place(start, first, high, day)


@jit
def person_place(person: People, low: Whole, high: Whole, wanted: Whole) -> Whole:
    """The first place from `low` to before `high` of that person or a later one, in steps that grow."""
    step = 1
    while low + step < high and np.int64(person[low + step]) < wanted:
        low += step
        step *= 2
    high = min(low + step, high)
    while low < high:
        middle = (low + high) >> 1
        if np.int64(person[middle]) < wanted:
            low = middle + 1
        else:
            high = middle
    return low
