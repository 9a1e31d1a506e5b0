"""The first or last day of each person's events on which conditions on other events are met, found by walking.

A person walks from one day of their events to the next, forwards or backwards, until all conditions are met. Each
condition lets everybody walk to where it is met itself; when nobody has moved since each was last asked, all have
arrived. So nothing is written down of the days passed over (as joins leap over sorted lists: Veldhuizen 2014, ICDT,
"Leapfrog Triejoin").
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit, prefetch
from engine.kernels.events import Periods, Room, has_room
from engine.kernels.groups import Days
from engine.kernels.lines import clip_line
from engine.kernels.places import day_place, earlier_place, later_place
from engine.kernels.ranges import People, Rows, Whole

OVER = -1
"""The place of who has walked past the last day."""
NEVER = 1 << 30
"""A day after all others; less it, one before them. More days than lie between any two."""
_AHEAD = 32
"""How many people before their turn memory is asked for what is read of them."""


class Walk(NamedTuple):
    """Where people, who ascend, have come to: at event `at[i]` of those from `low[i]` to before `high[i]`, which is the
    first of `day[i]` or `OVER`, in observation period `period[i]`, which lasts from `observed_from[i]` to
    `observed_to[i]`; `met[i]` conditions were met there one after another."""

    person: People
    low: Rows
    high: Rows
    at: Rows
    period: Rows
    day: Days
    observed_from: Days
    observed_to: Days
    met: npt.NDArray[np.uint16]


class Way(NamedTuple):
    """What is walked along: the first days of events, person by person in order, inside of periods with room; forwards,
    or from the latest day backwards."""

    start: Days
    periods: Periods
    room: Room
    is_backwards: bool


class Listed(NamedTuple):
    """Events that are counted: those of person `base + i` lie in the stretches from `offsets[i]` to before
    `offsets[i + 1]`, each from `first` to before `last` of `start`, in order; with `is_chosen` only those whose
    `concept` is `wanted`."""

    base: int
    offsets: Rows
    first: Rows
    last: Rows
    start: Days
    concept: npt.NDArray[np.uint16]
    wanted: npt.NDArray[np.bool_]
    is_chosen: bool


class Test(NamedTuple):
    """Whether, from `since` to `until` days after the day walked to and, with `is_observed`, in its period, there are
    `least` to `most` events. More than `enough` are not counted."""

    since: int
    until: int
    is_observed: bool
    least: int
    most: int
    enough: int


@jit
def _open_period(begins: Days, ends: Days, room: Room, period: Whole, last: Whole, day: Whole) -> Whole:
    """The first of the periods from `period` to before `last` that the day lies in with room; `OVER` where none is."""
    while period < last:
        own = np.uint64(period)
        if has_room(day, np.int64(begins[own]), np.int64(ends[own]), room):
            return period
        period += 1
    return np.int64(OVER)


@jit
def _is_in_days(room: Room) -> bool:
    """Whether the days with room in a period are all those between two, which months do not say."""
    return not room.before_months and not room.after_months


@jit
def _day_begin(start: Days, at: Whole, low: Whole) -> Whole:
    """The first event of the day of event `at`."""
    while at > low and start[np.uint64(at - 1)] == start[np.uint64(at)]:
        at -= 1
    return at


@jit
def _next_day(start: Days, at: Whole, low: Whole, high: Whole, is_backwards: bool) -> Whole:
    """The first event of the day after that of event `at`, or of the day before; `OVER` where there is none."""
    if is_backwards:
        return _day_begin(start, at - 1, low) if at > low else np.int64(OVER)
    own = start[np.uint64(at)]
    while at < high and start[np.uint64(at)] == own:
        at += 1
    return at if at < high else np.int64(OVER)


@jit
def _day_from(start: Days, at: Whole, low: Whole, high: Whole, is_backwards: bool, goal: Whole) -> Whole:
    """The first event of the day `goal` or the next after it, searched from event `at` on, or the next before it."""
    if is_backwards:
        at = earlier_place(start, low, at, goal + 1) - 1
        return _day_begin(start, at, low) if at >= low else np.int64(OVER)
    at = later_place(start, at, high, goal)
    return at if at < high else np.int64(OVER)


@jit
def set_out(way: Way, walk: Walk, since: Days, until: Days, first: Whole, last: Whole) -> None:
    """Let those at places `first` to before `last` of the walk begin, on the days from `since[i]` to `until[i]`: leave
    their events on other days out of the walk, and write where they come to first."""
    start, (offsets, begins, ends), room, is_backwards = way
    people, lows, highs, places, periods, days, observed_from, observed_to, _ = walk
    is_simple = _is_in_days(room)
    for i in range(first, last):
        ahead = min(i + _AHEAD, people.size - 1)
        prefetch(start, lows[ahead])
        prefetch(start, highs[ahead] - 1)
        opens, closes = offsets[people[i]], offsets[people[i] + np.uint32(1)]
        earliest, latest, at, period = np.int64(since[i]), np.int64(until[i]), np.int64(OVER), np.int64(OVER)
        is_alone = is_simple and closes - opens == 1
        if is_alone:
            period = opens
            earliest = max(earliest, np.int64(begins[np.uint64(opens)]) - room.before_days)
            latest = min(latest, np.int64(ends[np.uint64(opens)]) - room.after_days)
        low, high = clip_line(start, lows[i], highs[i], earliest, latest)
        lows[i], highs[i] = low, high
        if low < high:
            at = _day_begin(start, high - 1, low) if is_backwards else low
        while at != OVER and period == OVER:
            period = _open_period(begins, ends, room, opens, closes, np.int64(start[np.uint64(at)]))
            if period == OVER:
                at = _next_day(start, at, low, high, is_backwards)
        places[i], periods[i] = at, period
        if at != OVER:
            own = np.uint64(period)
            days[i], observed_from[i], observed_to[i] = start[np.uint64(at)], begins[own], ends[own]


@jit
def _number_in(start: Days, low: Whole, last: Whole, since: Whole, until: Whole, enough: Whole) -> Whole:
    """How many of the events from `low` to before `last` start between two days, `enough` where there are more."""
    low = later_place(start, low, last, since)
    return later_place(start, low, min(last, low + enough), until + 1) - low


@jit
def _goal(start: Days, last: Whole, low: Whole, number: Whole, until: Whole, day: Whole, test: Test) -> Whole:
    """The first day after `day` on which a test may be met that is not met on it: `number` events from `low` on, of
    those to before `last`, lie in its window, which ends on `until`. Too many: until enough of them have left the
    window. Too few: until enough others have come into it, which they never do where the period ends before."""
    if number < test.least:
        place = low + test.least - 1
        comes = place < last and until == day + test.until
        return np.int64(start[place]) - test.until if comes else np.int64(NEVER)
    place = later_place(start, low + number, last, until + 1) - 1 - test.most
    return np.int64(start[place]) - test.since + 1


@jit
def _goal_back(start: Days, first: Whole, low: Whole, number: Whole, since: Whole, day: Whole, test: Test) -> Whole:
    """As `_goal`, the first day before `day`, of a window that begins on `since`."""
    if number < test.least:
        place = low + number - test.least
        comes = place >= first and since == day + test.since
        return np.int64(start[place]) - test.since if comes else np.int64(-NEVER)
    return np.int64(start[low + test.most]) - test.until - 1


@jit
def walk_to(way: Way, walk: Walk, test: Test, listed: Listed, needed: int, waiting: Rows) -> int:
    """Let those at the places `waiting` of the walk go to where this condition is met. Those who have days left and
    have not met `needed` conditions become the first of `waiting`; returns how many they are.

    All that is done for a person stands here, and not in functions: a call copies all of a tuple of arrays, and what is
    said of each array, which made it take half as long again. Places are unsigned, or each is looked at for being
    negative.
    """
    start, (offsets, begins, ends), room, is_backwards = way
    people, lows, highs, places, periods, days, observed_from, observed_to, met = walk
    base, owned, firsts, lasts, starts, concept, wanted, is_chosen = listed
    left, is_simple = 0, _is_in_days(room)
    for k in range(waiting.size):
        other = np.int64(people[np.uint64(waiting[min(k + _AHEAD, waiting.size - 1)])]) - base
        ahead = np.uint64(owned[np.uint64(other)])
        if ahead < np.uint64(firsts.size):
            prefetch(starts, firsts[ahead])
            prefetch(starts, lasts[ahead] - 1)
        i = np.uint64(waiting[k])
        own = np.uint64(np.int64(people[i]) - base)
        opens, closes = np.uint64(owned[own]), np.uint64(owned[own + np.uint64(1)])
        can_leap = closes - opens == np.uint64(1) and not is_chosen
        first_period, last_period = offsets[people[i]], offsets[people[i] + np.uint32(1)]
        has_one_period = last_period - first_period == 1
        can_leap = can_leap and has_one_period
        hint = np.int64(OVER)
        while places[i] != OVER:
            day = np.int64(days[i])
            since, until, number = day + test.since, day + test.until, np.int64(0)
            goal = day - 1 if is_backwards else day + 1
            if test.is_observed:
                since, until = max(since, np.int64(observed_from[i])), min(until, np.int64(observed_to[i]))
            if can_leap and since <= until:
                low, last = firsts[opens], lasts[opens]
                if is_backwards:
                    hint = earlier_place(starts, low, last if hint == OVER else hint, since)
                else:
                    hint = later_place(starts, low if hint == OVER else hint, last, since)
                number = later_place(starts, hint, min(last, hint + test.enough), until + 1) - hint
                if not test.least <= number <= test.most:
                    if is_backwards:
                        goal = min(goal, _goal_back(starts, low, hint, number, since, day, test))
                    else:
                        goal = max(goal, _goal(starts, last, hint, number, until, day, test))
            elif since <= until:
                stretch = opens
                while number < test.enough and stretch < closes:
                    low, last, enough = firsts[stretch], lasts[stretch], test.enough - number
                    if is_chosen:
                        number += _number_of(starts, concept, wanted, low, last, since, until, enough)
                    else:
                        number += _number_in(starts, low, last, since, until, enough)
                    stretch += np.uint64(1)
            if test.least <= number <= test.most:
                break
            at, low, high, period = places[i], lows[i], highs[i], np.int64(OVER)
            if not has_one_period:
                period = _open_period(begins, ends, room, periods[i] + 1, last_period, day)
            if period == OVER:
                at = _day_from(start, at, low, high, is_backwards, goal)
                if has_one_period and is_simple:
                    period = first_period  # which all that is left of the events lies in, since they set out
                while at != OVER and period == OVER:
                    period = _open_period(begins, ends, room, first_period, last_period, np.int64(start[np.uint64(at)]))
                    if period == OVER:
                        at = _next_day(start, at, low, high, is_backwards)
            places[i], periods[i], met[i] = at, period, 0
            if at != OVER:
                mine = np.uint64(period)
                days[i], observed_from[i], observed_to[i] = start[np.uint64(at)], begins[mine], ends[mine]
        met[i] += np.uint16(1)
        waiting[left] = np.int64(i)
        left += int(places[i] != OVER and met[i] < needed)
    return left


@jit
def _number_of(
    start: Days,
    concept: npt.NDArray[np.uint16],
    wanted: npt.NDArray[np.bool_],
    low: Whole,
    last: Whole,
    since: Whole,
    until: Whole,
    enough: Whole,
) -> Whole:
    """As `_number_in`, of those events whose concept is wanted."""
    number, low = np.int64(0), day_place(start, low, last, since)
    while low < last and number < enough and start[low] <= until:
        number += np.int64(wanted[concept[low]])
        low += 1
    return number


@jit
def count_owned(first: Rows, last: Rows, person: People, base: int, offsets: Rows) -> None:
    """Where the stretches of each person begin: `offsets[i]` for person `base + i`, and at last how many there are, of
    runs `first[j]` to before `last[j]` of people who ascend in each of these."""
    offsets[:] = 0
    for j in range(first.size):
        for run in range(first[j], last[j]):
            offsets[np.int64(person[run]) - base + 1] += 1
    for i in range(1, offsets.size):
        offsets[i] += offsets[i - 1]


@jit
def list_owned(
    first: Rows, last: Rows, person: People, row: Rows, base: int, offsets: Rows, out_first: Rows, out_last: Rows
) -> None:
    """Write the rows of the runs, those of a person together: after `count_owned`, whose offsets are left as they
    were."""
    for j in range(first.size):
        for run in range(first[j], last[j]):
            own = np.int64(person[run]) - base
            place = offsets[own]
            out_first[place], out_last[place] = row[run], row[run + 1]
            offsets[own] += 1
    for i in range(offsets.size - 1, 0, -1):
        offsets[i] = offsets[i - 1]
    offsets[0] = 0
