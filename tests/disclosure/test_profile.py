"""Profiles: a person is counted in few groups, chosen by their own record alone, and pays for as many."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.aggregate import place_members
from engine.aggregate.profile import place_profile
from engine.disclosure.display import Display
from engine.disclosure.request import Profile
from engine.disclosure.safe import Suppressed
from engine.personset import PersonSet
from schemas.policy import CONTROLLED_TIER, Precision
from tests.disclosure.conftest import PEOPLE

NAMES = ("a", "b", "c", "d")


def people(*numbers: int, size: int = 30) -> PersonSet:
    return PersonSet.from_indices(np.array(numbers, np.uint32), size)


SETS = st.frozensets(st.integers(0, 29))


@settings(deadline=None)  # kernels are compiled on first use
@given(SETS, st.lists(SETS, min_size=4, max_size=4), st.integers(1, 4), st.integers(0, 29))
def test_a_person_is_counted_in_as_many_of_their_groups_as_allowed_and_moves_nobody_else(cohort, groups, most, who):
    raw = place_profile(people(*cohort), [people(*each) for each in groups], names=NAMES, most=most)
    for person, cells in zip(raw.persons.tolist(), raw.cells.tolist(), strict=True):
        mine = {place for place, group in enumerate(groups) if person in group}
        counted = [cell for cell in cells if cell >= 0]
        assert person in cohort and len(counted) == len(set(counted)) == min(most, len(mine)) and set(counted) <= mine
    assert set(raw.persons.tolist()) == {person for person in cohort if any(person in group for group in groups)}
    without = place_profile(people(*cohort - {who}), [people(*each) for each in groups], names=NAMES, most=most)
    assert (without.count_all() == raw.count(raw.persons != who)).all()
    assert ((raw.count_all() - without.count_all()) ** 2).sum() <= Profile(hashes=NAMES, most=most).presence_squared


def test_people_of_several_groups_are_spread_over_them():
    everybody = PersonSet.all(40_000)
    counts = place_profile(everybody, [everybody] * 4, names=NAMES, most=1).count_all()
    assert counts.sum() == 40_000
    assert np.abs(counts - 10_000).max() < 5 * np.sqrt(40_000 * 0.25 * 0.75)


def test_a_profile_costs_twice_its_bound_and_charges_the_bound(asker, tmp_path):
    groups = [PersonSet.from_indices(np.arange(start, start + 900), PEOPLE) for start in (0, 500, 5_000)]
    cohort = PersonSet.from_indices(np.arange(2_000), PEOPLE)
    answer = asker.gate.release_profile(
        asker.request("q"),
        Profile(hashes=NAMES[:3], most=2),
        evaluate_count=lambda: place_members(cohort),
        evaluate_groups=lambda: place_profile(cohort, groups, names=NAMES[:3], most=2),
    )
    assert answer.receipt.charged == Precision.FINE.cost(1) + Precision.FINE.cost(4)
    assert [abs(cell.count.value - 900) <= 60 for cell in answer.groups[:2]] == [True, True]  # six deviations
    assert answer.groups[2].count == Suppressed(less_than=40)


def test_no_group_is_shown_larger_than_the_cohort_or_without_it():
    display = Display(rules=CONTROLLED_TIER, sigma=10, population=PEOPLE)
    assert [value.value for value in display.profile(500, [520, 300])] == [500, 300]
    assert display.profile(12, [900]) == (Suppressed(less_than=40),)
