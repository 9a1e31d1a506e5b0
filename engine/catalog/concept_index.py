"""The vocabulary's relations as sorted arrays: what concept sets are expanded with, in microseconds.

A question names hundreds of concepts, and asking the database about them takes longer than counting. Eight bytes a
pair: the whole of OMOP's vocabularies (about 80 million pairs of ancestor and descendant) takes 0.7 GB.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.catalog.database import Database

Ids = npt.NDArray[np.int32]

_LARGEST = np.iinfo(np.int32).max
_CONCEPTS = "SELECT concept_id FROM concept ORDER BY concept_id"
_DESCENDANTS = """
    SELECT a.ancestor_concept_id AS key, a.descendant_concept_id AS value
    FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
    WHERE c.invalid_reason IS NULL ORDER BY key, value"""
_MAPPED_FROM = """
    SELECT concept_id_2 AS key, concept_id_1 AS value FROM concept_relationship
    WHERE relationship_id = 'Maps to' AND invalid_reason IS NULL ORDER BY key, value"""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs sorted by key: int32[n] each."""

    keys: Ids
    values: Ids

    def of(self, keys: Ids) -> Ids:
        """The values of several keys: those of the first in order, then those of the second…

        Keys have the type of the array: NumPy would make a copy of all of it otherwise.
        """
        first, last = (self.keys.searchsorted(keys, side) for side in ("left", "right"))
        if keys.size == 1:
            return self.values[first[0] : last[0]]
        return np.concatenate([self.values[:0], *map(self.values.__getitem__, map(slice, first, last))])


@dataclass(frozen=True, slots=True, repr=False)
class ConceptIndex:
    """Which concepts there are, what lies below each, and what maps to each."""

    _concepts: Ids
    _descendants: _Pairs
    _mapped_from: _Pairs

    @staticmethod
    def load(database: Database) -> "ConceptIndex":
        """Read the vocabulary tables of a release."""
        return ConceptIndex(
            np.asarray(database.columns(_CONCEPTS, {})["concept_id"], np.int32),
            _pairs(database, _DESCENDANTS),
            _pairs(database, _MAPPED_FROM),
        )

    def known(self, ids: Iterable[int]) -> frozenset[int]:
        """Those of the ids that the vocabulary has."""
        asked = _asked(ids)
        if not self._concepts.size or not asked.size:
            return frozenset()
        places = np.minimum(self._concepts.searchsorted(asked), self._concepts.size - 1)
        return frozenset(asked[self._concepts[places] == asked].tolist())

    def below(self, concepts: Iterable[int]) -> list[int]:
        """Every valid concept below one of them (itself where it is valid and the vocabulary says so), some perhaps
        more than once."""
        return self._descendants.of(_asked(concepts)).tolist()

    def mapped_from(self, concepts: Iterable[int]) -> list[int]:
        """Every concept that maps to one of them, some perhaps more than once."""
        return self._mapped_from.of(_asked(concepts)).tolist()


def _asked(ids: Iterable[int]) -> Ids:
    """The ids as int32; larger ones are no concept's."""
    asked = np.fromiter(ids, np.int64)
    return asked[asked <= _LARGEST].astype(np.int32)


def _pairs(database: Database, sql: str) -> _Pairs:
    columns = database.columns(sql, {})
    return _Pairs(np.asarray(columns["key"], np.int32), np.asarray(columns["value"], np.int32))
