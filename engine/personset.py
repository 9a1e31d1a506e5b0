"""A set of people: one bit a person on the dense person axis 0..N-1, and its three-valued pair.

At 770,000 people a set is 96 KB, so Boolean algebra costs microseconds. A set has no serializer and its
repr shows no member: nothing before the disclosure gate can leave by accident.
"""

from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from engine.kernels import words as kernels
from schemas.errors import InternalError

Persons = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PersonSet:
    """People as uint64[ceil(size / 64)], little-endian: person `p` is bit `p % 64` of word `p // 64`.

    `size` is N, the length of the person axis; bits at N and above are zero. The words are not to be written to.
    """

    words: npt.NDArray[np.uint64]
    size: int

    def __post_init__(self) -> None:
        if self.words.dtype != np.uint64 or self.words.shape != (word_count(self.size),):
            raise InternalError("person-set-shape", "a person set was made with words that do not fit its size")
        self.words.flags.writeable = False

    @staticmethod
    def none(size: int) -> "PersonSet":
        """Nobody."""
        return PersonSet(np.zeros(word_count(size), np.uint64), size)

    @staticmethod
    def all(size: int) -> "PersonSet":
        """Everybody."""
        return ~PersonSet.none(size)

    @staticmethod
    def from_indices(indices: npt.NDArray[np.integer], size: int) -> "PersonSet":
        """The people whose index is listed, in any order and any number of times; `InternalError` outside 0..N-1."""
        if indices.size and not 0 <= int(indices.min()) <= int(indices.max()) < size:
            raise InternalError("person-index", "a person index lies outside the person axis")
        words = np.zeros(word_count(size), np.uint64)
        kernels.insert(words, np.ascontiguousarray(indices, np.uint32))
        return PersonSet(words, size)

    @staticmethod
    def from_mask(mask: Mask) -> "PersonSet":
        """The people where bool[N] `mask` is true."""
        packed = np.zeros(8 * word_count(mask.size), np.uint8)
        packed[: (mask.size + 7) // 8] = np.packbits(mask, bitorder="little")
        return PersonSet(packed.view(np.uint64), mask.size)

    def to_mask(self) -> Mask:
        """bool[N], true for members."""
        return np.unpackbits(self.words.view(np.uint8), count=self.size, bitorder="little").view(np.bool_)

    def indices(self) -> Persons:
        """The members' indices, ascending, as uint32."""
        found = np.empty(self.count(), np.uint32)
        kernels.list_ids(self.words, found)
        return found

    def contains(self, persons: npt.NDArray[np.integer]) -> Mask:
        """For each person index, whether it is a member."""
        found = np.zeros(persons.size, np.int8)
        self.mark(persons, 1, found)
        return found.view(np.bool_)

    def mark(self, persons: npt.NDArray[np.integer], code: int, codes: npt.NDArray[np.int8]) -> None:
        """Set the bits of `code` in `codes`, int8[n], wherever the person at the same place is a member.

        `InternalError` where an index is outside 0..N-1: the kernel does not look.
        """
        ids = np.ascontiguousarray(persons, np.uint32)
        if ids.size and int(ids.max()) >= self.size:
            raise InternalError("person-index", "a person index lies outside the person axis")
        kernels.mark_members(self.words, ids, code, codes)

    def count(self) -> int:
        """How many people there are."""
        return int(kernels.count(self.words))

    def count_common(self, other: "PersonSet") -> int:
        """How many people are in both, without making their intersection."""
        self._check(other)
        return int(kernels.count_common(self.words, other.words))

    def __and__(self, other: "PersonSet") -> "PersonSet":
        self._check(other)
        return PersonSet(self.words & other.words, self.size)

    def __or__(self, other: "PersonSet") -> "PersonSet":
        self._check(other)
        return PersonSet(self.words | other.words, self.size)

    def __sub__(self, other: "PersonSet") -> "PersonSet":
        self._check(other)
        return PersonSet(self.words & ~other.words, self.size)

    def __invert__(self) -> "PersonSet":
        words = ~self.words
        if self.size % 64:
            words[-1] &= np.uint64((1 << self.size % 64) - 1)
        return PersonSet(words, self.size)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PersonSet) and self.size == other.size and np.array_equal(self.words, other.words)

    def __hash__(self) -> int:
        return hash((self.size, self.words.tobytes()))

    def __repr__(self) -> str:
        return f"PersonSet(of {self.size})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a person set has no serializer")

    def _check(self, other: "PersonSet") -> None:
        if self.size != other.size:
            raise InternalError("person-set-size", "two person sets of different releases met")


@dataclass(frozen=True, slots=True)
class Tri:
    """A three-valued statement about each person: `true`, `unknown` (disjoint from it), else false (Kleene's logic)."""

    true: PersonSet
    unknown: PersonSet

    @staticmethod
    def known(true: PersonSet) -> "Tri":
        """True for these people and false for all others."""
        return Tri(true, PersonSet.none(true.size))

    @property
    def false(self) -> PersonSet:
        """The people for whom it is neither true nor unknown."""
        return ~(self.true | self.unknown)

    def __and__(self, other: "Tri") -> "Tri":
        true = self.true & other.true
        return Tri(true, ((self.true | self.unknown) & (other.true | other.unknown)) - true)

    def __or__(self, other: "Tri") -> "Tri":
        true = self.true | other.true
        return Tri(true, (self.unknown | other.unknown) - true)

    def __invert__(self) -> "Tri":
        return Tri(self.false, self.unknown)


def word_count(size: int) -> int:
    """How many uint64 words hold `size` people."""
    return (size + 63) // 64
