"""Compiling the kernels over events ahead of the first question.

Columns of the index, and whatever is passed on in their place, are read-only; what kernels fill is not. Numba compiles
these apart, so that every argument here is as `engine.targets.kernels` gives it.
"""

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.kernels import (
    calendar,
    counting,
    events,
    fitting,
    groups,
    lines,
    merging,
    predicates,
    ranges,
    spells,
    timelines,
    walks,
    windows,
)


def warm_events() -> None:
    """Compile, or load from the cache, every kernel over events for the types the engine calls it with."""
    columns = events.Events(_rows(), _rows(), _held(np.uint32), _days(), _days(), 0, _days(), _held(np.int64))
    periods = events.Periods(_held(np.int64, 2), _days(), _days())
    _warm_rows(columns)
    _warm_order(columns)
    _warm_days(columns)
    _warm_candidates(columns, periods)
    _warm_windows(columns)
    _warm_lines(columns)
    _warm_fitting(columns, periods)
    _warm_spells(columns)
    _warm_timelines(columns)
    _warm_walks(columns, periods)
    _warm_predicates()


def _warm_rows(columns: events.Events) -> None:
    first, last, person = columns.first, columns.last, columns.person
    for people in (person, person.copy()):
        ranges.seek(person, first, last, people, _rows(), _rows())
    ranges.narrow(person, first, last, 0, 1, _rows(), _rows())
    ranges.list_rows(first, last, _rows())
    ranges.keep_true(np.zeros(1, np.int8), first, last, _rows(), _rows())
    ranges.next_unchecked(first, last, 0, 4, np.zeros(1, np.bool_), 8)
    for people in (person, person.copy()):
        for wanted in (_rows(), _held(np.int64)):
            ranges.find_keys(_held(np.int64, 2), _held(np.int64), people, wanted, _rows())


def _warm_order(columns: events.Events) -> None:
    groups.group(columns.person, 0, _rows(2), _rows())
    groups.place_each(columns.person, 0, _rows(2))
    groups.are_in_order(columns.person, columns.start, columns.key)
    groups.sort_groups(_rows(2), _rows(), columns.start, columns.key)
    groups.sort_rows(_rows(), columns.start, columns.key, np.empty((3, 1), np.int64))
    groups.order_by_day(columns.start, 0, _rows(2), _rows())
    groups.group_in_order(columns.person, 0, _rows(), _rows(2), _rows())
    groups.order_by_digit(columns.person, 0, 0, _rows(), _rows(), _rows())
    groups.sort_each(columns.person, columns.start, columns.key, _rows())


def _warm_days(columns: events.Events) -> None:
    calendar.shift(columns.start, 0, 1, _new_days())
    days = calendar.Calendar(0, _days())
    calendar.date_codes(0, _new_days())
    calendar.codes_of(columns.start, days, _new_days())
    calendar.ages(columns.person, columns.start, columns.start, days, _new_days())
    calendar.year_differences(columns.person, columns.start, columns.start, days, _new_days())
    calendar.moved(0, 0, 1)
    calendar.birthdays(columns.person, columns.start, 0, _rows())
    calendar.new_years(columns.person, columns.start, 0, _rows())


def _warm_candidates(columns: events.Events, periods: events.Periods) -> None:
    room = events.Room(0, 0, 0, 0)
    best = events.Best(np.full(1, -1, np.int32), _rows(), _rows(), _new_days(), _rows(), _new_days())
    events.list_candidates(columns, periods, room, _rows(), _rows())
    runs = merging.RunsOfEach(columns.person, _held(np.int64, 2), _rows(), _rows())
    entered = merging.Entered(np.zeros(1, np.uint32), _new_days(), _rows(), _rows())
    merging.enter_runs(runs, columns, periods, room, _new_days(), _new_days(), entered)
    events.keep_best(columns, periods, room, 0, 0, False, best)
    events.keep_best_alone(columns, periods, room, 0, False, np.full(1, -1), _rows())
    events.containing(columns.person, columns.start, periods, _rows())
    for people in (columns.person, columns.person.copy()):
        events.span_observed(people, periods, room, _new_days(), _new_days())
    events.keep_first(columns, 0, False, np.full(1, -1))
    runs = events.Runs(columns.person, columns.start, columns.key)
    events.keep_first_of_runs(_rows(), _rows(), runs, columns.key, 0, np.full(1, -1), _new_days())


def _warm_windows(columns: events.Events) -> None:
    bounds, counts = windows.Bounds(_days(), _days(), _days(), _days()), np.zeros(1, np.uint32)
    ordered = windows.Ordered(_rows(2), _days(), _days(), _held(np.int64), _held(np.int64))
    windows.count_events(columns, 0, _rows(2), bounds, counts)
    windows.count_runs(columns, 0, _rows(2), bounds, False, counts)
    windows.clip(columns.start, _rows(), _rows(), _new_days(), _new_days(), _rows(), _rows())
    windows.link_values(_rows(2), _rows(), _held(np.int64), _rows())
    windows.span_entries(_rows(2), _days(), _days(), _new_days(), _new_days())
    windows.count_starts(ordered, _rows(2), bounds, counts)
    windows.count_values(ordered, _rows(2), bounds, _held(np.int64), False, 1, counts)
    windows.earliest_start(columns, 0, _rows(2), _days(), _days(), _new_days())
    windows.earliest_end(columns, 0, _rows(2), _days(), _new_days())


