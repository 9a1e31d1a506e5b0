"""Every kernel over events gives what its twin in NumPy or plain Python gives."""

import datetime
import inspect
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels import (
    calendar,
    counting,
    event_twins,
    events,
    fitting,
    groups,
    lines,
    merging,
    places,
    predicates,
    ranges,
    row_twins,
    spells,
    timelines,
    walk_twins,
    walks,
    windows,
)
from engine.kernels.warm import warm_up

MODULES = (
    ranges,
    groups,
    calendar,
    counting,
    events,
    fitting,
    lines,
    merging,
    places,
    windows,
    spells,
    predicates,
    timelines,
    walks,
)
QUICK = settings(deadline=None, max_examples=80)
PEOPLE = 5
DAYS = st.integers(-40, 40)


@pytest.fixture(scope="module", autouse=True)
def compiled():
    warm_up()


def arrays(dtype, elements, size):
    return st.lists(elements, min_size=size, max_size=size).map(lambda values: frozen(np.array(values, dtype)))


def frozen(array):
    array.flags.writeable = False
    return array


def in_index(row):
    """What rows of a concept are sorted by: person, first day, key."""
    person, start, _, key = row
    return person, start, key


@st.composite
def event_columns(draw, ordered=False):
    """Events of a few people in two stretches; with `ordered` as the index has them."""
    size = draw(st.integers(0, 12))
    cut = draw(st.integers(0, size))
    rows = [
        (draw(st.integers(0, PEOPLE - 1)), draw(DAYS), draw(st.integers(0, 9)), draw(st.integers(0, 3)))
        for _ in range(size)
    ]
    if ordered:
        rows = sorted(rows[:cut], key=in_index) + sorted(rows[cut:], key=in_index)
    person, start, length, key = np.array(rows, np.int64).reshape(-1, 4).T
    columns = [frozen(column.astype(kind)) for column, kind in (
        (person, np.uint32), (start, np.int32), (start + length, np.int32), (start, np.int32), (key, np.int64))]  # fmt: skip
    lasting = draw(st.integers(0, 1))
    first, last = np.array([0, cut]), np.array([cut, size])
    return events.Events(first, last, *columns[:3], lasting, *columns[3:])


@st.composite
def period_columns(draw):
    """Periods of each person in order; they may overlap."""
    spans = [
        sorted((draw(DAYS), draw(st.integers(0, 60))) for _ in range(draw(st.integers(0, 3)))) for _ in range(PEOPLE)
    ]
    offsets = np.cumsum([0, *map(len, spans)])
    flat = np.array([(start, start + length) for own in spans for start, length in own], np.int32).reshape(-1, 2)
    return events.Periods(frozen(offsets), frozen(flat[:, 0].copy()), frozen(flat[:, 1].copy()))


@st.composite
def entry_bounds(draw, open_ends=False):
    """Entries of each person, and the days that events must start and end between."""
    counts = draw(st.lists(st.integers(0, 3), min_size=PEOPLE, max_size=PEOPLE))
    size = sum(counts)
    low = [draw(arrays(np.int32, DAYS, size)).copy() for _ in range(2)]
    high = [days + draw(st.integers(0, 50)) for days in low]
    if open_ends:
        low[1][:], high[1][:] = np.iinfo(np.int32).min, np.iinfo(np.int32).max
    bounds = windows.Bounds(low[0], high[0].astype(np.int32), low[1], high[1].astype(np.int32))
    return np.cumsum([0, *counts]), bounds


@st.composite
def person_lines(draw):
    """The first days of each person's events, in order, and where those of each begin."""
    days = [sorted(draw(st.lists(DAYS, max_size=8))) for _ in range(PEOPLE)]
    return frozen(np.cumsum([0, *map(len, days)])), frozen(np.array([day for own in days for day in own], np.int32))


def runs_of(columns):
    """The runs of events in order, and the first and last run of each stretch."""
    listed = event_twins.places(columns.first, columns.last)
    opens = [row for row in listed if row in columns.first or columns.person[row] != columns.person[row - 1]]
    opens = np.array(opens, np.int64)
    row = frozen(np.append(opens, columns.person.size))
    runs = events.Runs(frozen(columns.person[opens]), frozen(columns.start[opens]), row)
    return runs, np.searchsorted(opens, columns.first), np.searchsorted(opens, columns.last)


rooms = st.builds(
    events.Room, st.integers(-20, 0), st.sampled_from((0, 0, -1)), st.integers(0, 20), st.sampled_from((0, 0, 1))
)


def twin_of(name):
    """The twin of a kernel."""
    return next(getattr(twins, name) for twins in (event_twins, row_twins, walk_twins) if hasattr(twins, name))


def both(name, module, *arguments, out):
    """Run a kernel and its twin, each on copies of the arrays they write to; what they give must be alike."""
    ours, theirs = ([array.copy() for array in out] for _ in range(2))
    found = getattr(module, name)(*arguments, *ours)
    expected = twin_of(name)(*arguments, *theirs)
    assert found == expected
    for left, right in zip(ours, theirs, strict=True):
        used = left.size if found is None else min(left.size, found if isinstance(found, int) else left.size)
        np.testing.assert_array_equal(left[:used], right[:used])
    return ours


