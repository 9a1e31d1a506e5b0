"""Concept sets without names. A named set that excludes something cannot be spliced into a larger one, because what
it excludes must not be excluded there; it is kept, under a name made from its content."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import assert_never

from cohort_dsl.ast import ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName, Let
from cohort_dsl.canonicalize.order import distinct_in_order, order_key

_DIGITS = 16


@dataclass(slots=True)
class ConceptSets:
    """The named sets of one document, and those kept so far."""

    named: dict[str, ConceptSet]
    _kept: dict[str, Let] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[Let, ...]:
        """The sets that could not be spliced, in the order of their names."""
        return tuple(self._kept[name] for name in sorted(self._kept))

    def canonical(self, concepts: ConceptSet) -> ConceptSet:
        """The set with its named parts spliced in, sorted, each item once."""
        match concepts.included:
            case (ConceptSetName(name=name),):
                inner = self.canonical(self.named[name])
                included, excluded = inner.included, (*inner.excluded, *self._spliced(concepts.excluded))
            case _:
                included, excluded = self._spliced(concepts.included), self._spliced(concepts.excluded)
        return ConceptSet(included=_sorted(included), excluded=_sorted(excluded))

    def _spliced(self, items: tuple[ConceptItem, ...]) -> tuple[ConceptItem, ...]:
        return tuple(part for item in items for part in self._parts(item))

    def _parts(self, item: ConceptItem) -> tuple[ConceptItem, ...]:
        match item:
            case ConceptById():
                return (replace(item, label=None),)
            case ConceptByCode():
                return (item,)
            case ConceptSetName(name=name):
                inner = self.canonical(self.named[name])
                return inner.included if not inner.excluded else (self._keep(inner),)
            case _:
                assert_never(item)

    def _keep(self, concepts: ConceptSet) -> ConceptSetName:
        digest = hashlib.sha256(order_key(concepts).encode()).hexdigest()
        name = f"set_{digest[:_DIGITS]}"
        self._kept[name] = Let(name=name, concepts=concepts)
        return ConceptSetName(name=name)


def _sorted(items: tuple[ConceptItem, ...]) -> tuple[ConceptItem, ...]:
    """Each item once, and none that its own descendants already bring."""
    wide = {order_key(replace(item, descendants=False)) for item in items
            if not isinstance(item, ConceptSetName) and item.descendants}  # fmt: skip
    return distinct_in_order(item for item in items if order_key(item) not in wide)
