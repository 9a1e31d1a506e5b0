"""Sets of people: algebra, counting and what they refuse."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.personset import PersonSet, Tri
from schemas.errors import InternalError


@st.composite
def pairs_of_masks(draw, count=2):
    size = draw(st.integers(0, 200))
    return [np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)), bool) for _ in range(count)]


@settings(deadline=None)
@given(pairs_of_masks())
def test_algebra_is_that_of_boolean_arrays(masks):
    left, right = masks
    one, two = PersonSet.from_mask(left), PersonSet.from_mask(right)
    for result, expected in (
        (one & two, left & right),
        (one | two, left | right),
        (one - two, left & ~right),
        (~one, ~left),
    ):
        assert np.array_equal(result.to_mask(), expected)
        assert result.count() == expected.sum()
        assert np.array_equal(result.indices(), np.flatnonzero(expected))
        assert result == PersonSet.from_indices(np.flatnonzero(expected)[::-1], left.size)
        assert np.array_equal(result.contains(np.arange(left.size)), expected)
    assert one.count_common(two) == (left & right).sum()
    assert PersonSet.all(left.size).count() == left.size
    assert hash(one) == hash(PersonSet.from_mask(left))


def _kleene(left, right):
    """True, unknown and false as 1, 0 and -1: `and` is the minimum, `or` the maximum."""
    return np.minimum(left, right), np.maximum(left, right), -left


def _values(tri):
    return tri.true.to_mask().astype(int) - tri.false.to_mask()


@settings(deadline=None)
@given(pairs_of_masks(count=4))
def test_three_values_follow_kleene(masks):
    tris = [
        Tri(PersonSet.from_mask(true), PersonSet.from_mask(~true & unknown)) for true, unknown in (masks[:2], masks[2:])
    ]
    expected = _kleene(*map(_values, tris))
    for result, values in zip((tris[0] & tris[1], tris[0] | tris[1], ~tris[0]), expected, strict=True):
        assert np.array_equal(_values(result), values)
        assert (result.true & result.unknown).count() == 0


def test_a_set_does_not_show_or_ship_its_members():
    people = PersonSet.from_indices(np.array([3, 5]), 10)
    assert repr(people) == "PersonSet(of 10)"
    with pytest.raises(TypeError, match="no serializer"):
        pickle.dumps(people)
    with pytest.raises(ValueError, match="read-only"):
        people.words[0] = 0


def test_sets_of_different_sizes_and_foreign_indices_are_our_bug():
    with pytest.raises(InternalError, match="different releases"):
        PersonSet.none(3) | PersonSet.none(4)
    with pytest.raises(InternalError, match="outside"):
        PersonSet.from_indices(np.array([4]), 4)
    with pytest.raises(InternalError, match="outside"):
        PersonSet.all(4).contains(np.array([0, 4]))
    with pytest.raises(InternalError, match="do not fit"):
        PersonSet(np.zeros(2, np.uint64), 3)
