"""Walking the syntax tree without knowing its nodes: children are the dataclasses and tuples in the fields."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache

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


@dataclass(frozen=True, slots=True)
class Visit:
    """A node or plain value, the nearest span known for it, and how many nesting nodes it is in, itself included."""

    value: object
    span: Span | None
    depth: int


def walk(root: object, *, closed: tuple[type, ...] = ()) -> Iterator[Visit]:
    """Every node and plain value of a tree, parents before children, in the order of the text; of plain values only
    those that can be wrong, so neither absent ones nor truths. Nodes of the types in `closed` are not entered."""
    stack = [Visit(root, None, 0)]
    while stack:
        visit = stack.pop()
        value = visit.value
        if isinstance(value, tuple):
            stack += [Visit(part, visit.span, visit.depth) for part in reversed(value)]
        elif (names := _names(type(value))) is None:
            yield visit
        else:
            here = Visit(value, span_of(value) or visit.span, visit.depth + _nests(value))
            yield here
            if not isinstance(value, closed):
                stack += [Visit(part, here.span, here.depth) for part in reversed(_parts(value, names))]


def _nests(node: object) -> bool:
    return isinstance(node, NESTING) or (isinstance(node, EventQuery) and node.having is not None)


def span_of(node: object) -> Span | None:
    """The place of a node in its text, absent when it came from elsewhere."""
    span = getattr(node, "span", NO_SPAN)
    return span if isinstance(span, Span) and span != NO_SPAN else None


def _parts(node: object, names: tuple[str, ...]) -> list[object]:
    parts = [getattr(node, name) for name in names]
    return [part for part in parts if part is not None and part is not False and part is not True]


@cache
def _names(kind: type) -> tuple[str, ...] | None:
    """The fields of a kind of node, absent for a plain value's."""
    return tuple(spec.name for spec in fields(kind) if spec.name != "span") if is_dataclass(kind) else None