def test_every_kernel_has_a_twin_with_the_same_parameters():
    for module in MODULES:
        kernels = {
            name: value
            for name, value in vars(module).items()
            if hasattr(value, "py_func") and name[0] != "_" and value.py_func.__module__ == module.__name__
        }
        assert kernels
        for name, kernel in kernels.items():
            assert inspect.signature(twin_of(name)) == inspect.signature(kernel.py_func), name


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
@given(st.data(), st.integers(0, 9), st.booleans(), st.sampled_from((np.int32, np.float64)))
def test_predicates(data, size, outside, kind):
    truths = st.sampled_from((0, 1, 2))
    listed = data.draw(arrays(np.int8, truths, 4)).copy()
    codes = data.draw(arrays(np.uint8, st.integers(0, 3), size))
    first, last = cut_stretches(data, size)
    number = int((last - first).sum())
    for kind_listed in (np.int8, np.float64, np.int64):
        own = listed.astype(kind_listed)
        both("look_up", predicates, codes, first, last, own, out=[np.zeros(number, kind_listed)])
    values = data.draw(arrays(kind, st.sampled_from((1, 2, 3, 4) if kind is np.int32 else (1.0, 2.5, np.nan)), size))
    low, high = sorted(
        (data.draw(st.sampled_from((1.0, 2.5, 3.0, -np.inf))), data.draw(st.sampled_from((2.0, np.inf))))
    )
    owner = data.draw(arrays(np.uint32, st.integers(7, 7 + PEOPLE - 1), size))
    told, known = (data.draw(arrays(np.int8, truths, number)) for number in (size, PEOPLE))
    both("join_by_owner", predicates, owner, 7, told, out=[known])
    both("lies_between", predicates, values, low, high, outside, 4.0, out=[np.zeros(size, np.int8)])
    left, right = (data.draw(arrays(np.int8, truths, size)).copy() for _ in range(2))
    for name, others in (("conjoin", (right,)), ("disjoin", (right,)), ("negate", ())):
        ours, theirs = left.copy(), left.copy()
        getattr(predicates, name)(ours, *others)
        getattr(row_twins, name)(theirs, *others)
        np.testing.assert_array_equal(ours, theirs)


@QUICK
@given(st.data(), st.integers(0, 9))
def test_values_outside_their_range_and_what_is_true(data, size):
    columns = [data.draw(arrays(np.float64, st.sampled_from((np.nan, 1.0, 2.0)), size)).copy() for _ in range(3)]
    both("lies_outside", predicates, *columns, out=[np.zeros(size, np.int8)])
    first, last = cut_stretches(data, size)
    truth = data.draw(arrays(np.int8, st.sampled_from((0, 1, 2)), int((last - first).sum()))).copy()
    out = [np.zeros(int((truth == 1).sum()) + 1, np.int64) for _ in range(2)]
    both("keep_true", ranges, truth, first, last, out=out)


@QUICK
@given(st.lists(st.tuples(st.sampled_from((0, 0, 1, 2)), st.integers(1, 20)), max_size=8), st.data())
def test_what_is_true_is_found_in_stretches_of_many_rows(lengths, data):
    """Rows are looked at eight at a time."""
    values, repeats = np.array(lengths, np.int64).reshape(-1, 2).T
    first, last = cut_stretches(data, int(repeats.sum()))
    own = [np.repeat(values, repeats)[low:high] for low, high in zip(first, last, strict=True)]
    truth = np.concatenate(own).astype(np.int8)
    out = [np.zeros(int((truth == 1).sum()) + 1, np.int64) for _ in range(2)]
    both("keep_true", ranges, truth, first, last, out=out)


@QUICK
@given(st.data())
def test_events_of_people_are_found_in_their_timelines(data):
    lengths = data.draw(st.lists(st.integers(0, 4), min_size=PEOPLE, max_size=PEOPLE))
    days = [sorted(data.draw(st.lists(DAYS, min_size=length, max_size=length))) for length in lengths]
    size = sum(lengths)
    held = timelines.Lines(
        frozen(np.cumsum([0, *lengths])),
        frozen(np.array([day for own in days for day in own], np.int32)),
        data.draw(arrays(np.uint16, st.integers(0, 2), size)),
        data.draw(arrays(np.uint32, st.integers(0, 99), size)),
    )
    people = np.array(sorted(data.draw(st.sets(st.integers(0, PEOPLE - 1)))), np.uint32)
    since, until = (data.draw(arrays(np.int32, DAYS, people.size)).copy() for _ in range(2))
    edges = [np.zeros(people.size, np.int64) for _ in range(2)]
    low, high = held.offsets[people.astype(np.int64)], held.offsets[people.astype(np.int64) + 1]
    first, last = both("clip_days", lines, held.start, low, high, since, until, out=edges)
    is_wanted = np.array(data.draw(st.lists(st.booleans(), min_size=3, max_size=3)))
    found = []
    for module in (timelines, row_twins):
        out = timelines.Found(*(np.zeros(size, kind) for kind in (np.uint32, np.int32, np.int64)))
        ends = np.zeros(people.size, np.int64)
        module.take_lines(held, people, first, last, is_wanted, ends, out)
        used = int(ends[-1]) if ends.size else 0
        found.append([ends.tolist(), *(column[:used].tolist() for column in out)])
    assert found[0] == found[1]


