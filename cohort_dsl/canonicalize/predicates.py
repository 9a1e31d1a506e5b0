"""Where-clauses on events, with `not` carried inwards: `not (a and b)` is `not a or not b`, also for missing values."""

from dataclasses import replace
from typing import assert_never

from cohort_dsl.ast import (
    ConceptByCode,
    ConceptById,
    FieldAbnormal,
    FieldConcepts,
    FieldMissing,
    FieldTest,
    FieldText,
    Predicate,
    PredicateAll,
    PredicateAny,
    PredicateNot,
)
from cohort_dsl.canonicalize.boolean import joined
from cohort_dsl.canonicalize.concepts import ConceptSets
from cohort_dsl.canonicalize.values import canonical_range, opposite_range


def canonical_predicate(predicate: Predicate, sets: ConceptSets, *, negated: bool = False) -> Predicate:
    """The canonical where-clause, or that of its negation."""
    match predicate:
        case PredicateNot(part=part):
            return canonical_predicate(part, sets, negated=not negated)
        case PredicateAll(parts=parts) | PredicateAny(parts=parts):
            written = [canonical_predicate(part, sets, negated=negated) for part in parts]
            return _all(written) if isinstance(predicate, PredicateAll) is not negated else _any(written)
        case FieldTest(test=test, unit=unit):
            opposite = opposite_range(test) if negated and unit is None else None
            if opposite is not None:
                return replace(predicate, test=opposite)
            leaf: Predicate = replace(predicate, test=canonical_range(test), unit=_unlabelled(unit))
        case FieldConcepts(concepts=concepts):
            leaf = replace(predicate, concepts=sets.canonical(concepts))
        case FieldText() | FieldMissing() | FieldAbnormal():
            leaf = predicate
        case _:
            assert_never(predicate)
    return PredicateNot(part=leaf) if negated else leaf


def _unlabelled(unit: ConceptById | ConceptByCode | None) -> ConceptById | ConceptByCode | None:
    return replace(unit, label=None) if isinstance(unit, ConceptById) else unit


def _all(parts: list[Predicate]) -> Predicate:
    return joined(
        parts,
        inside=lambda part: part.parts if isinstance(part, PredicateAll) else None,
        made=lambda parts: PredicateAll(parts=parts),
    )


def _any(parts: list[Predicate]) -> Predicate:
    return joined(
        parts,
        inside=lambda part: part.parts if isinstance(part, PredicateAny) else None,
        made=lambda parts: PredicateAny(parts=parts),
    )
