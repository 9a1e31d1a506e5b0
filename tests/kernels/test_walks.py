"""Walking along days leaps over those on which nothing can be met, and comes to where its twin comes that does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels import events, walk_twins, walks

PEOPLE = 40
EDGES = (-walks.NEVER, -20, -7, -1, 0, 1, 7, 20, walks.NEVER)
ROOMS = (events.Room(0, 0, 0, 0),) * 3 + (events.Room(-5, 0, 3, 0), events.Room(0, -1, 0, 0))


def frozen(array):
    array.flags.writeable = False
    return array


def lines_of(random):
    """The first days of each person's events, in order, and where those of each begin."""
    days = [np.sort(random.integers(-40, 40, random.integers(0, 12))) for _ in range(PEOPLE)]
    return frozen(np.cumsum([0, *map(len, days)])), frozen(np.concatenate(days).astype(np.int32))


def periods_of(random):
    """Mostly one period a person; others have none, or two that may overlap."""
    number = random.choice([0, 1, 1, 1, 2], PEOPLE)
    start = [np.sort(random.integers(-50, 10, each)) for each in number]
    begins = np.concatenate(start).astype(np.int32)
    return events.Periods(
        frozen(np.cumsum([0, *number])), frozen(begins), frozen(begins + random.integers(0, 60, begins.size, np.int32))
    )


def listed_of(random):
    """Events to count: of each person one stretch, or two, and maybe those of some concepts only."""
    offsets, start = lines_of(random)
    first, last, owned = offsets[:-1], offsets[1:], np.arange(PEOPLE + 1)
    if random.random() < 0.25:
        middle = (first + last) // 2
        first, last = np.stack([first, middle], 1).ravel(), np.stack([middle, last], 1).ravel()
        owned = 2 * owned
    concept = frozen(random.integers(0, 3, start.size).astype(np.uint16))
    columns = (frozen(owned.copy()), frozen(first.copy()), frozen(last.copy()), start, concept)
    return walks.Listed(0, *columns, frozen(np.array([True, False, True])), bool(random.random() < 0.25))


def condition_of(random):
    """A condition on a number of events."""
    least, most = ((0, 0), (0, 1), (1, walks.NEVER), (2, walks.NEVER), (3, walks.NEVER), (1, 2))[random.integers(6)]
    since, until = sorted(random.choice(EDGES, 2).tolist())
    enough = least if most == walks.NEVER else most + 1
    return walks.Test(since, until, bool(random.random() < 0.75), least, most, enough)


def everybody(lines):
    """Everybody who has events, before the first step."""
    offsets = lines[0]
    person = np.flatnonzero(np.diff(offsets))
    places = [np.zeros(person.size, np.int64) for _ in range(2)]
    days = [np.zeros(person.size, np.int32) for _ in range(3)]
    low, high = offsets[person].copy(), offsets[person + 1].copy()
    return walks.Walk(frozen(person.astype(np.uint32)), low, high, *places, *days, np.zeros(person.size, np.uint16))


def days_within_reach(random, size):
    """The days on which each may walk: any, or few."""
    if random.random() < 0.5:
        return np.full(size, -99, np.int32), np.full(size, 99, np.int32)
    return random.integers(-50, 20, size, np.int32), random.integers(-20, 50, size, np.int32)


def arrive(kernels, way, walk, reach, asked):
    """Let everybody walk to where all is met."""
    for first, last in ((0, walk.person.size // 2), (walk.person.size // 2, walk.person.size)):
        kernels.set_out(way, walk, *reach, first, last)
    waiting, rounds = np.flatnonzero(walk.at != walks.OVER), 0
    while asked and waiting.size:
        test, listed = asked[rounds % len(asked)]
        waiting = waiting[: kernels.walk_to(way, walk, test, listed, len(asked), waiting)]
        rounds += 1
    return walk


@pytest.mark.parametrize("seed", range(300))
def test_everybody_comes_to_where_their_twin_comes(seed):
    random = np.random.default_rng(seed)
    lines, asked = lines_of(random), [(condition_of(random), listed_of(random)) for _ in range(random.integers(4))]
    way = walks.Way(lines[1], periods_of(random), ROOMS[random.integers(len(ROOMS))], bool(seed % 2))
    reach = days_within_reach(random, everybody(lines).person.size)
    ours, theirs = (arrive(kernels, way, everybody(lines), reach, asked) for kernels in (walks, walk_twins))
    np.testing.assert_array_equal(ours.at, theirs.at)
    stands = ours.at != walks.OVER
    for name in ("period", "day", "observed_from", "observed_to"):
        np.testing.assert_array_equal(getattr(ours, name)[stands], getattr(theirs, name)[stands])


def test_more_conditions_than_a_byte_counts_are_met():
    offsets, start = frozen(np.arange(PEOPLE + 1) * 2), frozen(np.array([0, 9] * PEOPLE, np.int32))
    wide = frozen(np.full(PEOPLE, -99, np.int32)), frozen(np.full(PEOPLE, 99, np.int32))
    way = walks.Way(start, events.Periods(frozen(np.arange(PEOPLE + 1)), *wide), events.Room(0, 0, 0, 0), False)
    columns = (frozen(np.arange(PEOPLE + 1)), frozen(offsets[:-1].copy()), frozen(offsets[1:].copy()), start)
    listed = walks.Listed(0, *columns, frozen(np.zeros(0, np.uint16)), frozen(np.zeros(0, np.bool_)), False)
    before = walks.Test(-walks.NEVER, -1, True, 1, walks.NEVER, 1)
    walk = arrive(walks, way, everybody((offsets, start)), wide, [(before, listed)] * 300)
    assert walk.day.tolist() == [9] * PEOPLE
    assert walk.met.tolist() == [300] * PEOPLE


@settings(deadline=None, max_examples=80)
@given(st.lists(st.lists(st.integers(3, 9), unique=True, max_size=6).map(sorted), min_size=1, max_size=3))
def test_the_runs_of_a_person_lie_together(owners):
    person = frozen(np.array([one for own in owners for one in own], np.uint32))
    ends = np.cumsum([0, *map(len, owners)])
    row = frozen(np.arange(person.size + 1) * 2)
    found = []
    for kernels in (walks, walk_twins):
        offsets, first, last = np.zeros(8, np.int64), np.zeros(person.size, np.int64), np.zeros(person.size, np.int64)
        kernels.count_owned(ends[:-1], ends[1:], person, 3, offsets)
        kernels.list_owned(ends[:-1], ends[1:], person, row, 3, offsets, first, last)
        found.append((offsets.tolist(), first.tolist(), last.tolist()))
    assert found[0] == found[1]
