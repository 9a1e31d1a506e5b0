"""Order that does not matter made canonical, so that documents that mean the same have the same identity."""

import json
from dataclasses import replace

from engine.logical.fingerprint import structure
from engine.logical.negate import negated
from engine.logical.nodes import CohortPlan, CountOf, Every, IsUnknown, RowAll, RowAny, Some
from engine.logical.rewrite import rewrite, rewrite_node


def sort_parts(plan: CohortPlan) -> CohortPlan:
    """The parts of every group in a fixed order; of a condition and its negation, unknown together, always the one.

    Example:
        >>> from engine.logical.nodes import NotAnswered
        >>> a, b = NotAnswered(question="a"), NotAnswered(question="b")
        >>> order(Some(parts=(b, a))) == Some(parts=(a, b))
        True
    """
    return rewrite(plan, order)


def order(node: object) -> object:
    """One node of the rewrite."""
    match node:
        case Every(parts=parts) | Some(parts=parts) | CountOf(parts=parts):
            return replace(node, parts=tuple(sorted(parts, key=_key)))
        case RowAll(parts=parts) | RowAny(parts=parts):
            return replace(node, parts=tuple(sorted(parts, key=_key)))
        case IsUnknown(part=part):
            return IsUnknown(part=min(part, rewrite_node(negated(part), order), key=_key))
        case _:
            return node


def _key(node: object) -> str:
    return json.dumps(structure(node), sort_keys=True)
