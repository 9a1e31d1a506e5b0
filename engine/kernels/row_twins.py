"""What the kernels over rows, their values and their spells compute: twins as those of `event_twins`."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.kernels.event_twins import places
from engine.kernels.events import Events, Runs
from engine.kernels.groups import Days
from engine.kernels.predicates import Numbers, Truths
from engine.kernels.ranges import People, Rows, Whole
from engine.kernels.spells import Spans, Trend
from engine.kernels.timelines import Found, Lines
from engine.kernels.windows import Bounds

# --- timelines --------------------------------------------------------------------------------------------------------


def clip_runs(
    runs: Runs, own: Rows, start: Days, base: int, since: Days, until: Days, out_first: Rows, out_last: Rows
) -> int:
    used = 0
    for run in own:
        at, row = int(runs.person[run]) - base, np.arange(runs.row[run], runs.row[run + 1])
        inside = row[(start[row] >= since[at]) & (start[row] <= until[at])]
        if inside.size:
            out_first[used], out_last[used] = inside[0], inside[-1] + 1
            used += 1
    return used


def clip_line(start: Days, low: Whole, high: Whole, since: Whole, until: Whole) -> tuple[Whole, Whole]:
    own = start[low:high]
    first = low + np.searchsorted(own, since)
    return first, max(first, low + np.searchsorted(own, until, side="right"))


def clip_days(start: Days, low: Rows, high: Rows, since: Days, until: Days, first: Rows, last: Rows) -> None:
    for i in range(low.size):
        first[i], last[i] = clip_line(start, low[i], high[i], since[i], until[i])


def take_lines(
    lines: Lines, people: People, first: Rows, last: Rows, wanted: npt.NDArray[np.bool_], ends: Rows, out: Found
) -> None:
    own = places(first, last)
    is_wanted = wanted[lines.concept[own]]
    owner = np.repeat(people, last - first)[is_wanted]
    for column, values in zip(out, (owner, lines.start[own][is_wanted], lines.row[own][is_wanted]), strict=True):
        column[: values.size] = values
    ends[:] = np.concatenate([[0], np.cumsum(is_wanted)])[np.cumsum(last - first)]


def count_wanted(
    lines: Lines,
    person: People,
    wanted: npt.NDArray[np.bool_],
    bounds: Bounds,
    enough: int,
    counts: npt.NDArray[np.uint32],
) -> None:
    for entry, one in enumerate(person.astype(np.int64)):
        own = np.arange(lines.offsets[one], lines.offsets[one + 1])
        start = lines.start[own]
        inside = (start >= bounds.start_from[entry]) & (start <= bounds.start_to[entry])
        counts[entry] = min(enough, int((inside & wanted[lines.concept[own]]).sum()))


# --- predicates -------------------------------------------------------------------------------------------------------


def look_up(
    codes: npt.NDArray[np.integer], first: Rows, last: Rows, listed: npt.NDArray[np.number], out: npt.NDArray[np.number]
) -> None:
    out[:] = listed[codes[places(first, last)]]


def join_by_owner(owner: People, base: int, truths: Truths, known: Truths) -> None:
    place = owner.astype(np.int64) - base
    true = known == 1
    true[place[truths == 1]] = True
    known[place] = 0
    known[true] = 1


def lies_between(
    values: npt.NDArray[np.number], low: float, high: float, outside: bool, absent: float, out: Truths
) -> None:
    inside = (values >= low) & (values <= high)
    out[:] = np.where((values == absent) | np.isnan(values), 2, inside != outside)


def conjoin(left: Truths, right: Truths) -> None:
    left[:] = np.where((left == 0) | (right == 0), 0, np.maximum(left, right))


def disjoin(left: Truths, right: Truths) -> None:
    left[:] = np.where((left == 1) | (right == 1), 1, np.maximum(left, right))


def negate(column: Truths) -> None:
    column[:] = np.array([1, 0, 2])[column]


def lies_outside(value: Numbers, low: Numbers, high: Numbers, out: Truths) -> None:
    is_known = ~np.isnan(value) & ~np.isnan(low) & ~np.isnan(high)
    out[:] = np.where((value < low) | (value > high), 1, np.where(is_known, 0, 2))


# --- spells -----------------------------------------------------------------------------------------------------------


def count_owners(events: Events, by_run: bool, base: int, counts: Rows) -> None:  # noqa: ARG001  # it is only faster
    np.add.at(counts, events.person[places(events.first, events.last)].astype(np.int64) - base, 1)


def pack_spells(events: Events, base: int, places: Rows, spells: Rows) -> None:
    for low, high in zip(events.first.tolist(), events.last.tolist(), strict=True):
        for row in range(low, high):
            at = int(events.person[row]) - base
            spells[places[at]] = int(events.start[row]) * 2**32 + int(events.end[row]) + events.lasting + 2**31
            places[at] += 1


def sort_spells(offsets: Rows, spells: Rows) -> None:
    for low, high in pairwise(offsets.tolist()):
        spells[low:high].sort()


def join_eras(offsets: Rows, spells: Rows, base: int, gap: int, out: Spans) -> int:
    found: list[list[int]] = []
    for at, spans in enumerate(_spans(offsets, spells)):
        own: list[list[int]] = []
        for start, end in spans:
            if own and start <= own[-1][2] + gap:
                own[-1][2] = max(own[-1][2], end)
            else:
                own.append([base + at, start, end, len(own) + 1])
        found += own
    return _write(found, out)


def list_gaps(offsets: Rows, spells: Rows, base: int, at_least: int, out: Spans) -> int:
    found: list[list[int]] = []
    for at, spans in enumerate(_spans(offsets, spells)):
        number = 0
        for i in range(1, len(spans)):
            latest, opens = max(end for _, end in spans[:i]), spans[i][0]
            if opens - latest - 1 >= at_least:
                number += 1
                found.append([base + at, latest + 1, opens - 1, number])
    return _write(found, out)


def _spans(offsets: Rows, spells: Rows) -> list[list[tuple[int, int]]]:
    """The first and last days of the spells of each person."""
    days = [(spell >> 32, spell % 2**32 - 2**31) for spell in spells.tolist()]
    return [days[low:high] for low, high in pairwise(offsets.tolist())]


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
    for low, high in pairwise(offsets.tolist()):
        own = rows[low:high]
        for row in own:
            rise = (value[own] - value[row]) if trend.is_falling else (value[row] - value[own])
            earlier = (start[own] < start[row]) & (start[own] >= oldest[row])
            out[row] |= bool((earlier & (unit[own] == unit[row]) & (rise >= trend.by)).any())


def _write(found: list[list[int]], out: Spans) -> int:
    for column, values in zip(out, np.array(found, np.int64).reshape(-1, 4).T, strict=True):
        column[: values.size] = values
    return len(found)


# --- lines ------------------------------------------------------------------------------------------------------------


def cut_first(low: Rows, high: Rows, number: int, out: Rows) -> None:
    out[:] = np.minimum(high, low + number)


def cut_last(start: Days, low: Rows, high: Rows, number: int, out: Rows) -> None:
    for i, (first, last) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        at = max(first, last - number)
        out[i] = at if at == last else first + int(np.argmax(start[first:last] == start[at]))
