"""Groups that a cohort's people are in, of which a person may be in many and is counted in a few."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.aggregate.cells import NO_CELL, Label, RawCells
from engine.personset import Persons, PersonSet

_LAST = np.uint64(2**64 - 1)


def profile_labels(groups: Sequence[str]) -> tuple[Label, ...]:
    """A cell for each group, by the canonical hash that names it."""
    return tuple((group,) for group in groups)


def place_profile(
    cohort: PersonSet, groups: Sequence[PersonSet], *, names: Sequence[str], most: int | None
) -> RawCells:
    """The people of the cohort in the groups they are in, each in at most `most` where that is given; `names` are the
    groups' hashes.

    Who is in more is counted in those whose hash with the person's index is smallest. That is decided by the person's
    own record and the names alone, so that nobody moves anybody else; and a group does not lose its people to another
    because of its place in the list.
    """
    people = cohort.indices()
    is_in = np.stack([group.contains(people) for group in groups], axis=1)
    people, is_in = people[is_in.any(axis=1)], is_in[is_in.any(axis=1)]
    order = keyed_hashes(people[:, None], name_seeds(names))
    order[~is_in] = _LAST
    chosen = np.argsort(order, axis=1, kind="stable")[:, :most]
    cells = np.where(np.take_along_axis(is_in, chosen, axis=1), chosen, NO_CELL)
    return RawCells(labels=profile_labels(names), persons=people, cells=cells.astype(np.int32))


def name_seeds(names: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A seed for each name: uint64[len(names)]."""
    digests = (hashlib.sha256(name.encode()).digest()[:8] for name in names)
    return np.array([int.from_bytes(digest, "little") for digest in digests], np.uint64)


def keyed_hashes(people: Persons, seeds: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """A number for each person that looks random and is another for each seed (the finalizer of SplitMix64); the two
    are broadcast."""
    mixed = (people.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ seeds
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))
