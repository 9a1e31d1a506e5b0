"""Stretches of rows of a table in which people ascend: `first[i]` to before `last[i]`, both int64."""

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit

Rows = npt.NDArray[np.int64]
People = npt.NDArray[np.uint32]
Whole = int | np.int64
"""A whole number: inside kernels both are one."""


@jit
def next_unchecked(
    first: Rows, last: Rows, start: int, width: int, checked: npt.NDArray[np.bool_], block: int
) -> tuple[int, int, int]:
    """The first stretch from number `start` on that lies in a block not checked, and the first and last block it lies
    in; -1 for each where there is none. Rows are `width` bytes, blocks `block` bytes."""
    for i in range(start, first.size):
        if first[i] < last[i]:
            low, high = first[i] * width // block, (last[i] * width - 1) // block
            for at in range(low, high + 1):
                if not checked[at]:
                    return i, low, high
    return -1, -1, -1


@jit
def _row_of(person: People, low: Whole, high: Whole, wanted: Whole) -> Whole:
    """The first row from `low` to before `high` whose person is `wanted` or a later one; `high` where none is."""
    while low < high:
        middle = (low + high) >> 1
        if np.int64(person[middle]) < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@jit
def narrow(person: People, first: Rows, last: Rows, start: int, stop: int, out_first: Rows, out_last: Rows) -> int:
    """Write the stretches' rows of people `start` to before `stop`, those that have any; returns how many."""
    used = 0
    for i in range(first.size):
        low = _row_of(person, first[i], last[i], start)
        high = _row_of(person, low, last[i], stop)
        if low < high:
            out_first[used], out_last[used] = low, high
            used += 1
    return used


@jit
def _next_of(person: People, low: Whole, high: Whole, wanted: Whole) -> Whole:
    """As `_row_of`, by steps that grow: a place near `low` is found at once."""
    step = 1
    while low + step < high and np.int64(person[low + step]) < wanted:
        low += step
        step *= 2
    return _row_of(person, low, min(low + step + 1, high), wanted)


@jit
def seek(person: People, first: Rows, last: Rows, people: People, out_first: Rows, out_last: Rows) -> int:
    """Write the stretches' rows of the people listed, ascending; one stretch a person at most. Returns how many.

    Rows and people are passed over in turn, so that whichever is shorter says how long it takes.
    """
    used = 0
    for i in range(first.size):
        low, at = first[i], np.int64(0)
        while low < last[i] and at < people.size:
            wanted = np.int64(people[at])
            low = _next_of(person, low, last[i], wanted)
            high = low
            while high < last[i] and np.int64(person[high]) == wanted:
                high += 1
            if low < high:
                out_first[used], out_last[used] = low, high
                used += 1
                low = high
            if low < last[i]:
                at = _next_of(people, at, people.size, np.int64(person[low]))
    return used


@jit
def keep_true(truth: npt.NDArray[np.int8], first: Rows, last: Rows, out_first: Rows, out_last: Rows) -> int:
    """Write the longest stretches of rows that are all true (1), of stretches that `truth` has a value for each row of;
    returns how many. The arrays written to are longer by one than there are such rows.

    Eight rows of which none is true are passed over at once. Every other row writes where the next stretch may begin or
    end, which is faster than asking whether it does.
    """
    used, ended, at = 0, 0, 0
    for i in range(first.size):
        own = truth[at : at + last[i] - first[i]]
        eights, before = own[: own.size & ~7].view(np.int64), np.int64(0)
        for eight in range(eights.size + 1):
            if eight < eights.size and before == 0 and eights[eight] == 0:
                continue
            for row in range(8 * eight, min(8 * eight + 8, own.size)):
                now = np.int64(own[row] == 1)
                out_first[used] = out_last[ended] = first[i] + row
                used += now & (1 - before)
                ended += before & (1 - now)
                before = now
        at += own.size
        out_last[ended] = last[i]
        ended += before
    return int(used)


@jit
def list_rows(first: Rows, last: Rows, rows: Rows) -> None:
    """Write the numbers of all rows of the stretches, in their order."""
    used = 0
    for i in range(first.size):
        for row in range(first[i], last[i]):
            rows[used] = row
            used += 1


@jit
def find_keys(offsets: Rows, keys: Rows, person: People, wanted: Rows, out: Rows) -> None:
    """`out[i]`: the place in `keys` of `wanted[i]` among those of `person[i]`, or -1. A person's keys lie from
    `offsets[person]` to before `offsets[person + 1]`, ascending."""
    for i in range(person.size):
        low, stop = offsets[person[i]], offsets[person[i] + np.uint32(1)]
        high = stop
        while low < high:
            middle = (low + high) >> 1
            if keys[middle] < wanted[i]:
                low = middle + 1
            else:
                high = middle
        out[i] = low if low < stop and keys[low] == wanted[i] else -1
