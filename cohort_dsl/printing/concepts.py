"""Concept sets."""

from typing import assert_never

from cohort_dsl.ast import ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName
from cohort_dsl.lexer import escape
from cohort_dsl.printing.layout import NOTHING, SPACE, Doc, group, indent, join
from cohort_dsl.words import is_bare_name

_EMPTY = "none"


def concepts_doc(concepts: ConceptSet) -> Doc:
    """What follows `in`: a bare name, or a list in brackets."""
    match concepts:
        case ConceptSet(included=(), excluded=()):
            return _EMPTY
        case ConceptSet(included=(ConceptSetName(name=name),), excluded=()):
            return name
        case _:
            return group("(", indent(NOTHING, *_list(concepts)), NOTHING, ")")


def concept_list_doc(concepts: ConceptSet) -> Doc:
    """What follows `let name =`."""
    if len(concepts.included) + len(concepts.excluded) <= 1:
        return group(" ", *_list(concepts))
    return group(indent(SPACE, *_list(concepts)))


def unit_text(unit: ConceptById | ConceptByCode) -> str:
    """What follows `unit`."""
    match unit:
        case ConceptByCode(vocabulary="UCUM", code=code, descendants=False, mapped=False):
            return escape(code)
        case _:
            return item_text(unit)


def _list(concepts: ConceptSet) -> tuple[Doc, ...]:
    included = join((",", SPACE), map(item_text, concepts.included)) or (_EMPTY,)
    if not concepts.excluded:
        return included
    return (*included, SPACE, "excluding ", *join((",", SPACE), map(item_text, concepts.excluded)))


def item_text(item: ConceptItem) -> str:
    """`concept 201826 "label" with descendants`."""
    match item:
        case ConceptById():
            label = "" if item.label is None else f" {escape(item.label)}"
            return f"concept {item.concept_id}{label}{_expansion(item)}"
        case ConceptByCode():
            vocabulary = item.vocabulary if is_bare_name(item.vocabulary) else escape(item.vocabulary)
            return f"code {vocabulary}:{escape(item.code)}{_expansion(item)}"
        case ConceptSetName():
            return item.name
        case _:
            assert_never(item)


def _expansion(item: ConceptById | ConceptByCode) -> str:
    words = [word for word, wanted in (("descendants", item.descendants), ("mapped", item.mapped)) if wanted]
    return f" with {' and '.join(words)}" if words else ""