@QUICK
@given(event_columns(ordered=True), st.data())
def test_days_of_runs_are_found(columns, data):
    runs, _, _ = runs_of(columns)
    own = np.flatnonzero(data.draw(arrays(np.bool_, st.booleans(), runs.person.size)))
    since, until = (data.draw(arrays(np.int32, DAYS, PEOPLE)).copy() for _ in range(2))
    out = [np.zeros(own.size, np.int64) for _ in range(2)]
    both("clip_runs", timelines, runs, own, columns.start, 0, since, until, out=out)


def cut_stretches(data, size):
    """Stretches of some of so many rows, one of them perhaps empty."""
    edges = sorted(data.draw(st.lists(st.integers(0, size), min_size=6, max_size=6)))
    return np.array(edges[::2]), np.array(edges[1::2])


@QUICK
@given(st.lists(st.integers(-9, 9), min_size=40, max_size=120))
def test_many_spells_of_a_person_are_put_in_order(numbers):
    both("sort_spells", spells, np.array([0, len(numbers)]), out=[np.array(numbers)])


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
@given(person_lines(), entry_bounds(), st.integers(1, 9), st.data())
def test_events_of_some_concepts_are_counted_in_timelines(columns, entries, enough, data):
    (own, start), (offsets, bounds) = columns, entries
    person = frozen(np.repeat(np.arange(PEOPLE, dtype=np.uint32), np.diff(offsets)))
    concept = data.draw(arrays(np.uint16, st.integers(0, 2), start.size))
    held = timelines.Lines(own, start, concept, frozen(np.zeros(start.size, np.uint32)))
    wanted = np.array(data.draw(st.lists(st.booleans(), min_size=3, max_size=3)))
    out = [np.zeros(person.size, np.uint32)]
    both("count_wanted", timelines, held, person, wanted, bounds, enough, out=out)


@QUICK
@given(person_lines(), st.integers(1, 9))
def test_lines_are_cut(columns, number):
    offsets, start = columns
    low, high = offsets[:-1], offsets[1:]
    both("cut_first", lines, low, high, number, out=[np.zeros(PEOPLE, np.int64)])
    both("cut_last", lines, start, low, high, number, out=[np.zeros(PEOPLE, np.int64)])


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


@QUICK
@given(event_columns(), st.integers(0, 20), st.integers(1, 20))
def test_events_are_joined_and_gaps_found(columns, gap, at_least):
    (counts,) = both("count_owners", spells, columns, False, 0, out=[np.zeros(PEOPLE, np.int64)])
    rows = np.arange(columns.person.size)
    each = columns._replace(first=rows, last=rows + 1)
    both("count_owners", spells, each, True, 0, out=[np.zeros(PEOPLE, np.int64)])
    offsets, size = np.cumsum([0, *counts]), columns.person.size
    _, packed = both("pack_spells", spells, columns, 0, out=[offsets[:-1].copy(), np.zeros(size, np.int64)])
    (ordered,) = both("sort_spells", spells, offsets, out=[packed])
    for name, days in (("join_eras", gap), ("list_gaps", at_least)):
        found = []
        for module in (spells, row_twins):
            out = spells.Spans(*(np.zeros(size, kind) for kind in (np.uint32, np.int32, np.int32, np.int64)))
            used = getattr(module, name)(offsets, ordered, 0, days, out)
            found.append([column[:used].tolist() for column in out])
        assert found[0] == found[1]


@QUICK
@given(event_columns(), st.sampled_from((0.5, 1.0, 2.0)), st.integers(-30, -1), st.sampled_from((0, -1)), st.data())
def test_trends(columns, by, days, months, data):
    size = columns.person.size
    offsets, rows = np.zeros(PEOPLE + 1, np.int64), np.zeros(size, np.int64)
    groups.group(columns.person, 0, offsets, rows)
    groups.sort_groups(offsets, rows, columns.start, columns.key)
    unit = data.draw(arrays(np.int64, st.integers(0, 1), size))
    value = data.draw(arrays(np.float64, st.sampled_from((np.nan, 1.0, 1.5, 3.0)), size))
    oldest = np.zeros(size, np.int32)
    event_twins.shift(columns.start, days, months, oldest)
    trend = spells.Trend(by, data.draw(st.booleans()))
    out = [np.zeros(size, np.bool_)]
    both("find_trends", spells, offsets, rows, columns.start, frozen(oldest), unit, value, trend, out=out)
