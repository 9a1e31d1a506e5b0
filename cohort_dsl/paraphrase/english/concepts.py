"""Concept sets in English."""

from typing import assert_never

from cohort_dsl.ast import ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName
from cohort_dsl.paraphrase.english.values import either, quoted
from cohort_dsl.paraphrase.names import Names


def concepts(chosen: ConceptSet, names: Names) -> str:
    """`type 2 diabetes mellitus (concept 201826, subtypes included)`, `“statins” or “fibrates”`."""
    if not chosen.included:
        included = "nothing (no concept is named)"
    else:
        included = either(item(each, names) for each in chosen.included)
    if not chosen.excluded:
        return included
    return f"{included} (leaving out {either(item(each, names) for each in chosen.excluded)})"


def item(chosen: ConceptItem, names: Names) -> str:
    """One concept with its number or code, or a named set."""
    match chosen:
        case ConceptById(concept_id=concept):
            return _labelled(names.label(chosen), f"concept {concept}", chosen)
        case ConceptByCode(vocabulary=vocabulary, code=code):
            return _labelled(names.label(chosen), f"{vocabulary} {code}", chosen)
        case ConceptSetName(name=name):
            label = names.label_of_set(name)
            return quoted(name) if label is None or label.casefold() == name.casefold() else f"{label} ({quoted(name)})"
        case _:
            assert_never(chosen)


def _labelled(label: str | None, code: str, chosen: ConceptById | ConceptByCode) -> str:
    more = [
        words
        for words, wanted in (("subtypes included", chosen.descendants), ("mapped codes included", chosen.mapped))
        if wanted
    ]
    if label is None:
        return f"{code} ({', '.join(more)})" if more else code
    return f"{label} ({', '.join((code, *more))})"
