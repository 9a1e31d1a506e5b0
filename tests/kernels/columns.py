"""Columns of a few people as kernels over events take them, and a kernel beside its twin."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from engine.kernels import (
    event_twins,
    events,
    windows,
)
from tests.lib.kernels import twin_of

QUICK = settings(deadline=None, max_examples=80)
PEOPLE = 5
DAYS = st.integers(-40, 40)


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
