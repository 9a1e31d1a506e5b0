"""A filter of a filter is one filter."""

from engine.logical.nodes import Filter, RowAll

KINDS = frozenset((Filter,))
"""The kinds of node that the rule has something to say of."""


def merge_filters(node: object) -> object:
    """At most one filter above another relation.

    Example:
        >>> from engine.logical.nodes import RowMissing, Scan
        >>> from schemas.fields import Field
        >>> from schemas.omop import Domain
        >>> scan, p = Scan(domain=Domain.MEASUREMENT), RowMissing(field=Field.VALUE)
        >>> q = RowMissing(field=Field.UNIT)
        >>> merged = merge_filters(Filter(source=Filter(source=scan, predicate=p), predicate=q))
        >>> merged == Filter(source=scan, predicate=RowAll(parts=(p, q)))
        True
    """
    match node:
        case Filter(source=Filter(source=source, predicate=inner), predicate=outer):
            return Filter(source=source, predicate=RowAll(parts=(inner, outer)))
        case _:
            return node
