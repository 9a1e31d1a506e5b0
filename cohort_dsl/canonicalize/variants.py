"""Variants and where-clauses on them."""

from dataclasses import replace
from typing import assert_never

from cohort_dsl.ast import (
    VariantAll,
    VariantAny,
    VariantById,
    VariantIn,
    VariantNot,
    VariantPredicate,
    VariantSelector,
    VariantsWhere,
    VariantTest,
)
from cohort_dsl.canonicalize.boolean import joined
from cohort_dsl.canonicalize.values import canonical_range, opposite_range


def canonical_variants(variants: VariantSelector) -> VariantSelector:
    """Genes sorted, the where-clause canonical."""
    match variants:
        case VariantById():
            return variants
        case VariantsWhere(genes=genes, where=where):
            clause = None if where is None else canonical_variant_predicate(where)
            return replace(variants, genes=tuple(sorted(set(genes))), where=clause)
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
