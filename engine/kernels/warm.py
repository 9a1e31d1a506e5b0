"""Compiling every kernel ahead of the first question."""

import numpy as np

from engine.kernels import calls, carriers, words


def warm_up() -> None:
    """Compile, or load from the cache, every kernel for the types the engine calls it with."""
    people, ids = np.zeros(1, np.uint64), np.zeros(1, np.uint32)
    for fixed in (people, ids):  # as person sets and mapped files are; Numba compiles these apart
        fixed.flags.writeable = False
    one_call, codes, numbers = np.zeros(1, np.int8), np.zeros(1, np.uint8), np.zeros(1, np.int64)
    words.count(people)
    words.count_common(people, people)
    words.unite(people.copy(), people)
    words.insert(people.copy(), ids)
    words.insert(people.copy(), ids.copy())
    words.count_members(people, ids)
    words.list_ids(people, ids.copy())
    calls.planes(one_call, ids.copy(), people.copy(), people.copy(), people.copy())
    calls.place(one_call, ids.copy(), one_call.copy())
    calls.split_allele(np.zeros((1, 3), np.int16), 1, one_call.copy())
    carriers.add_carriers(ids, codes, numbers, numbers, numbers, 3, people.copy())
    carriers.add_missing(ids, codes, numbers, numbers, people.copy())
