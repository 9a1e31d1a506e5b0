"""What each kernel over events computes, in NumPy or plain Python: the same names and arguments, for tests and for
reading."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.kernels.calendar import Calendar
from engine.kernels.events import Best, Events, Periods, Room, Runs
from engine.kernels.fitting import Test
from engine.kernels.groups import Days, Groups
from engine.kernels.merging import Entered, RunsOfEach
from engine.kernels.ranges import People, Rows, Whole
from engine.kernels.windows import ABSENT, SKIPPED, Bounds, Ordered

# --- ranges -----------------------------------------------------------------------------------------------------------


def next_unchecked(
    first: Rows, last: Rows, start: int, width: int, checked: npt.NDArray[np.bool_], block: int
) -> tuple[int, int, int]:
    for place in range(start, first.size):
        low, high = int(first[place]) * width // block, (int(last[place]) * width - 1) // block
        if first[place] < last[place] and not checked[low : high + 1].all():
            return place, low, high
    return -1, -1, -1


def narrow(person: People, first: Rows, last: Rows, start: int, stop: int, out_first: Rows, out_last: Rows) -> int:
    found = [np.searchsorted(person[low:high], (start, stop)) + low for low, high in zip(first, last, strict=True)]
    kept = [(low, high) for low, high in found if low < high]
    out_first[: len(kept)], out_last[: len(kept)] = np.array(kept, np.int64).reshape(-1, 2).T
    return len(kept)


def seek(person: People, first: Rows, last: Rows, people: People, out_first: Rows, out_last: Rows) -> int:
    used = 0
    for low, high in zip(first, last, strict=True):
        for one in people:
            own = np.flatnonzero(person[low:high] == one) + low
            if own.size:
                out_first[used], out_last[used] = own[0], own[-1] + 1
                used += 1
    return used


def list_rows(first: Rows, last: Rows, rows: Rows) -> None:
    rows[:] = places(first, last)


def keep_true(truth: npt.NDArray[np.int8], first: Rows, last: Rows, out_first: Rows, out_last: Rows) -> int:
    used, at = 0, 0
    for low, high in zip(first.tolist(), last.tolist(), strict=True):
        is_true = np.concatenate([[False], truth[at : at + high - low] == 1, [False]])
        edges = np.flatnonzero(is_true[1:] != is_true[:-1]) + low
        out_first[used : used + edges.size // 2], out_last[used : used + edges.size // 2] = edges[::2], edges[1::2]
        used, at = used + edges.size // 2, at + high - low
    return used


def find_keys(offsets: Rows, keys: Rows, person: People, wanted: Rows, out: Rows) -> None:
    for i, (one, key) in enumerate(zip(person.astype(np.int64), wanted, strict=True)):
        own = np.flatnonzero(keys[offsets[one] : offsets[one + 1]] == key)
        out[i] = offsets[one] + own[0] if own.size else -1


def places(first: Rows, last: Rows) -> Rows:
    """All rows of the stretches."""
    return np.concatenate([np.arange(0), *(np.arange(low, high) for low, high in zip(first, last, strict=True))])


# --- groups -----------------------------------------------------------------------------------------------------------


def count_each(owner: Groups, base: int, offsets: Rows) -> None:
    offsets[:] = np.searchsorted(owner.astype(np.int64) - base, np.arange(offsets.size))


def place_each(owner: Groups, base: int, offsets: Rows) -> None:
    offsets[:] = np.searchsorted(owner, np.arange(base, base + offsets.size))


def group(owner: Groups, base: int, offsets: Rows, rows: Rows) -> None:
    rows[:] = np.argsort(owner, kind="stable")
    offsets[:] = np.searchsorted(owner[rows].astype(np.int64) - base, np.arange(offsets.size))


def order_by_day(day: Days, low: int, counts: Rows, rows: Rows) -> None:
    rows[:] = np.argsort(day, kind="stable")
    counts[:] = np.searchsorted(day[rows].astype(np.int64) - low, np.arange(counts.size), side="right")


def group_in_order(owner: Groups, base: int, order: Rows, offsets: Rows, rows: Rows) -> None:
    rows[:] = order[np.argsort(owner[order], kind="stable")]
    offsets[:] = np.searchsorted(owner[rows].astype(np.int64) - base, np.arange(offsets.size))


def order_by_digit(owner: Groups, base: int, shift: int, order: Rows, counts: Rows, rows: Rows) -> None:
    digit = (owner.astype(np.int64) - base) // 2**shift % counts.size
    rows[:] = order[np.argsort(digit[order], kind="stable")]
    counts[:] = np.cumsum(np.bincount(digit, minlength=counts.size))


def sort_each(owner: Groups, day: Days, key: Rows, rows: Rows) -> None:
    rows[:] = rows[np.lexsort((rows, key[rows], day[rows], owner[rows]))]


def are_in_order(owner: Groups, day: Days, key: Rows) -> bool:
    return np.lexsort((key, day, owner)).tolist() == list(range(owner.size))


def sort_groups(offsets: Rows, rows: Rows, day: Days, key: Rows) -> None:
    for low, high in pairwise(offsets.tolist()):
        own = rows[low:high]
        rows[low:high] = own[np.lexsort((own, key[own], day[own]))]


def sort_rows(rows: Rows, day: Days, key: Rows, spare: npt.NDArray[np.int64]) -> None:  # noqa: ARG001
    rows[:] = rows[np.lexsort((rows, key[rows], day[rows]))]


# --- calendar ---------------------------------------------------------------------------------------------------------


def moved(day: Whole, days: int, months: int) -> Whole:
    return int(_moved(np.array([day]), days, months)[0])


def shift(start: Days, days: int, months: int, out: Days) -> None:
    out[:] = _moved(start, days, months)


def date_codes(first: int, out: Days) -> None:
    out[:] = _date_code(np.arange(first, first + out.size))


def codes_of(day: Days, calendar: Calendar, out: Days) -> None:  # noqa: ARG001  # it is only faster
    out[:] = _date_code(day)


def ages(person: People, born: Days, day: Days, calendar: Calendar, out: Days) -> None:  # noqa: ARG001
    out[:] = (_date_code(day) - born[person]) // 512


def year_differences(
    person: People,
    birth_year: Days,
    day: Days,
    calendar: Calendar,  # noqa: ARG001
    out: Days,
) -> None:
    out[:] = _years(day) - birth_year[person]


def birthdays(person: People, born: Days, years: int, out: Rows) -> None:
    code = born[person].astype(np.int64)
    month = ((code // 512 + years - 1970) * 12 + code // 32 % 16 - 1).astype("datetime64[M]")
    out[:] = (month.astype("datetime64[D]") + (code % 32 - 1)).astype(np.int64)


def new_years(person: People, birth_year: Days, years: int, out: Rows) -> None:
    year = (birth_year[person].astype(np.int64) + years - 1970).astype("datetime64[Y]")
    out[:] = year.astype("datetime64[D]").astype(np.int64)


def _moved(start: npt.NDArray[np.integer], days: int, months: int) -> npt.NDArray[np.int64]:
    if not months:
        return start.astype(np.int64) + days
    date = start.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    last = (month + months + 1).astype("datetime64[D]") - 1
    return np.minimum((month + months).astype("datetime64[D]") + (date - month), last).astype(np.int64)


def _years(day: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    return day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def _date_code(day: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """Year, month and day of the month in one number."""
    date = day.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    return _years(day) * 512 + (month.astype(np.int64) % 12 + 1) * 32 + (date - month).astype(np.int64) + 1


# --- events and periods -----------------------------------------------------------------------------------------------


def has_room(day: Whole, start: Whole, end: Whole, room: Room) -> bool:
    before, after = moved(day, room.before_days, room.before_months), moved(day, room.after_days, room.after_months)
    return bool(start <= day <= end and before >= start and after <= end)


def list_candidates(events: Events, periods: Periods, room: Room, rows: Rows, period: Rows) -> int:
    found = [(row, own) for row in places(events.first, events.last) for own in _roomy(events, row, periods, room)]
    kept = np.array(found[: rows.size], np.int64).reshape(-1, 2)
    rows[: len(kept)], period[: len(kept)] = kept.T
    return len(found)


def enter_runs(
    runs: RunsOfEach, events: Events, periods: Periods, room: Room, since: Days, until: Days, out: Entered
) -> int:
    found: list[tuple[int, ...]] = []
    for at, person in enumerate(runs.people.tolist()):
        own = slice(runs.offsets[at], runs.offsets[at + 1])
        rows = places(runs.first[own], runs.last[own])
        rows = rows[(since[at] <= events.start[rows]) & (events.start[rows] <= until[at])]
        for row in rows[np.lexsort((rows, events.key[rows], events.start[rows]))]:
            found += [(person, events.start[row], row, period) for period in _roomy(events, row, periods, room)]
    for column, values in zip(out, np.array(found[: out.row.size], np.int64).reshape(-1, 4).T, strict=True):
        column[: values.size] = values
    return len(found)


def keep_best(events: Events, periods: Periods, room: Room, place: int, base: int, latest: bool, best: Best) -> None:
    for row in places(events.first, events.last):
        at = int(events.person[row]) - base
        for own in _roomy(events, row, periods, room)[:1]:
            end = int(events.end[row]) + events.lasting
            new = (place, row, own, events.sort_day[row], events.key[row], end)
            old = tuple(column[at] for column in best)
            if old[0] < 0 or _rank(new, latest) < _rank(old, latest):
                for column, value in zip(best, new, strict=True):
                    column[at] = value


def keep_best_alone(
    events: Events, periods: Periods, room: Room, base: int, latest: bool, rows: Rows, period: Rows
) -> None:
    for row in places(events.first, events.last):
        at = int(events.person[row]) - base
        new, old = (
            _rank((0, one, 0, events.sort_day[one], events.key[one], events.end[one]), latest)
            for one in (row, rows[at])
        )
        if rows[at] < 0 or new < old:
            for own in _roomy(events, row, periods, room)[:1]:
                rows[at], period[at] = row, own


def _rank(candidate: tuple[int, ...], latest: bool) -> tuple[int, ...]:
    """What is smaller for the better of two candidates: day, key, place, end."""
    place, _, _, day, key, end = map(int, candidate)
    return (-day if latest else day, key, place, end)


def containing(person: People, day: Days, periods: Periods, out: Rows) -> None:
    for i, (one, own_day) in enumerate(zip(person.astype(np.int64), day, strict=True)):
        own = np.arange(periods.offsets[one], periods.offsets[one + 1])
        inside = own[(periods.start[own] <= own_day) & (own_day <= periods.end[own])]
        out[i] = inside[0] if inside.size else -1


def span_observed(person: People, periods: Periods, room: Room, since: Days, until: Days) -> None:
    before = 28 * room.before_months if room.before_months else room.before_days
    after = 28 * room.after_months if room.after_months else room.after_days
    for i, one in enumerate(person.astype(np.int64)):
        own = slice(periods.offsets[one], periods.offsets[one + 1])
        since[i] = np.min(periods.start[own].astype(np.int64) - before, initial=1 << 30)
        until[i] = np.max(periods.end[own].astype(np.int64) - after, initial=-(1 << 30))


def keep_first_of_runs(first: Rows, last: Rows, runs: Runs, key: Rows, base: int, rows: Rows, days: Days) -> None:
    listed = places(first, last)
    for at in range(rows.size):
        own = listed[runs.person[listed].astype(np.int64) - base == at]
        if own.size:
            best = own[np.lexsort((key[runs.row[own]], runs.start[own]))[0]]
            rows[at], days[at] = runs.row[best], runs.start[best]


def keep_first(events: Events, base: int, from_end: bool, rows: Rows) -> None:
    listed = places(events.first, events.last)
    ordered = listed[np.lexsort((listed, events.key[listed], events.start[listed]))]
    for at in range(rows.size):
        own = ordered[events.person[ordered].astype(np.int64) - base == at]
        if own.size:
            rows[at] = own[-1 if from_end else 0]


def _roomy(events: Events, row: int, periods: Periods, room: Room) -> list[int]:
    """The periods of the event's person that have room around it."""
    person, day = int(events.person[row]), int(events.start[row])
    first, last = moved(day, room.before_days, room.before_months), moved(day, room.after_days, room.after_months)
    return [
        own
        for own in range(periods.offsets[person], periods.offsets[person + 1])
        if periods.start[own] <= day <= periods.end[own] and periods.start[own] <= first and last <= periods.end[own]
    ]


