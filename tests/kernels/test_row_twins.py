"""Every kernel over rows, spells and timelines gives what its twin in NumPy or plain Python gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kernels import (
    event_twins,
    groups,
    lines,
    predicates,
    ranges,
    row_twins,
    spells,
    timelines,
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
    person_lines,
    runs_of,
)


@pytest.fixture(scope="module", autouse=True)
def compiled():
    warm_up()


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


def cut_stretches(data, size):
    """Stretches of some of so many rows, one of them perhaps empty."""
    edges = sorted(data.draw(st.lists(st.integers(0, size), min_size=6, max_size=6)))
    return np.array(edges[::2]), np.array(edges[1::2])


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


@QUICK
@given(st.lists(st.integers(-9, 9), min_size=40, max_size=120))
def test_many_spells_of_a_person_are_put_in_order(numbers):
    both("sort_spells", spells, np.array([0, len(numbers)]), out=[np.array(numbers)])


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
