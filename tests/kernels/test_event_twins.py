"""Every kernel over events gives what its twin in NumPy or plain Python gives."""

import datetime
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kernels import (
    calendar,
    counting,
    event_twins,
    events,
    fitting,
    groups,
    merging,
    places,
    ranges,
    windows,
)
from engine.kernels.warm import warm_up
from tests.kernels.columns import (
    DAYS,
    PEOPLE,
    QUICK,
    arrays,
    both,
    entry_bounds,
    event_columns,
    frozen,
    period_columns,
    person_lines,
    rooms,
    runs_of,
)


@pytest.fixture(scope="module", autouse=True)
def compiled():
    warm_up()


@QUICK
@given(event_columns(ordered=True), st.integers(0, PEOPLE), st.integers(0, PEOPLE), st.sets(st.integers(0, PEOPLE - 1)))
def test_rows_of_people_are_found(columns, start, stop, people):
    person, first, last = columns.person, columns.first, columns.last
    out = [np.zeros(20, np.int64), np.zeros(20, np.int64)]
    both("narrow", ranges, person, first, last, min(start, stop), max(start, stop), out=out)
    both("seek", ranges, person, first, last, np.array(sorted(people), np.uint32), out=out)
    both("list_rows", ranges, first, last, out=[np.zeros(person.size, np.int64)])


@QUICK
@given(event_columns(), st.lists(st.booleans(), min_size=12, max_size=12), st.integers(0, 2))
def test_blocks_not_checked_are_found(columns, checked, start):
    arguments = (columns.first, columns.last, start, 4, np.array(checked), 8)
    assert ranges.next_unchecked(*arguments) == event_twins.next_unchecked(*arguments)


@QUICK
@given(st.lists(st.lists(st.integers(0, 9), unique=True), min_size=PEOPLE, max_size=PEOPLE), st.data())
def test_keys_of_a_person_are_found(keys, data):
    offsets = frozen(np.cumsum([0, *map(len, keys)]))
    flat = frozen(np.array([key for own in keys for key in sorted(own)], np.int64))
    person = data.draw(arrays(np.uint32, st.integers(0, PEOPLE - 1), 6))
    wanted = data.draw(arrays(np.int64, st.integers(0, 9), 6))
    both("find_keys", ranges, offsets, flat, person, wanted, out=[np.zeros(6, np.int64)])


@QUICK
@given(event_columns())
def test_rows_are_grouped_and_put_in_order(columns):
    offsets, rows = both(
        "group",
        groups,
        columns.person,
        0,
        out=[np.zeros(PEOPLE + 1, np.int64), np.zeros(columns.person.size, np.int64)],
    )
    arguments = (columns.person, columns.start, columns.key)
    assert groups.are_in_order(*arguments) == event_twins.are_in_order(*arguments)
    ours, theirs = rows.copy(), rows.copy()
    groups.sort_groups(offsets, ours, columns.start, columns.key)
    event_twins.sort_groups(offsets, theirs, columns.start, columns.key)
    np.testing.assert_array_equal(ours, theirs)
    for name in ("count_each", "place_each"):
        both(name, groups, frozen(np.sort(columns.person)), 0, out=[np.zeros(PEOPLE + 1, np.int64)])


@QUICK
@given(event_columns())
def test_rows_are_put_in_order_by_counting_days(columns):
    size = columns.person.size
    low, high = (int(columns.start.min()), int(columns.start.max())) if size else (0, 0)
    out = [np.zeros(high - low + 2, np.int64), np.zeros(size, np.int64)]
    order = both("order_by_day", groups, columns.start, low, out=out)[1]
    out = [np.zeros(PEOPLE + 1, np.int64), np.zeros(size, np.int64)]
    both("group_in_order", groups, columns.person, 0, order, out=out)


@QUICK
@given(event_columns(), st.integers(0, 2), st.sampled_from((1, 2, 4)))
def test_rows_are_put_in_order_by_digits_of_their_owners(columns, shift, values):
    size = columns.person.size
    order, out = np.argsort(columns.start, kind="stable"), [np.zeros(values, np.int64), np.zeros(size, np.int64)]
    both("order_by_digit", groups, columns.person, 0, shift, order, out=out)


@QUICK
@given(event_columns(), st.data())
def test_rows_that_lie_owner_by_owner_are_put_in_order(columns, data):
    shuffled = np.array(data.draw(st.permutations(range(columns.person.size))), np.int64)
    rows = shuffled[np.argsort(columns.person[shuffled], kind="stable")]
    both("sort_each", groups, columns.person, columns.start, columns.key, out=[rows])