# --- windows ----------------------------------------------------------------------------------------------------------


def count_events(events: Events, base: int, offsets: Rows, bounds: Bounds, counts: npt.NDArray[np.uint32]) -> None:
    rows = places(events.first, events.last)
    for entry, own in _of_entries(offsets, base):
        mine = rows[events.person[rows] == own]
        counts[entry] += np.count_nonzero(_inside(events.start[mine], events.end[mine] + events.lasting, bounds, entry))


def count_runs(
    events: Events, base: int, offsets: Rows, bounds: Bounds, by_end: bool, counts: npt.NDArray[np.uint32]
) -> None:
    assert by_end or bool((bounds.end_to == np.iinfo(np.int32).max).all()), "the bounds of the last day are open"
    count_events(events, base, offsets, bounds, counts)


def count_in_runs(
    events: Events,
    runs: Runs,
    person: People,
    bounds: Bounds,
    by_end: bool,
    enough: int,
    counts: npt.NDArray[np.uint32],
) -> None:
    for run in places(events.first, events.last):
        own = np.arange(runs.row[run], runs.row[run + 1])
        for entry in np.flatnonzero(person == runs.person[run]):
            inside = (bounds.start_from[entry] <= events.start[own]) & (events.start[own] <= bounds.start_to[entry])
            if by_end:
                end = events.end[own] + events.lasting
                inside &= (bounds.end_from[entry] <= end) & (end <= bounds.end_to[entry])
            counts[entry] += np.count_nonzero(inside)
    np.minimum(counts, enough, out=counts)


