"""Concept sets in Korean."""

from typing import assert_never

from cohort_dsl.ast import ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName
from cohort_dsl.paraphrase.korean.values import either, quoted
from cohort_dsl.paraphrase.names import Names


def concepts(chosen: ConceptSet, names: Names) -> str:
    """`제2형 당뇨병(개념 201826, 하위 개념 포함)`, `「statins」 또는 「fibrates」`."""
    if not chosen.included:
        included = "해당 없음(지정된 개념 없음)"
    else:
        included = either(item(each, names) for each in chosen.included)
    if not chosen.excluded:
        return included
    return f"{included}(단, {either(item(each, names) for each in chosen.excluded)} 제외)"


def item(chosen: ConceptItem, names: Names) -> str:
    """One concept with its number or code, or a named set."""
    match chosen:
        case ConceptById(concept_id=concept):
            return _labelled(names.label(chosen), f"개념 {concept}", chosen)
        case ConceptByCode(vocabulary=vocabulary, code=code):
            return _labelled(names.label(chosen), f"{vocabulary} {code}", chosen)
        case ConceptSetName(name=name):
            label = names.label_of_set(name)
            return quoted(name) if label is None or label.casefold() == name.casefold() else f"{label}({quoted(name)})"
        case _:
            assert_never(chosen)


def _labelled(label: str | None, code: str, chosen: ConceptById | ConceptByCode) -> str:
    more = [
        words
        for words, wanted in (("하위 개념 포함", chosen.descendants), ("매핑된 코드 포함", chosen.mapped))
        if wanted
    ]
    if label is None:
        return f"{code}({', '.join(more)})" if more else code
    return f"{label}({', '.join((code, *more))})"