@QUICK
@given(st.data(), st.integers(25, 90), st.sampled_from((DAYS, st.integers(0, 1))))
def test_many_rows_of_a_group_are_put_in_order(data, size, days):
    day, key = data.draw(arrays(np.int32, days, size)), data.draw(arrays(np.int64, st.integers(0, 9), size))
    ours, theirs = np.arange(size), np.arange(size)
    groups.sort_groups(np.array([0, size]), ours, day, key)
    event_twins.sort_groups(np.array([0, size]), theirs, day, key)
    np.testing.assert_array_equal(ours, theirs)
    rows, spare = data.draw(st.permutations(range(size))), np.empty((3, size), np.int64)
    alone = np.array(rows)
    groups.sort_rows(alone, day, key, spare)
    np.testing.assert_array_equal(alone, theirs)


@QUICK
@given(
    st.lists(st.integers(-60_000, 60_000), min_size=1, max_size=30), st.integers(-400, 400), st.integers(-5000, 5000)
)
def test_days_are_moved_and_ages_counted(days, months, number):
    day = frozen(np.array(days, np.int32))
    for arguments in ((0, months), (number, 0)):
        both("shift", calendar, day, *arguments, out=[np.zeros(day.size, np.int32)])
        assert calendar.moved(int(day[0]), *arguments) == event_twins.moved(int(day[0]), *arguments)
    person = frozen(np.arange(day.size, dtype=np.uint32)[::-1].copy())
    (codes,) = both("date_codes", calendar, int(day[0]), out=[np.zeros(500, np.int32)])
    looked_up = calendar.Calendar(int(day[0]), frozen(codes))
    (born,) = both("codes_of", calendar, day, looked_up, out=[np.zeros(day.size, np.int32)])
    born = frozen(born)
    (found,) = both("ages", calendar, person, born, day, looked_up, out=[np.zeros(day.size, np.int32)])
    assert found.tolist() == [completed_years(day[one], now) for one, now in zip(person, day, strict=True)]
    both("year_differences", calendar, person, day, day, looked_up, out=[np.zeros(day.size, np.int32)])
    both("birthdays", calendar, person, born, months // 12, out=[np.zeros(day.size, np.int64)])
    both("new_years", calendar, person, frozen(born // 512), months // 12, out=[np.zeros(day.size, np.int64)])


def completed_years(born, now):
    """Birthdays had, which come on the first of March where there is no 29th of February."""
    born, now = (datetime.date(1970, 1, 1) + datetime.timedelta(days=int(day)) for day in (born, now))
    return now.year - born.year - ((now.month, now.day) < (born.month, born.day))


@QUICK
@given(event_columns(), event_columns(), period_columns(), rooms, st.booleans())
def test_candidates(columns, others, periods, room, latest):
    many = [np.zeros(3 * columns.person.size, np.int64) for _ in range(2)]
    both("list_candidates", events, columns, periods, room, out=many)
    bests = []
    for module in (events, event_twins):
        best = events.Best(
            np.full(PEOPLE, -1, np.int32),
            *(np.zeros(PEOPLE, kind) for kind in (np.int64, np.int64, np.int32, np.int64, np.int32)),
        )
        module.keep_best(columns, periods, room, 0, 0, latest, best)
        module.keep_best(others, periods, room, 1, 0, latest, best)
        bests.append(best)
    for left, right in zip(*bests, strict=True):
        np.testing.assert_array_equal(left, right)
    alone = [np.full(PEOPLE, -1), np.full(PEOPLE, -1)]
    both("keep_best_alone", events, columns, periods, room, 0, latest, out=alone)


@QUICK
@given(event_columns(ordered=True), st.data())
def test_first_events_of_runs(columns, data):
    runs, first, last = runs_of(columns)
    opens = runs.row[:-1]
    out = [np.full(PEOPLE, -1), np.zeros(PEOPLE, np.int32)]
    rows, _ = both("keep_first_of_runs", events, first, last, runs, columns.key, 0, out=out)
    expected = np.full(PEOPLE, -1)
    event_twins.keep_first(columns, 0, False, expected)
    np.testing.assert_array_equal(rows, expected)
    since = np.array([data.draw(DAYS) for _ in opens], np.int32)
    until = (since + data.draw(st.integers(0, 50))).astype(np.int32)
    out = [np.zeros(opens.size, np.int64) for _ in range(2)]
    both("clip", windows, columns.start, opens, runs.row[1:], since, until, out=out)


@QUICK
@given(event_columns(ordered=True), period_columns(), rooms, st.data())
def test_runs_of_each_person_are_entered_in_one_order(columns, periods, room, data):
    runs, first, last = runs_of(columns)
    numbers = event_twins.places(first, last)
    numbers = numbers[np.argsort(runs.person[numbers], kind="stable")]
    people, opens = np.unique(runs.person[numbers], return_index=True)
    offsets = frozen(np.append(opens, numbers.size))
    since, until = np.zeros(people.size, np.int32), np.zeros(people.size, np.int32)
    events.span_observed(people, periods, room, since, until)
    later, sooner = (np.array([data.draw(st.sampled_from((0, 5))) for _ in people], np.int32) for _ in range(2))
    own = merging.RunsOfEach(frozen(people), offsets, runs.row[numbers], runs.row[numbers + 1])
    size, found = data.draw(st.sampled_from((3 * columns.person.size, 2))), []
    for module in (merging, event_twins):
        out = merging.Entered(*(np.zeros(size, kind) for kind in (np.uint32, np.int32, np.int64, np.int64)))
        used = module.enter_runs(own, columns, periods, room, since + later, until - sooner, out)
        found.append((used, *(column[:used].tolist() for column in out)))
    assert found[0] == found[1]


@QUICK
@given(event_columns(), period_columns(), st.booleans())
def test_first_events_and_their_periods(columns, periods, from_end):
    both("keep_first", events, columns, 0, from_end, out=[np.full(PEOPLE, -1)])
    size = columns.person.size
    both("containing", events, columns.person, columns.start, periods, out=[np.zeros(size, np.int64)])


@QUICK
@given(period_columns(), st.tuples(*[st.integers(-30, 0)] * 2, *[st.integers(0, 30)] * 2))
def test_days_that_periods_leave_room_for(periods, room):
    people = np.arange(PEOPLE, dtype=np.uint32)
    out = [np.zeros(PEOPLE, np.int32) for _ in range(2)]
    since, until = both("span_observed", events, people, periods, events.Room(*room), out=out)
    day = np.repeat(np.arange(-90, 150, dtype=np.int32), PEOPLE)
    person = np.tile(people, day.size // PEOPLE)
    columns = events.Events(np.array([0]), np.array([day.size]), person, day, day, 0, day, np.zeros(day.size, np.int64))
    rows = np.empty(4 * day.size, np.int64)
    used = event_twins.list_candidates(columns, periods, events.Room(*room), rows, rows.copy())
    inside = (since[person] <= day) & (day <= until[person])
    assert inside[rows[:used]].all()


@QUICK
@given(entry_bounds())
def test_windows_of_a_person_are_spanned(entries):
    offsets, bounds = entries
    offsets = np.unique(offsets)  # every person has an entry
    out = [np.zeros(offsets.size - 1, np.int32) for _ in range(2)]
    both("span_entries", windows, offsets, bounds.start_from, bounds.start_to, out=out)


@QUICK
@given(event_columns(), entry_bounds())
def test_events_are_counted_in_windows(columns, entries):
    offsets, bounds = entries
    size = offsets[-1]
    both("count_events", windows, columns, 0, offsets, bounds, out=[np.zeros(size, np.uint32)])
    out = [np.full(size, 99, np.int32)]
    days = [frozen(column.copy()) for column in bounds]
    both("earliest_start", windows, columns, 0, offsets, days[0], days[1], out=out)
    both("earliest_end", windows, columns, 0, offsets, days[0], out=out)


@QUICK
@given(event_columns(ordered=True), entry_bounds(), entry_bounds(open_ends=True))
def test_events_in_order_are_counted_by_looking_up(columns, entries, open_entries):
    for (offsets, bounds), by_end in ((entries, True), (open_entries, False)):
        both("count_runs", windows, columns, 0, offsets, bounds, by_end, out=[np.zeros(offsets[-1], np.uint32)])


@QUICK
@given(event_columns(ordered=True), entry_bounds(), st.booleans(), st.integers(1, 4))
def test_events_are_counted_in_their_runs(columns, entries, by_end, enough):
    offsets, bounds = entries
    runs, first, last = runs_of(columns)
    person = frozen(np.repeat(np.arange(PEOPLE, dtype=np.uint32), np.diff(offsets)))
    columns, out = columns._replace(first=first, last=last), [np.zeros(person.size, np.uint32)]
    both("count_in_runs", counting, columns, runs, person, bounds, by_end, enough, out=out)


@QUICK
@given(event_columns(ordered=True), entry_bounds(), st.data(), st.booleans(), st.integers(1, 4))
def test_events_with_fitting_values_are_counted(columns, entries, data, is_once_a_day, enough):
    offsets, bounds = entries
    runs, first, last = runs_of(columns)
    person = frozen(np.repeat(np.arange(PEOPLE, dtype=np.uint32), np.diff(offsets)))
    one, other = (value_test(data.draw, columns.person.size) for _ in range(2))
    counts = np.zeros(person.size, np.uint32)
    for own, after in zip(first.tolist(), last.tolist(), strict=True):
        out = [np.zeros(person.size, np.int64), np.zeros(person.size, np.int64)]
        low, high = both("find_in_runs", fitting, columns.start, runs, own, after, person, bounds, out=out)
        arguments = (columns.start, low, high, one, other, is_once_a_day, enough)
        counts = both("count_fitting", fitting, *arguments, out=[counts])[0]


@QUICK
@given(event_columns(ordered=True), period_columns(), rooms, st.data())
def test_the_earliest_fitting_event_is_kept(columns, periods, room, data):
    runs, first, last = runs_of(columns)
    one, other = (value_test(data.draw, columns.person.size) for _ in range(2))
    kept = [np.full(PEOPLE, -1), np.full(PEOPLE, -1)]
    for own, after in zip(first.tolist(), last.tolist(), strict=True):
        kept = both(
            "keep_earliest_fitting", fitting, columns, runs, own, after, one, other, periods, room, 0, out=kept
        )  # fmt: skip
    for row, before in itertools.product(range(columns.person.size), repeat=2):
        both("comes_before", events, columns, row, before, data.draw(st.booleans()), out=[])


def value_test(draw, size):
    """Values of so many rows, of which three are listed, and which of these fit."""
    kind = draw(st.sampled_from((np.uint8, np.uint16)))
    return fitting.Test(draw(arrays(kind, st.integers(0, 2), size)), draw(arrays(np.bool_, st.booleans(), 3)))


@QUICK
@given(st.lists(DAYS, max_size=20).map(sorted), st.integers(0, 20), st.integers(0, 20), DAYS, DAYS)
def test_places_are_found(days, low, high, day, earlier):
    start, person = frozen(np.array(days, np.int32)), frozen(np.array(days, np.int64).astype(np.uint32))
    low, high = sorted((min(low, start.size), min(high, start.size)))
    both("day_place", places, start, low, high, day, out=[])
    both("later_place", places, start, low, high, day, out=[])
    both("earlier_place", places, start, low, high, day, out=[])
    before = event_twins.day_place(start, low, high, earlier)
    both("next_place", places, start, low, before, high, day, out=[])
    ascending = frozen(np.sort(person))
    both("person_place", places, ascending, low, high, max(0, day), out=[])


@QUICK
@given(person_lines(), entry_bounds(), st.integers(1, 9))
def test_events_of_timelines_are_counted_by_looking_up(columns, entries, enough):
    (own, start), (offsets, bounds) = columns, entries
    person = frozen(np.repeat(np.arange(PEOPLE, dtype=np.uint32), np.diff(offsets)))
    both("count_in_timelines", counting, own, start, person, bounds, enough, out=[np.zeros(person.size, np.uint32)])


@QUICK
@given(event_columns(), entry_bounds(), st.booleans(), st.booleans(), st.data())
def test_values_are_counted_in_windows(columns, entries, same_visit, distinct, data):
    (offsets, bounds), size = entries, columns.person.size
    own, rows = np.zeros(PEOPLE + 1, np.int64), np.zeros(size, np.int64)
    groups.group(columns.person, 0, own, rows)
    groups.sort_groups(own, rows, columns.start, columns.key)
    few = st.sampled_from((int(windows.ABSENT), 1, 2, 3))
    value, visit = data.draw(arrays(np.int64, few, size)), data.draw(arrays(np.int64, few, size))
    places = np.arange(size)
    groups.sort_groups(own, places, frozen(np.zeros(size, np.int32)), value)
    (previous,) = both("link_values", windows, own, places, value, out=[np.full(size, -1)])
    if not distinct:
        previous = np.full(size, -1)
    days = (frozen(columns.start[rows]), frozen(columns.end[rows]))
    ordered = windows.Ordered(own, *days, visit, frozen(previous))
    wanted = data.draw(arrays(np.int64, few, int(offsets[-1])))
    out = [np.zeros(offsets[-1], np.uint32)]
    enough = data.draw(st.integers(1, 4))
    both("count_values", windows, ordered, offsets, bounds, wanted, same_visit, enough, out=out)
    both("count_starts", windows, ordered, offsets, bounds, out=out)
