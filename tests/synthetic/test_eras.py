"""Eras and spilled facts, in the small."""

import doctest
from pathlib import Path

import numpy as np

from engine.ingest.synthetic import eras
from engine.ingest.synthetic.facts import Spill, make_facts
from engine.ingest.synthetic.randomness import stream


def test_the_example_of_collapse_holds() -> None:
    assert doctest.testmod(eras).failed == 0


def test_a_long_span_swallows_later_short_ones() -> None:
    one = np.ones(3, np.int64)
    found = eras.collapse(one, one, np.array([0, 5, 120]), np.array([100, 8, 130]))
    assert (found.start.tolist(), found.end.tolist(), found.gap.tolist()) == ([0], [130], [19])


def test_people_and_groups_are_not_joined() -> None:
    found = eras.collapse(np.array([1, 1, 2]), np.array([1, 2, 1]), np.array([0, 0, 0]), np.array([9, 9, 9]))
    assert len(found.person) == 3


def test_spilled_blocks_come_back_by_rank_person_and_day_in_any_order_of_blocks(tmp_path: Path) -> None:
    random = stream(1, "spill")
    facts = [
        make_facts(500, kind=random.integers(0, 4, 500), person=100 * block + random.integers(0, 100, 500),
                   day=random.integers(-20_000, 20_000, 500))
        for block in range(3)
    ]  # fmt: skip
    spill = Spill(tmp_path, "facts", np.array([2, 0, 1, 0], np.int32))
    for block in (2, 0, 1):
        spill.add(block, facts[block])
    joined = np.concatenate(list(spill.batches()))
    rank = np.array([2, 0, 1, 0])[joined["kind"]]
    keys = list(zip(rank.tolist(), joined["person"].tolist(), joined["day"].tolist(), strict=True))
    assert keys == sorted(keys)
    assert len(keys) == 1500
    spill.remove()
    assert not list(tmp_path.iterdir())


def test_streams_depend_on_their_words_alone() -> None:
    assert stream(1, "onset", 2).random() == stream(1, "onset", 2).random()
    assert len({stream(1, "onset", 2).random(), stream(1, "onset", 3).random(), stream(2, "onset", 2).random()}) == 3