def count_in_timelines(
    lines: Rows, start: Days, person: People, bounds: Bounds, enough: int, counts: npt.NDArray[np.uint32]
) -> None:
    for entry, one in enumerate(person.astype(np.int64)):
        own = start[lines[one] : lines[one + 1]]
        inside = (bounds.start_from[entry] <= own) & (own <= bounds.start_to[entry])
        counts[entry] = min(np.count_nonzero(inside), enough)


def find_in_runs(
    start: Days, runs: Runs, first: Whole, last: Whole, person: People, bounds: Bounds, low: Rows, high: Rows
) -> None:
    low[:], high[:] = 0, 0
    for run in range(first, last):
        own = np.arange(runs.row[run], runs.row[run + 1])
        for entry in np.flatnonzero(person == runs.person[run]):
            inside = own[(bounds.start_from[entry] <= start[own]) & (start[own] <= bounds.start_to[entry])]
            if inside.size:
                low[entry], high[entry] = inside[0], inside[-1] + 1


def count_fitting(
    start: Days,
    low: Rows,
    high: Rows,
    one: Test,
    other: Test,
    is_once_a_day: bool,
    enough: int,
    counts: npt.NDArray[np.uint32],
) -> None:
    for entry, (first, last) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        rows = [row for row in range(first, last) if all(test.fits[test.stored[row]] for test in (one, other))]
        found = {int(start[row]) for row in rows} if is_once_a_day else rows
        counts[entry] = min(enough, int(counts[entry]) + len(found))


