"""What a part of a document says, as a value to compare: parts that say the same have equal values."""

from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache

from cohort_dsl.ast import (
    Cohort,
    ConceptItem,
    ConceptSet,
    ConceptSetName,
    EventQuery,
    Group,
    GroupKind,
    PredicateAll,
    PredicateAny,
)

_UNORDERED = (GroupKind.ALL, GroupKind.ANY, GroupKind.NONE)


class Sayings:
    """Compares parts of one document, with named concept sets written out and the order of `and` and `or` left out.

    Sound and not complete: what it calls equal is, and two ways of saying one thing may still differ.
    """

    def __init__(self, cohort: Cohort) -> None:
        self._lets: Mapping[str, ConceptSet] = {let.name: let.concepts for let in cohort.lets}
        self._named: dict[str, frozenset[Hashable]] = {}
        self._known: dict[int, tuple[object, Hashable]] = {}

    def __call__(self, node: object) -> Hashable:
        """A hashable value, equal for parts that say the same."""
        if not isinstance(node, EventQuery | ConceptSet):
            return self._value(node)
        if id(node) not in self._known:
            self._known[id(node)] = node, self._value(node)  # the node is kept, so that no other takes its id
        return self._known[id(node)][1]

    def _value(self, node: object) -> Hashable:
        match node:
            case ConceptSet(included=included, excluded=excluded):
                return "set", self._items(included), self._items(excluded)
            case Group(kind=kind, parts=parts) if kind in _UNORDERED:
                return kind, frozenset(map(self, parts))
            case PredicateAll(parts=parts) | PredicateAny(parts=parts):
                return type(node).__name__, frozenset(map(self, parts))
            case tuple():
                return tuple(map(self, node))
            case _ if is_dataclass(node):
                return type(node).__name__, *(self(getattr(node, name)) for name in _compared(type(node)))
            case Hashable():
                return node
            case _:
                raise TypeError(f"a syntax tree holds no {type(node).__name__}")

    def _items(self, items: tuple[ConceptItem, ...]) -> frozenset[Hashable]:
        if len(items) == 1:
            return self._item(items[0])
        return frozenset(said for item in items for said in self._item(item))

    def _item(self, item: ConceptItem) -> frozenset[Hashable]:
        """A name of a set without exclusions stands for what the set lists."""
        if not isinstance(item, ConceptSetName) or item.name not in self._lets:
            return frozenset((self(item),))
        if item.name not in self._named:
            named = self._lets[item.name]
            whole = frozenset((self(named),)) if named.excluded else self._items(named.included)
            self._named[item.name] = whole
        return self._named[item.name]


@cache
def _compared(node: type) -> tuple[str, ...]:
    return tuple(spec.name for spec in fields(node) if spec.compare)
