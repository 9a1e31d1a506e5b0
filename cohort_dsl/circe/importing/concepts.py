"""Concept sets as `let` statements, under names made from theirs."""

import re
import unicodedata
from collections.abc import Iterable

from cohort_dsl.ast import ConceptById, Let
from cohort_dsl.ast import ConceptSet as AstConceptSet
from cohort_dsl.circe.importing.texts import clean, unique
from cohort_dsl.circe.model import Concept, ConceptSet, ConceptSetItem
from cohort_dsl.words import is_bare_name

_LONGEST_NAME = 48


def lets_of(sets: Iterable[ConceptSet]) -> tuple[tuple[Let, ...], dict[int, str]]:
    """The statements in the order of the definition, and each set's name by its id."""
    taken: set[str] = set()
    names = {concept_set.id: unique(_name(concept_set), taken, "_") for concept_set in sets}
    lets = tuple(Let(name=names[concept_set.id], concepts=_concepts(concept_set)) for concept_set in sets)
    return lets, names


def listed(concepts: Iterable[Concept]) -> AstConceptSet:
    """Concepts written out where they are used."""
    return AstConceptSet(
        included=tuple(ConceptById(concept_id=concept.concept_id, label=_label(concept)) for concept in concepts)
    )


def _name(concept_set: ConceptSet) -> str:
    """`Type 2 diabetes (broad)` is `type_2_diabetes_broad`; letters outside ASCII are written without accents."""
    plain = unicodedata.normalize("NFKD", concept_set.name or "").encode("ascii", "ignore").decode().lower()
    words = [word for word in re.split(r"[^a-z0-9]+", plain) if word]
    name = ""
    for word in words:
        if name and len(name) + len(word) >= _LONGEST_NAME:
            break
        name = f"{name}_{word}"[: _LONGEST_NAME + 1] if name else word[:_LONGEST_NAME]
    if not name:
        return f"set_{concept_set.id}" if concept_set.id >= 0 else f"set_minus_{-concept_set.id}"
    return name if is_bare_name(name) else f"set_{name}"


def _concepts(concept_set: ConceptSet) -> AstConceptSet:
    """A set that includes nothing is empty, whatever it excludes."""
    items = concept_set.expression.items
    included = tuple(_item(item) for item in items if not item.is_excluded)
    excluded = tuple(_item(item) for item in items if item.is_excluded)
    return AstConceptSet(included=included, excluded=excluded if included else ())


def _item(item: ConceptSetItem) -> ConceptById:
    return ConceptById(
        concept_id=item.concept.concept_id,
        descendants=bool(item.include_descendants),
        mapped=bool(item.include_mapped),
        label=_label(item.concept),
    )


def _label(concept: Concept) -> str | None:
    return clean(concept.concept_name or "") or None
