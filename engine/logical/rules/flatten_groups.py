"""`all of (a, all of (b, c))` is `all of (a, b, c)`, and a group of one part is that part."""

from dataclasses import replace
from typing import Any

from engine.logical.nodes import Every, RowAll, RowAny, Some

KINDS = frozenset((Every, Some, RowAll, RowAny))
"""The kinds of node that the rule has something to say of."""


def flatten_groups(node: object) -> object:
    """Nested conjunctions and disjunctions in one level, without repeats.

    Example:
        >>> from engine.logical.nodes import Every, NotAnswered
        >>> a, b = NotAnswered(question="a"), NotAnswered(question="b")
        >>> flatten_groups(Every(parts=(a, Every(parts=(b, a))))) == Every(parts=(a, b))
        True
    """
    match node:
        case Every() | Some() | RowAll() | RowAny():
            return _flat(node)
        case _:
            return node


def _flat(group: Every | Some | RowAll | RowAny) -> object:
    parts: list[Any] = []
    for part in group.parts:
        parts.extend(part.parts if isinstance(part, type(group)) else (part,))
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else replace(group, parts=distinct)
