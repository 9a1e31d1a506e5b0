"""The policy's lists of sensitive concepts, resolved by the vocabulary of a release."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.catalog.vocabulary import Vocabulary
from schemas.sensitive import SensitiveList


@dataclass(frozen=True)
class SensitiveConcepts:
    """The lists and their concepts. A code or concept that the vocabulary does not have stands for nothing."""

    lists: tuple[SensitiveList, ...]
    vocabulary: Vocabulary

    @cached_property
    def concepts(self) -> Mapping[str, frozenset[int]]:
        """Name of a list -> its concepts: what the roots stand for, all below that, and all that maps to it."""
        return {each.name: self._resolved(each) for each in self.lists}

    def _resolved(self, listed: SensitiveList) -> frozenset[int]:
        source = {concept for code in listed.codes for concept in self.vocabulary.beginning(*code)}
        below = self.vocabulary.descendants((*listed.concepts, *self.vocabulary.mapped_to(source)))
        return frozenset((*source, *self.vocabulary.mapped(below)))
