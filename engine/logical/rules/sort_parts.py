"""Order that does not matter made canonical, so that documents that mean the same have the same identity."""

import json
from dataclasses import replace

from engine.logical.fingerprint import structure
from engine.logical.negate import negated
from engine.logical.nodes import CountOf, Every, IsUnknown, RowAll, RowAny, Some
from engine.logical.rewrite import rewrite_node

KINDS = frozenset((Every, Some, CountOf, RowAll, RowAny, IsUnknown))
"""The kinds of node that the rule has something to say of."""


def sort_parts(node: object) -> object:
    """The parts of every group in a fixed order; of a condition and its negation, unknown together, always the one.

    Example:
        >>> from engine.logical.nodes import NotAnswered
        >>> a, b = NotAnswered(question="a"), NotAnswered(question="b")
        >>> sort_parts(Some(parts=(b, a))) == Some(parts=(a, b))
        True
    """
    match node:
        case Every(parts=parts) | Some(parts=parts) | CountOf(parts=parts):
            return node if len(parts) < 2 else replace(node, parts=tuple(sorted(parts, key=_key)))
        case RowAll(parts=parts) | RowAny(parts=parts):
            return node if len(parts) < 2 else replace(node, parts=tuple(sorted(parts, key=_key)))
        case IsUnknown(part=part):
            return IsUnknown(part=min(part, rewrite_node(negated(part), sort_parts), key=_key))
        case _:
            return node


def _key(node: object) -> str:
    return json.dumps(structure(node), sort_keys=True)
