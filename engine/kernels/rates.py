"""Stays of people counted by calendar interval and stratum: who is observed, in a cohort, at risk, ill."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels._jit import jit
from engine.kernels.groups import Days, Groups

Counts = npt.NDArray[np.int64]
Number = int | np.int64
"""One to Numba."""
OBSERVED, CASE = 1, 2


class Stays(NamedTuple):
    """Days of people, both ends included, sorted by person. One that ends before it starts has no day."""

    person: Groups
    start: Days
    end: Days


class Intervals(NamedTuple):
    """m intervals in order, none reaching into another: their first and last days, and the year and `32 * month + day`
    of the first, on which ages are taken. For each day from the first one of all to the last: the first interval that
    closes then or later, and the last one that opens then or earlier."""

    opens: Days
    closes: Days
    year: Days
    month_day: Days
    next_closing: Days
    last_opening: Days


class Strata(NamedTuple):
    """The stratum of a person on a day: `fixed[person]`, and `of_age` of the age then in years; who is older than that
    has numbers is in the last one. Without `of_age` age plays no part. Days of birth are told as in `Intervals`; before
    it people are as old as on it."""

    fixed: Days
    birth_year: Days
    birth_month_day: Days
    of_age: Days


@jit
def _met(start: Number, end: Number, intervals: Intervals) -> tuple[Number, Number]:
    """The first and last interval that some days meet; the last before the first where they meet none."""
    origin, days = np.int64(intervals.opens[0]), intervals.next_closing.size
    if start > end or end < origin or start >= origin + days:
        return 0, -1
    first, last = max(start - origin, 0), min(end - origin, days - 1)
    return np.int64(intervals.next_closing[first]), np.int64(intervals.last_opening[last])


@jit
def _of_age(year: Number, month_day: Number, k: Number, intervals: Intervals, strata: Strata) -> Number:
    """What the age on the first day of an interval adds to the stratum of somebody born on that day of that year."""
    if not strata.of_age.size:
        return 0
    age = np.int64(intervals.year[k]) - year - int(intervals.month_day[k] < month_day)
    return np.int64(strata.of_age[min(max(age, 0), strata.of_age.size - 1)])


@jit
def _raise(
    stays: Stays, at: int, person: Number, intervals: Intervals, level: int, state: npt.NDArray[np.uint8]
) -> int:
    """Raise the state of intervals that a person's stays from row `at` on meet to `level` from the one below; returns
    the first row of the next person."""
    while at < stays.person.size and np.int64(stays.person[at]) == person:
        first, last = _met(np.int64(stays.start[at]), np.int64(stays.end[at]), intervals)
        for k in range(first, last + 1):
            if state[k] == level - 1:
                state[k] = level
        at += 1
    return at


@jit
def count_prevalence(
    observed: Stays,
    cases: Stays,
    counted: npt.NDArray[np.bool_],
    intervals: Intervals,
    strata: Strata,
    state: npt.NDArray[np.uint8],
    out: Counts,
) -> None:
    """Add to `out[interval, stratum]` the persons observed in the interval: those who are no case, and those who are.

    `counted` says of everybody whether they count; the work is the same if not. `state`, one an interval, is written.
    """
    i, j = 0, 0
    while i < observed.person.size:
        person = np.int64(observed.person[i])
        state[:] = 0
        i = _raise(observed, i, person, intervals, OBSERVED, state)
        while j < cases.person.size and np.int64(cases.person[j]) < person:
            j += 1
        j = _raise(cases, j, person, intervals, CASE, state)
        is_counted, fixed = np.int64(counted[person]), np.int64(strata.fixed[person])
        year, month_day = np.int64(strata.birth_year[person]), np.int64(strata.birth_month_day[person])
        for k in range(state.size):
            if state[k]:
                stratum = fixed + _of_age(year, month_day, k, intervals, strata)
                out[k, stratum, np.int64(state[k]) - 1] += is_counted


@jit
def count_at_risk(
    times: Stays, ended: npt.NDArray[np.bool_], intervals: Intervals, strata: Strata, out: Counts
) -> None:
    """Add to `out[interval, stratum]` persons at risk, person-days, persons with an outcome, and outcomes. The times at
    risk of a person are in order, all days within the intervals, which leave no day out; `ended` says which an outcome
    ended."""
    previous, reached, struck = -1, -1, -1
    for i in range(times.person.size):
        person, start, end = np.int64(times.person[i]), np.int64(times.start[i]), np.int64(times.end[i])
        if person != previous:
            previous, reached, struck = person, -1, -1
        first, last = _met(start, end, intervals)
        year, month_day = np.int64(strata.birth_year[person]), np.int64(strata.birth_month_day[person])
        for k in range(first, last + 1):
            stratum = np.int64(strata.fixed[person]) + _of_age(year, month_day, k, intervals, strata)
            out[k, stratum, 0] += int(k > reached)
            out[k, stratum, 1] += min(end, np.int64(intervals.closes[k])) - max(start, np.int64(intervals.opens[k])) + 1
            if ended[i] and k == last:
                out[k, stratum, 2] += int(k > struck)
                out[k, stratum, 3] += 1
                struck = k
        reached = max(reached, last)
