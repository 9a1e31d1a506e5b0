"""What all nodes of a plan are: values that never change, whose hash is worked out once."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

_Kind = TypeVar("_Kind")


class Node:
    """A node of a plan. Plans are looked up by their nodes, and nodes hold concept sets of thousands of ids."""

    __slots__ = ("_hash",)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def node(kind: type[_Kind]) -> type[_Kind]:
    """A class of nodes, which is a `Node`."""
    made = dataclass(frozen=True, slots=True, kw_only=True)(kind)
    worked_out = made.__hash__

    def known_hash(self: _Kind) -> int:
        try:
            known: int = self._hash  # pyrefly: ignore[missing-attribute]
        except AttributeError:
            known = worked_out(self)
            object.__setattr__(self, "_hash", known)
        return known

    made.__hash__ = known_hash  # pyrefly: ignore[method-assign]
    return made