def keep_earliest_fitting(
    events: Events,
    runs: Runs,
    first: Whole,
    last: Whole,
    one: Test,
    other: Test,
    periods: Periods,
    room: Room,
    base: int,
    rows: Rows,
    period: Rows,
) -> None:
    own = np.arange(runs.row[first], runs.row[last])
    fits = [row for row in own if all(test.fits[test.stored[row]] for test in (one, other))]
    single = np.array(fits, np.int64)
    keep_best_alone(events._replace(first=single, last=single + 1), periods, room, base, False, rows, period)


def comes_before(events: Events, row: Whole, other: Whole, latest: bool) -> bool:
    first, second = (
        _rank((0, 0, 0, int(events.sort_day[one]), int(events.key[one]), int(events.end[one])), latest)
        for one in (row, other)
    )
    return first < second


def clip(start: Days, first: Rows, last: Rows, since: Days, until: Days, out_first: Rows, out_last: Rows) -> int:
    used = 0
    for i, (low, high) in enumerate(zip(first.tolist(), last.tolist(), strict=True)):
        own = [row for row in range(low, high) if since[i] <= start[row] <= until[i]]
        if own:
            out_first[used], out_last[used] = own[0], own[-1] + 1
            used += 1
    return used


def link_values(offsets: Rows, rows: Rows, value: Rows, previous: Rows) -> None:
    for low, high in pairwise(offsets.tolist()):
        last: dict[int, int] = {}
        for place in rows[low:high].tolist():
            previous[place] = SKIPPED if value[place] == ABSENT else last.get(int(value[place]), -1)
            last[int(value[place])] = place


