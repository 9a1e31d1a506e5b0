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

    def of(self, key: int) -> Ids:
        """The values of one key, in order."""
        first, last = np.searchsorted(self.keys, (key, key + 1))
        return self.values[first:last]


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
        if not self._concepts.size:
            return frozenset()
        asked = np.fromiter(ids, np.int64)
        places = np.searchsorted(self._concepts, asked).clip(max=self._concepts.size - 1)
        return frozenset(asked[self._concepts[places] == asked].tolist())

    def below(self, concept: int) -> tuple[int, ...]:
        """Every valid concept below it (itself among them where it is valid and the vocabulary says so)."""
        return tuple(self._descendants.of(concept).tolist())

    def mapped_from(self, concept: int) -> tuple[int, ...]:
        """Every concept that maps to it."""
        return tuple(self._mapped_from.of(concept).tolist())


def _pairs(database: Database, sql: str) -> _Pairs:
    columns = database.columns(sql, {})
    return _Pairs(np.asarray(columns["key"], np.int32), np.asarray(columns["value"], np.int32))
