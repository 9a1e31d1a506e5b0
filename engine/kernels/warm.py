"""Compiling every kernel ahead of the first question."""

import numpy as np

from engine.kernels import calls, equilibrium, joining, linkage, parts, rates, weights, words
from engine.kernels.warm_events import warm_events


def warm_up() -> None:
    """Compile, or load from the cache, every kernel for the types the engine calls it with."""
    people, ids = np.zeros(1, np.uint64), np.zeros(1, np.uint32)
    for fixed in (people, ids):  # as person sets and mapped files are; Numba compiles these apart
        fixed.flags.writeable = False
    _warm_words(people, ids)
    one_call = np.zeros(1, np.int8)
    calls.planes(one_call, ids.copy(), people.copy(), people.copy(), people.copy())
    calls.place(one_call, ids.copy(), one_call.copy())
    calls.split_allele(np.zeros((1, 3), np.int16), np.zeros(1, np.intp), np.zeros(1, np.uint8), 1, one_call.copy())
    _warm_parts(people)
    counts = np.ones(1, np.int64)
    equilibrium.exact_equilibrium(counts, counts, counts, np.zeros(1))
    planes = np.zeros((3, 1), np.uint64)
    linkage.joint_counts(planes, planes, people, np.zeros((3, 3), np.int64))
    warm_events()
    _warm_rates(ids)


def _warm_words(people: words.Words, ids: words.Ids) -> None:
    words.count(people)
    words.count_common(people, people)
    words.unite(people.copy(), people)
    words.insert(people.copy(), ids)
    words.insert(people.copy(), ids.copy())
    words.insert_stretches(people.copy(), ids, np.zeros(1, np.int64), np.zeros(1, np.int64))
    words.count_members(people, ids)
    words.list_ids(people, ids.copy())
    for told in (ids, ids.copy()):
        words.mark_members(people, told, 1, np.zeros(1, np.int8))


def _warm_parts(people: words.Words) -> None:
    stream = parts.Stream(people.view(np.uint16), people.view(np.uint32), people)
    one = parts.Parts(np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(1, np.uint8))
    parts.unchecked_blocks(one, 0, 64, np.zeros(1, np.bool_), 1)
    parts.count_parts(stream, one, people, np.zeros(1, np.int64))
    parts.unite_parts(stream, one, people.copy())
    levels = np.zeros((1, 1), np.uint64)
    for among in (people, people.copy()):
        parts.raise_levels(stream, one, levels, among, False)
    parts.paint_parts(stream, one, np.zeros(1, np.uint8), np.zeros(1, np.uint8))
    parts.encode_halves(np.zeros(1, np.uint32), 1, np.zeros(2, np.uint16))
    sums = np.zeros(64)
    weights.add_lists(stream, one, sums, 0, 1, sums)
    weights.add_planes(stream.halves, np.zeros(8, np.int64), np.zeros(8, np.float32), 0, sums)


def _warm_rates(person: words.Ids) -> None:
    days = np.zeros(1, np.int32)
    days.flags.writeable = False
    stays, strata = rates.Stays(person, days, days), rates.Strata(days, days, days, days)
    intervals = rates.Intervals(days, days, days, days, days, days)
    yes, state = np.ones(1, np.bool_), np.zeros(1, np.uint8)
    rates.count_prevalence(stays, stays, yes, intervals, strata, state, np.zeros((1, 1, 2), np.int64))
    rates.count_at_risk(stays, yes, intervals, strata, np.zeros((1, 1, 4), np.int64))
    rows = joining.Joined(np.zeros(1, np.uint32), np.zeros(1, np.int32), np.zeros(1, np.int32))
    joining.join_entries(joining.Entries(person, days, days, days), 1, True, rows)


if __name__ == "__main__":  # `make` does this once, so that no server compiles anything
    warm_up()
