"""Order that does not matter made canonical, so that documents that mean the same have the same identity."""

import json

from engine.logical.fingerprint import structure
from engine.logical.nodes import CohortPlan, CountOf, Every, RowAll, RowAny, Some
from engine.logical.rewrite import rewrite


def sort_parts(plan: CohortPlan) -> CohortPlan:
    """The parts of every group in a fixed order.

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
        case Every(parts=parts):
            return Every(parts=tuple(sorted(parts, key=_key)))
        case Some(parts=parts):
            return Some(parts=tuple(sorted(parts, key=_key)))
        case RowAll(parts=parts):
            return RowAll(parts=tuple(sorted(parts, key=_key)))
        case RowAny(parts=parts):
            return RowAny(parts=tuple(sorted(parts, key=_key)))
        case CountOf(operator=operator, number=number, parts=parts):
            return CountOf(operator=operator, number=number, parts=tuple(sorted(parts, key=_key)))
        case _:
            return node


def _key(node: object) -> str:
    return json.dumps(structure(node), sort_keys=True)
