"""`all of (a, all of (b, c))` is `all of (a, b, c)`, and a group of one part is that part."""

from dataclasses import replace
from typing import Any

from engine.logical.nodes import CohortPlan, Every, RowAll, RowAny, Some
from engine.logical.rewrite import rewrite


def flatten_groups(plan: CohortPlan) -> CohortPlan:
    """Nested conjunctions and disjunctions in one level, without repeats.

    Example:
        >>> from engine.logical.nodes import Every, NotAnswered
        >>> a, b = NotAnswered(question="a"), NotAnswered(question="b")
        >>> flatten(Every(parts=(a, Every(parts=(b, a))))) == Every(parts=(a, b))
        True
    """
    return rewrite(plan, flatten)


def flatten(node: object) -> object:
    """One node of the rewrite."""
    if not isinstance(node, Every | Some | RowAll | RowAny):
        return node
    parts: list[Any] = []
    for part in node.parts:
        parts.extend(part.parts if isinstance(part, type(node)) else (part,))
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else replace(node, parts=distinct)
