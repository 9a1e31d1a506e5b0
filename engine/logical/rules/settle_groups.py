"""`a or true` is true, `a and true` is `a`: parts that decide their group, and parts that say nothing in it."""

from dataclasses import replace
from typing import Any

from cohort_dsl.ast import Pick
from engine.logical.nodes import CohortPlan, Every, Filter, QualifyPlan, RowAll, RowAny, Some

KINDS = frozenset((Every, Some, RowAll, RowAny, Filter, CohortPlan))
"""The kinds of node that the rule has something to say of."""


def settle_groups(node: object) -> object:
    """No group with a part that is always true or always false, and nothing that lets everything pass.

    Example:
        >>> from engine.logical.nodes import NotAnswered
        >>> a, always = NotAnswered(question="a"), Every(parts=())
        >>> settle_groups(Some(parts=(a, always))) == always
        True
        >>> settle_groups(Every(parts=(a, always))) == Every(parts=(a,))
        True
    """
    match node:
        case Every(parts=parts):
            return _settled(node, parts, neutral=Every(parts=()), decisive=Some(parts=()))
        case Some(parts=parts):
            return _settled(node, parts, neutral=Some(parts=()), decisive=Every(parts=()))
        case RowAll(parts=parts):
            return _settled(node, parts, neutral=RowAll(parts=()), decisive=RowAny(parts=()))
        case RowAny(parts=parts):
            return _settled(node, parts, neutral=RowAny(parts=()), decisive=RowAll(parts=()))
        case Filter(source=source, predicate=RowAll(parts=())):
            return source
        case CohortPlan(qualify=QualifyPlan(condition=Every(parts=()), pick=Pick.ALL)):
            return replace(node, qualify=None)
        case _:
            return node


def _settled(group: Any, parts: tuple[Any, ...], *, neutral: object, decisive: object) -> object:
    if decisive in parts:
        return decisive
    return replace(group, parts=tuple(part for part in parts if part != neutral)) if neutral in parts else group
