"""A set of people as the bytes of a part, in the encoding that suits its size."""

from dataclasses import dataclass

import numpy as np

from engine.kernels.parts import IDS16, IDS32, PLANE, encode_halves
from engine.kernels.words import Ids, Words, insert, list_ids
from engine.personset import word_count

_MOST_HALVES = 65_535
"""Ends of buckets are u16, so that is how many ids a part of u16 may have."""
_PLANE_FROM = 0.5
"""Of a plane's bytes: the size from which a list is drawn as a plane."""
ALIGNMENT = {IDS32: 4, IDS16: 2, PLANE: 64}
"""Bytes whose multiple a part starts at."""


@dataclass(frozen=True, slots=True)
class Listed:
    """People as ids, ascending."""

    ids: Ids

    @property
    def number(self) -> int:
        return self.ids.size

    def drawn(self, persons: int) -> Words:
        plane = np.zeros(word_count(persons), np.uint64)
        insert(plane, self.ids)
        return plane


@dataclass(frozen=True, slots=True)
class Drawn:
    """People as a bit plane, with how many they are."""

    plane: Words
    number: int

    @property
    def ids(self) -> Ids:
        ids = np.empty(self.number, np.uint32)
        list_ids(self.plane, ids)
        return ids

    def drawn(self, persons: int) -> Words:
        assert self.plane.size == word_count(persons)
        return self.plane


People = Listed | Drawn


def bucket_count(persons: int) -> int:
    """Buckets of 65,536 people."""
    return (persons + 65_535) // 65_536


def encode(people: People, persons: int) -> tuple[int, bytes]:
    """The encoding of these people of N = `persons`, and their bytes (little-endian; none for nobody).

    The smaller list, or a plane where the list would take half of a plane or more: counting a plane of 770,000 people
    takes about as long as a list of a seventh of its bytes, and an index of a whole genome grows by 4 % for it.
    """
    number, plane = people.number, 8 * word_count(persons)
    halves = 2 * (bucket_count(persons) + number)
    encoding = IDS16 if number <= _MOST_HALVES and halves < 4 * number else IDS32
    if (halves if encoding == IDS16 else 4 * number) >= _PLANE_FROM * plane:
        return PLANE, people.drawn(persons).astype("<u8", copy=False).tobytes()
    if encoding == IDS32:
        return encoding, people.ids.astype("<u4", copy=False).tobytes()
    listed = np.empty(halves // 2, np.uint16)
    encode_halves(people.ids, bucket_count(persons), listed)
    return encoding, listed.astype("<u2", copy=False).tobytes()
