"""Variants and where-clauses on them."""

from dataclasses import replace
from typing import assert_never

from cohort_dsl.ast import (
    VariantAll,
    VariantAny,
    VariantById,
    VariantIn,
    VariantList,
    VariantNot,
    VariantPredicate,
    VariantSelector,
    VariantsWhere,
    VariantTest,
)
from cohort_dsl.canonicalize.boolean import joined
from cohort_dsl.canonicalize.order import distinct_in_order
from cohort_dsl.canonicalize.values import canonical_range, opposite_range


def canonical_variants(variants: VariantSelector) -> VariantSelector:
    """Variants, genes and panels sorted, each once; a list of one is that variant; the where-clause canonical."""
    match variants:
        case VariantById():
            return variants
        case VariantList(variants=listed):
            named = distinct_in_order(listed)
            return named[0] if len(named) == 1 else VariantList(variants=named)
        case VariantsWhere(genes=genes, panels=panels, where=where):
            return replace(
                variants,
                genes=tuple(sorted({gene.upper() for gene in genes})),
                panels=tuple(sorted(set(panels))),
                where=None if where is None else canonical_variant_predicate(where),
            )
        case _:
            assert_never(variants)


def canonical_variant_predicate(predicate: VariantPredicate, *, negated: bool = False) -> VariantPredicate:
    """The canonical where-clause, or that of its negation."""
    match predicate:
        case VariantNot(part=part):
            return canonical_variant_predicate(part, negated=not negated)
        case VariantAll(parts=parts) | VariantAny(parts=parts):
            written = [canonical_variant_predicate(part, negated=negated) for part in parts]
            return _all(written) if isinstance(predicate, VariantAll) is not negated else _any(written)
        case VariantTest(test=test):
            opposite = opposite_range(test) if negated else None
            if opposite is not None:
                return replace(predicate, test=opposite)
            leaf: VariantPredicate = replace(predicate, test=canonical_range(test))
        case VariantIn(values=values):
            leaf = replace(predicate, values=tuple(sorted(set(values))))
        case _:
            assert_never(predicate)
    return VariantNot(part=leaf) if negated else leaf


def _all(parts: list[VariantPredicate]) -> VariantPredicate:
    return joined(
        parts,
        inside=lambda part: part.parts if isinstance(part, VariantAll) else None,
        made=lambda parts: VariantAll(parts=parts),
    )


def _any(parts: list[VariantPredicate]) -> VariantPredicate:
    return joined(
        parts,
        inside=lambda part: part.parts if isinstance(part, VariantAny) else None,
        made=lambda parts: VariantAny(parts=parts),
    )
