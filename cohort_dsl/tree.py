"""Walking the syntax tree without knowing its nodes: children are the dataclasses and tuples in the fields."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from cohort_dsl.ast import (
    NO_SPAN,
    EventQuery,
    Group,
    Not,
    PredicateAll,
    PredicateAny,
    PredicateNot,
    Unknown,
    VariantAll,
    VariantAny,
    VariantNot,
)
from schemas.errors import Span

NESTING = (Group, Not, Unknown, PredicateAll, PredicateAny, PredicateNot, VariantAll, VariantAny, VariantNot)
"""The nodes that hold others of their kind; depth counts these, and events with a `having`."""

_NESTING = frozenset(NESTING)
_SILENT = frozenset((type(None), bool, int))


class Visit(NamedTuple):
    """A node or plain value, the nearest span known for it, and how many nesting nodes it is in, itself included."""

    value: object
    span: Span | None
    depth: int


def walk(root: object, *, closed: tuple[type, ...] = ()) -> Iterator[Visit]:
    """Every node and plain value of a tree, parents before children, in the order of the text; of plain values only
    those that can be wrong by themselves, so neither absent ones nor truths nor whole numbers. Nodes of the types in
    `closed` are not entered."""
    stack: list[tuple[object, Span | None, int]] = [(root, None, 0)]
    while stack:
        value, span, depth = stack.pop()
        kind = type(value)
        if kind is tuple:
            parts: object = value
        elif (parts_of := _reader(kind)) is None:
            yield Visit(value, span, depth)
            continue
        else:
            span, depth = span_of(value) or span, depth + _nests(value, kind)
            yield Visit(value, span, depth)
            parts = () if kind in closed else parts_of(value)
        assert isinstance(parts, tuple)
        stack += [(part, span, depth) for part in reversed(parts) if type(part) not in _SILENT]


def _nests(node: object, kind: type) -> bool:
    return kind in _NESTING or (isinstance(node, EventQuery) and node.having is not None)


def span_of(node: object) -> Span | None:
    """The place of a node in its text, absent when it came from elsewhere."""
    span = getattr(node, "span", None)
    return span if isinstance(span, Span) and span is not NO_SPAN and span != NO_SPAN else None


@cache
def _reader(kind: type) -> Callable[[object], tuple[object, ...]] | None:
    """What gives the fields of a kind of node, absent for a plain value's."""
    if not is_dataclass(kind):
        return None
    names = tuple(spec.name for spec in fields(kind) if spec.name != "span")
    if len(names) > 1:
        return attrgetter(*names)
    return lambda node: tuple(getattr(node, name) for name in names)