def _warm_lines(columns: events.Events) -> None:
    runs = events.Runs(columns.person, columns.start, columns.key)
    bounds, counts = windows.Bounds(_days(), _days(), _days(), _days()), np.zeros(1, np.uint32)
    counting.count_in_runs(columns, runs, columns.person, bounds, False, 1, counts)
    counting.count_in_timelines(_held(np.int64, 2), _days(), columns.person, bounds, 1, counts)
    lines.cut_first(_rows(), _rows(), 1, _rows())
    lines.cut_last(columns.start, _rows(), _rows(), 1, _rows())
    lines.clip_line(_days(), 0, 1, 0, 1)
    lines.clip_days(columns.start, _rows(), _rows(), _new_days(), _new_days(), _rows(), _rows())


def _warm_fitting(columns: events.Events, periods: events.Periods) -> None:
    runs, room = events.Runs(columns.person, columns.start, columns.key), events.Room(0, 0, 0, 0)
    bounds, counts = windows.Bounds(_days(), _days(), _days(), _days()), np.zeros(1, np.uint32)
    fitting.find_in_runs(columns.start, runs, 0, 0, columns.person, bounds, _rows(), _rows())
    tests = [fitting.Test(_held(kind), _held(np.bool_)) for kind in (np.uint8, np.uint16)]
    for one, other in itertools.product(tests, repeat=2):
        fitting.count_fitting(columns.start, _rows(), _rows(), one, other, False, 1, counts)
        fitting.keep_earliest_fitting(columns, runs, 0, 0, one, other, periods, room, 0, _rows(), _rows())


def _warm_spells(columns: events.Events) -> None:
    out = spells.Spans(np.zeros(1, np.uint32), _new_days(), _new_days(), _rows())
    spells.count_owners(columns, False, 0, _rows())
    spells.pack_spells(columns, 0, _rows(), _rows())
    spells.sort_spells(_rows(2), _rows())
    spells.join_eras(_rows(2), _rows(), 0, 0, out)
    spells.list_gaps(_rows(2), _rows(), 0, 1, out)
    trend, value = spells.Trend(1.0, False), _held(np.float64)
    spells.find_trends(
        _rows(2), _rows(), columns.start, columns.start, columns.key, value, trend, np.zeros(1, np.bool_)
    )


def _warm_timelines(columns: events.Events) -> None:
    lines = timelines.Lines(_held(np.int64, 2), columns.start, _held(np.uint16), _held(np.uint32))
    runs = events.Runs(columns.person, columns.start, columns.key)
    timelines.clip_runs(runs, _rows(0), columns.start, 0, _new_days(), _new_days(), _rows(), _rows())
    found = timelines.Found(np.zeros(2, np.uint32), np.zeros(2, np.int32), _rows(2))
    for people in (columns.person, columns.person.copy()):
        timelines.take_lines(lines, people, _rows(), _rows(), np.zeros(1, np.bool_), _rows(), found)
    bounds = windows.Bounds(_new_days(), _new_days(), _new_days(), _new_days())
    timelines.count_wanted(lines, columns.person, np.zeros(1, np.bool_), bounds, 1, np.zeros(1, np.uint32))


def _warm_walks(columns: events.Events, periods: events.Periods) -> None:
    rows, offsets, way = (
        _held(np.int64),
        _held(np.int64, 2),
        walks.Way(_days(), periods, events.Room(0, 0, 0, 0), False),
    )
    at, days = (_rows(), _rows()), (_new_days(), _new_days(), _new_days())
    walk = walks.Walk(columns.person, _rows(), _rows(), *at, *days, np.zeros(1, np.uint16))
    listed = walks.Listed(0, offsets, rows, rows, _days(), _held(np.uint16), _held(np.bool_), False)
    walks.set_out(way, walk, _new_days(), _new_days(), 0, 1)
    walks.walk_to(way, walk, walks.Test(0, 0, True, 1, 1, 1), listed, 1, _rows())
    walks.count_owned(_rows(), _rows(), columns.person, 0, _rows(2))
    walks.list_owned(_rows(), _rows(), columns.person, columns.key, 0, _rows(2), _rows(), _rows())


def _warm_predicates() -> None:
    truth = np.zeros(1, np.int8)
    for kind in (np.int8, np.uint8, np.uint16, np.int32):
        for codes in (_held(kind), np.zeros(1, kind)):
            for listed in (truth, np.zeros(1, np.float64), _rows()):
                predicates.look_up(codes, _rows(), _rows(), listed, listed)
    for kind in (np.int32, np.int64, np.float64):
        for values in (_held(kind), np.zeros(1, kind)):
            predicates.lies_between(values, 0.0, 1.0, False, 0.0, truth)
    predicates.join_by_owner(_held(np.uint32), 0, truth, truth)
    for join in (predicates.conjoin, predicates.disjoin):
        join(truth, truth)
    predicates.negate(truth)
    numbers = np.zeros(1)
    predicates.lies_outside(numbers, numbers, numbers, truth)


def _rows(size: int = 1) -> npt.NDArray[np.int64]:
    return np.zeros(size, np.int64)


def _new_days() -> npt.NDArray[np.int32]:
    return np.zeros(1, np.int32)


def _days() -> npt.NDArray[np.int32]:
    return _held(np.int32)


def _held(kind: type[np.generic], size: int = 1) -> npt.NDArray[Any]:
    """A read-only array, as columns are."""
    array = np.zeros(size, kind)
    array.flags.writeable = False
    return array
