"""A filter of a filter is one filter."""

from engine.logical.nodes import CohortPlan, Filter, RowAll
from engine.logical.rewrite import rewrite


def merge_filters(plan: CohortPlan) -> CohortPlan:
    """At most one filter above another relation.

    Example:
        >>> from engine.logical.nodes import RowMissing, Scan
        >>> from schemas.fields import Field
        >>> from schemas.omop import Domain
        >>> scan, p = Scan(domain=Domain.MEASUREMENT), RowMissing(field=Field.VALUE)
        >>> q = RowMissing(field=Field.UNIT)
        >>> merge(Filter(source=Filter(source=scan, predicate=p), predicate=q)).predicate == RowAll(parts=(p, q))
        True
    """
    return rewrite(plan, merge)


def merge(node: object) -> object:
    """One node of the rewrite."""
    match node:
        case Filter(source=Filter(source=source, predicate=inner), predicate=outer):
            return Filter(source=source, predicate=RowAll(parts=(inner, outer)))
        case _:
            return node
