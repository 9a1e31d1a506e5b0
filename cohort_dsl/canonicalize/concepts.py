"""Concept sets without the names a writer chose. Two kinds of set are kept as named sets, under a name made from
their content: one that excludes something and is used inside a larger set, because what it excludes must not be
excluded there; and a large one, so that using it often stays cheap."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import assert_never

from cohort_dsl.ast import ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName, Let
from cohort_dsl.canonicalize.order import order_key
from cohort_dsl.tree import walk

_DIGITS = 16
_MOST_INLINE = 16


@dataclass(slots=True)
class ConceptSets:
    """The named sets of one document, which of them are already written out, and those kept."""

    named: dict[str, ConceptSet]
    _flat: dict[str, ConceptSet] = field(default_factory=dict)
    _kept: dict[str, Let] = field(default_factory=dict)

    def kept(self, *roots: object) -> tuple[Let, ...]:
        """The kept sets that these parts of a document use, in the order of their names."""
        used: dict[str, Let] = {}
        pending = [*roots]
        while pending:
            for visit in walk(pending.pop()):
                match visit.value:
                    case ConceptSetName(name=name) if name not in used:
                        used[name] = self._kept[name]
                        pending.append(used[name].concepts)
                    case _:
                        pass
        return tuple(used[name] for name in sorted(used))

    def canonical(self, concepts: ConceptSet) -> ConceptSet:
        """The set with its named parts written out, sorted, each item once; a name alone when it is large."""
        flat = self.written_out(concepts)
        if len(flat.included) + len(flat.excluded) <= _MOST_INLINE:
            return flat
        return ConceptSet(included=(self._keep(flat),))

    def written_out(self, concepts: ConceptSet) -> ConceptSet:
        """The same, however large."""
        included, excluded = _sorted(self._spliced(concepts.included)), self._spliced(concepts.excluded)
        match included:
            case (ConceptSetName(name=name),):
                alone = self._kept[name].concepts
                included, excluded = alone.included, (*alone.excluded, *excluded)
            case _:
                pass
        return ConceptSet(included=included, excluded=_sorted(excluded) if included else ())

    def _of_name(self, name: str) -> ConceptSet:
        if name not in self._flat:
            self._flat[name] = self.written_out(self.named[name])
        return self._flat[name]

    def _spliced(self, items: tuple[ConceptItem, ...]) -> tuple[ConceptItem, ...]:
        return tuple(part for item in items for part in self._parts(item))

    def _parts(self, item: ConceptItem) -> tuple[ConceptItem, ...]:
        match item:
            case ConceptById():
                return (replace(item, label=None),)
            case ConceptByCode():
                return (item,)
            case ConceptSetName(name=name):
                inner = self._of_name(name)
                return inner.included if not inner.excluded else (self._keep(inner),)
            case _:
                assert_never(item)

    def _keep(self, concepts: ConceptSet) -> ConceptSetName:
        digest = hashlib.sha256(order_key(concepts).encode()).hexdigest()
        name = f"set_{digest[:_DIGITS]}"
        self._kept[name] = Let(name=name, concepts=concepts)
        return ConceptSetName(name=name)


def _sorted(items: tuple[ConceptItem, ...]) -> tuple[ConceptItem, ...]:
    """Each item once, and none that the same item with descendants already brings."""
    keyed = {_key(item): item for item in items}
    wide = {(*key[:-1], False) for key in keyed if key[-1]}
    return tuple(keyed[key] for key in sorted(keyed.keys() - wide))


def _key(item: ConceptItem) -> tuple[str, int, str, str, bool, bool]:
    """Orders items and tells them apart; whether it brings descendants stands last."""
    match item:
        case ConceptById(concept_id=concept_id, mapped=mapped, descendants=descendants):
            return "concept", concept_id, "", "", mapped, descendants
        case ConceptByCode(vocabulary=vocabulary, code=code, mapped=mapped, descendants=descendants):
            return "code", 0, vocabulary, code, mapped, descendants
        case ConceptSetName(name=name):
            return "name", 0, name, "", False, False
        case _:
            assert_never(item)
