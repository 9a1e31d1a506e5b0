"""Rows brought together by what they belong to (a person, an entry), and put in order within it."""

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.ranges import Rows

Groups = npt.NDArray[np.uint32]
Days = npt.NDArray[np.int32]

_FEW = 24
"""Rows that are put in order by insertion, which is fast where they nearly are already."""


@jit
def place_each(owner: Groups, base: int, offsets: Rows) -> None:
    """Where the rows of each owner begin, of rows whose owners ascend: `offsets[i]` for owner `base + i`, and at last
    the number of rows. Each offset is written once, however few rows there are."""
    at = 0
    for i in range(owner.size):
        place = np.int64(owner[i]) - base
        while at <= place:
            offsets[at] = i
            at += 1
    offsets[at:] = owner.size


@jit
def count_each(owner: Groups, base: int, offsets: Rows) -> None:
    """Where the rows of each owner begin once they lie together: `offsets[i]` for owner `base + i`, and at last the
    number of rows."""
    offsets[:] = 0
    for i in range(owner.size):
        offsets[np.int64(owner[i]) - base + 1] += 1
    for i in range(1, offsets.size):
        offsets[i] += offsets[i - 1]


@jit
def group(owner: Groups, base: int, offsets: Rows, rows: Rows) -> None:
    """Write the rows of each owner together, in their order: those of owner `base + i` from `offsets[i]` to before
    `offsets[i + 1]` of `rows`. `offsets` has one more element than there are owners."""
    count_each(owner, base, offsets)
    for i in range(owner.size):
        place = np.int64(owner[i]) - base
        rows[offsets[place]] = i
        offsets[place] += 1
    for i in range(offsets.size - 1, 0, -1):
        offsets[i] = offsets[i - 1]
    offsets[0] = 0


@jit
def order_by_day(day: Days, low: int, counts: Rows, rows: Rows) -> None:
    """Write all rows in order of day, those of one day in order of number. `counts` is one longer than there are days
    from `low` to the latest."""
    counts[:] = 0
    for i in range(day.size):
        counts[np.int64(day[i]) - low + 1] += 1
    for i in range(1, counts.size):
        counts[i] += counts[i - 1]
    for i in range(day.size):
        place = np.int64(day[i]) - low
        rows[counts[place]] = i
        counts[place] += 1


@jit
def group_in_order(owner: Groups, base: int, order: Rows, offsets: Rows, rows: Rows) -> None:
    """As `group`, the rows of an owner being in the order in which `order` has them."""
    count_each(owner, base, offsets)
    for i in range(order.size):
        place = np.int64(owner[order[i]]) - base
        rows[offsets[place]] = order[i]
        offsets[place] += 1
    for i in range(offsets.size - 1, 0, -1):
        offsets[i] = offsets[i - 1]
    offsets[0] = 0


@jit
def _is_before(left: int, right: int, day: Days, key: Rows) -> bool:
    """Whether row `left` comes before row `right`: by day, key, and number."""
    if day[left] != day[right]:
        return day[left] < day[right]
    if key[left] != key[right]:
        return key[left] < key[right]
    return left < right


@jit
def are_in_order(owner: Groups, day: Days, key: Rows) -> bool:
    """Whether the rows come in order of owner, day and key."""
    for i in range(1, owner.size):
        if owner[i] < owner[i - 1] or (owner[i] == owner[i - 1] and _is_before(i, i - 1, day, key)):
            return False
    return True


@jit
def sort_groups(offsets: Rows, rows: Rows, day: Days, key: Rows) -> None:
    """Put the rows of each group in order of `day` and `key`, rows alike in both in order of their number."""
    for g in range(offsets.size - 1):
        _sort_rows(rows, offsets[g], offsets[g + 1], day, key)


@jit
def order_by_digit(owner: Groups, base: int, shift: int, order: Rows, counts: Rows, rows: Rows) -> None:
    """Write the rows of `order` by one digit of their owners, those alike in it as they come in `order`: the bits from
    `shift` on of `owner - base`, of which there are as many values as `counts` has elements, a power of two."""
    counts[:] = 0
    for i in range(owner.size):
        counts[((np.int64(owner[i]) - base) >> shift) & (counts.size - 1)] += 1
    before = 0
    for digit in range(counts.size):
        number = counts[digit]
        counts[digit] = before
        before += number
    for i in range(order.size):
        digit = ((np.int64(owner[order[i]]) - base) >> shift) & (counts.size - 1)
        rows[counts[digit]] = order[i]
        counts[digit] += 1


@jit
def sort_ties(owner: Groups, day: Days, key: Rows, rows: Rows) -> None:
    """Put rows that are in order of owner and day in order of key too, rows alike in all in order of their number."""
    low = 0
    for i in range(1, rows.size + 1):
        if i == rows.size or owner[rows[i]] != owner[rows[low]] or day[rows[i]] != day[rows[low]]:
            _sort_rows(rows, low, i, day, key)
            low = i


@jit
def _sort_rows(rows: Rows, low: int, high: int, day: Days, key: Rows) -> None:
    """Put `rows[low:high]` in order of day, key and number."""
    if high - low > _FEW:
        _sort_heap(rows, low, high, day, key)
        return
    for i in range(low + 1, high):
        row, at = rows[i], i
        while at > low and _is_before(row, rows[at - 1], day, key):
            rows[at] = rows[at - 1]
            at -= 1
        rows[at] = row


@jit
def _sort_heap(rows: Rows, low: int, high: int, day: Days, key: Rows) -> None:
    """Heap sort of `rows[low:high]`, unless they are in order already."""
    i = low + 1
    while i < high and _is_before(rows[i - 1], rows[i], day, key):
        i += 1
    if i >= high:
        return
    number = high - low
    for root in range(number // 2 - 1, -1, -1):
        _sift(rows, low, root, number, day, key)
    for end in range(number - 1, 0, -1):
        rows[low], rows[low + end] = rows[low + end], rows[low]
        _sift(rows, low, 0, end, day, key)


@jit
def _sift(rows: Rows, low: int, root: int, number: int, day: Days, key: Rows) -> None:
    """Move a heap's root down to where it belongs."""
    row, child = rows[low + root], 2 * root + 1
    while child < number:
        if child + 1 < number and _is_before(rows[low + child], rows[low + child + 1], day, key):
            child += 1
        if not _is_before(row, rows[low + child], day, key):
            break
        rows[low + root] = rows[low + child]
        root, child = child, 2 * child + 1
    rows[low + root] = row
