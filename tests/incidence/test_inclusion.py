"""Inclusion statistics: which entries pass which rules, in both of OHDSI's modes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.aggregate.inclusion import InclusionStatistics, inclusion_statistics
from engine.personset import PersonSet
from engine.physical.entries import CohortResult, CohortRows
from schemas.inclusion import InclusionMode

PERSONS = 6
EVERYBODY = PersonSet.all(PERSONS)
MANY = 70
"""Rules, more than fit the 64 bits in which OHDSI's SQL keeps what an entry passes."""


def result(entries: list[tuple[int, list[bool]]], rules: int) -> CohortResult:
    """A cohort whose qualified entries, of the persons given and in this order, pass the rules given."""
    nothing = np.empty(0, np.int32)
    return CohortResult(
        rows=CohortRows(person=nothing.astype(np.uint32), start=nothing, end=nothing),
        progress=np.full(PERSONS, -1, np.int16),
        qualified=np.array([person for person, _ in entries], np.uint32),
        passed=np.array([passed for _, passed in entries], np.bool_).reshape(len(entries), rules).T,
    )


def by_hand(entries: list[tuple[int, list[bool]]], rules: int) -> InclusionStatistics:
    patterns: dict[tuple[bool, ...], int] = {}
    for _, passed in entries:
        patterns[tuple(passed)] = patterns.get(tuple(passed), 0) + 1
    return InclusionStatistics(
        total=len(entries),
        passed_all=sum(all(passed) for _, passed in entries),
        passed=tuple(sum(passed[rule] for _, passed in entries) for rule in range(rules)),
        gain=tuple(
            sum(not passed[rule] and sum(passed) == rules - 1 for _, passed in entries) for rule in range(rules)
        ),
        patterns=patterns,
    )


def best(entries: list[tuple[int, list[bool]]]) -> list[tuple[int, list[bool]]]:
    """One entry a person: most rules, then earliest first rule, then earliest entry."""
    chosen: dict[int, list[bool]] = {}
    for person, passed in entries:
        if person not in chosen or rank(passed) > rank(chosen[person]):
            chosen[person] = passed
    return list(chosen.items())


def rank(passed: list[bool]) -> tuple[int, int]:
    return sum(passed), -(passed.index(True) if any(passed) else 0)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[tuple[int, list[bool]]], int]:
    rules = draw(st.sampled_from((0, 1, 2, 3, 8, 9)))
    passed = st.lists(st.sampled_from((True, True, False)), min_size=rules, max_size=rules)
    entries = draw(st.lists(st.tuples(st.integers(0, PERSONS - 1), passed), max_size=12))
    return sorted(entries, key=lambda entry: entry[0]), rules


@given(world=worlds())
def test_events_counts_every_entry_and_best_event_one_a_person(world):
    entries, rules = world
    found = result(entries, rules)
    assert inclusion_statistics(found, InclusionMode.EVENTS, EVERYBODY) == by_hand(entries, rules)
    assert inclusion_statistics(found, InclusionMode.BEST_EVENT, EVERYBODY) == by_hand(best(entries), rules)


def test_there_is_no_limit_at_63_rules():
    only_the_last_fails = [True] * (MANY - 1) + [False]
    entries = [(0, [True] * MANY), (1, only_the_last_fails), (1, [False] * MANY), (2, only_the_last_fails)]
    events = inclusion_statistics(result(entries, MANY), InclusionMode.EVENTS, EVERYBODY)
    assert (events.total, events.passed_all) == (4, 1)
    assert events.passed == (3,) * (MANY - 1) + (1,)
    assert events.gain == (0,) * (MANY - 1) + (2,)
    assert events.patterns == {(True,) * MANY: 1, tuple(only_the_last_fails): 2, (False,) * MANY: 1}
    assert inclusion_statistics(result(entries, MANY), InclusionMode.BEST_EVENT, EVERYBODY).total == 3


def test_who_did_not_consent_is_not_counted():
    entries = [(0, [True]), (1, [True]), (1, [False])]
    base = PersonSet.from_indices(np.array([0]), PERSONS)
    assert inclusion_statistics(result(entries, 1), InclusionMode.EVENTS, base).total == 1


def test_true_numbers_do_not_show_themselves():
    statistics = inclusion_statistics(result([(0, [True])], 1), InclusionMode.EVENTS, EVERYBODY)
    assert "1" not in repr(statistics)
    with pytest.raises(TypeError):
        statistics.__reduce__()
