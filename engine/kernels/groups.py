"""Rows brought together by what they belong to (a person, an entry), and put in order within it."""

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.ranges import Rows

Groups = npt.NDArray[np.uint32]
Days = npt.NDArray[np.int32]

_FEW = 12
"""Rows that are put in order by insertion."""
_PLACE = (1 << 32) - 1
"""The part of a word that is a place among rows."""


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
    most = 0
    for g in range(offsets.size - 1):
        most = max(most, offsets[g + 1] - offsets[g])
    spare = np.empty((3, most), np.int64)
    for g in range(offsets.size - 1):
        if offsets[g + 1] > offsets[g] + 1:
            sort_rows(rows[offsets[g] : offsets[g + 1]], day, key, spare)


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
def sort_each(owner: Groups, day: Days, key: Rows, rows: Rows) -> None:
    """The same of rows of which those of each owner lie together."""
    spare = np.empty((3, rows.size), np.int64)
    low = 0
    for i in range(1, rows.size + 1):
        if i == rows.size or owner[rows[i]] != owner[rows[low]]:
            sort_rows(rows[low:i], day, key, spare)
            low = i


@jit
def sort_rows(rows: Rows, day: Days, key: Rows, spare: npt.NDArray[np.int64]) -> None:
    """Put some rows in order. A day and the place of its row make one number: these lie side by side, unlike days."""
    words, merged, unsorted = spare
    for i in range(rows.size):
        unsorted[i] = rows[i]
        words[i] = np.int64(day[rows[i]]) << 32 | i
    while _merge_words(words, rows.size, merged):
        pass
    low = 0
    for i in range(rows.size):
        rows[i] = unsorted[words[i] & _PLACE]
        if words[i] >> 32 != words[low] >> 32:
            low = i
        is_last = i + 1 == rows.size or words[i + 1] >> 32 != words[i] >> 32
        if is_last and i > low:
            _sort_keys(rows, low, i + 1, key, merged)


@jit
def _merge_words(words: Rows, size: int, merged: Rows) -> bool:
    """Merge each two neighbouring stretches of the first `size` words that ascend, of which rows of a few concepts have
    a few; returns whether more than one is left."""
    low, is_left = 0, False
    while low < size:
        middle = low + 1
        while middle < size and words[middle - 1] < words[middle]:
            middle += 1
        if middle == size and low == 0:
            return False
        high = middle + 1
        while high < size and words[high - 1] < words[high]:
            high += 1
        high = min(high, size)
        is_left |= high < size
        left, right = low, middle
        for out in range(low, high):
            is_first = right == high or (left < middle and words[left] < words[right])
            merged[out] = words[left] if is_first else words[right]
            left, right = left + is_first, right + (not is_first)
        low = high
    for i in range(size):
        words[i] = merged[i]
    return is_left


@jit
def _sort_keys(rows: Rows, low: int, high: int, key: Rows, merged: Rows) -> None:
    """Put `rows[low:high]`, which are alike else, in order of key and number: a few by insertion, more by merging such
    few."""
    for begin in range(low, high, _FEW):
        _insert(rows, begin, min(begin + _FEW, high), key)
    width = _FEW
    while width < high - low:
        for begin in range(low, high, 2 * width):
            _merge_keys(rows, begin, min(begin + width, high), min(begin + 2 * width, high), key, merged)
        for i in range(low, high):
            rows[i] = merged[i]
        width *= 2


@jit
def _insert(rows: Rows, low: int, high: int, key: Rows) -> None:
    """Put `rows[low:high]` in order of key and number by insertion."""
    for i in range(low + 1, high):
        row, at = rows[i], i
        while at > low and (key[row], row) < (key[rows[at - 1]], rows[at - 1]):
            rows[at] = rows[at - 1]
            at -= 1
        rows[at] = row


@jit
def _merge_keys(rows: Rows, low: int, middle: int, high: int, key: Rows, merged: Rows) -> None:
    """Write `rows[low:middle]` and `rows[middle:high]`, each in order of key and number, in one order."""
    left, right = low, middle
    for out in range(low, high):
        is_left = right == high
        if left < middle and right < high:
            is_left = (key[rows[left]], rows[left]) < (key[rows[right]], rows[right])
        merged[out] = rows[left] if is_left else rows[right]
        left, right = left + is_left, right + (not is_left)