def count_starts(events: Ordered, offsets: Rows, bounds: Bounds, counts: npt.NDArray[np.uint32]) -> None:
    for entry, at in _of_entries(offsets, 0):
        starts = events.start[events.offsets[at] : events.offsets[at + 1]]
        counts[entry] = np.count_nonzero((bounds.start_from[entry] <= starts) & (starts <= bounds.start_to[entry]))


def span_entries(offsets: Rows, low: Days, high: Days, since: Days, until: Days) -> None:
    since[:], until[:] = np.minimum.reduceat(low, offsets[:-1]), np.maximum.reduceat(high, offsets[:-1])


def count_values(
    events: Ordered,
    offsets: Rows,
    bounds: Bounds,
    visit: Rows,
    same_visit: bool,
    enough: int,
    counts: npt.NDArray[np.uint32],
) -> None:
    for entry, at in _of_entries(offsets, 0):
        own = np.arange(events.offsets[at], events.offsets[at + 1])
        chosen = _inside(events.start[own], events.end[own], bounds, entry) & (events.previous[own] != SKIPPED)
        if same_visit:
            chosen &= (events.visit[own] == visit[entry]) & (visit[entry] != ABSENT)
        roots = set()
        for place in own[chosen].tolist():
            while events.previous[place] >= 0:  # the first event with this value
                place = events.previous[place]
            roots.add(int(place))
        counts[entry] = min(len(roots), enough)


def earliest_start(events: Events, base: int, offsets: Rows, since: Days, until: Days, out: Days) -> None:
    rows = places(events.first, events.last)
    for entry, own in _of_entries(offsets, base):
        starts = events.start[rows[events.person[rows] == own]]
        inside = starts[(since[entry] <= starts) & (starts <= until[entry])]
        out[entry] = min(out[entry], *inside) if inside.size else out[entry]


def earliest_end(events: Events, base: int, offsets: Rows, day: Days, out: Days) -> None:
    rows = places(events.first, events.last)
    for entry, own in _of_entries(offsets, base):
        mine = rows[events.person[rows] == own]
        ends = events.end[mine] + events.lasting
        inside = ends[(events.start[mine] <= day[entry]) & (day[entry] <= ends)]
        out[entry] = min(out[entry], *inside) if inside.size else out[entry]


def _of_entries(offsets: Rows, base: int) -> list[tuple[int, int]]:
    """Each entry and whose it is."""
    return [(entry, base + at) for at in range(offsets.size - 1) for entry in range(offsets[at], offsets[at + 1])]


def _inside(start: Days, end: npt.NDArray[np.integer], bounds: Bounds, entry: int) -> npt.NDArray[np.bool_]:
    starts = (bounds.start_from[entry] <= start) & (start <= bounds.start_to[entry])
    return starts & (bounds.end_from[entry] <= end) & (end <= bounds.end_to[entry])


# --- places -----------------------------------------------------------------------------------------------------------


def day_place(start: Days, low: Whole, high: Whole, day: Whole) -> Whole:
    return int(low) + int(np.searchsorted(start[low:high], day))


def later_place(start: Days, low: Whole, high: Whole, day: Whole) -> Whole:
    return day_place(start, low, high, day)


def earlier_place(start: Days, low: Whole, high: Whole, day: Whole) -> Whole:
    return day_place(start, low, high, day)


def next_place(start: Days, first: Whole, low: Whole, high: Whole, day: Whole) -> Whole:  # noqa: ARG001  # a hint
    return day_place(start, first, high, day)


def person_place(person: People, low: Whole, high: Whole, wanted: Whole) -> Whole:
    return int(low) + int(np.searchsorted(person[low:high].astype(np.int64), wanted))
