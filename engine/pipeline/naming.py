"""What the dictionaries of a release call whatever a document names, for its paraphrase."""

from collections.abc import Iterable
from typing import Final

from cohort_dsl.ast import Answers, Cohort, ConceptByCode, ConceptById, Dimension, Survey
from cohort_dsl.paraphrase import Names
from cohort_dsl.tree import walk
from engine.catalog.labels import concept_labels
from engine.catalog.survey import Question
from engine.session import Session
from schemas.language import Language

_MOST_LABELS: Final = 2_000
"""Of a document that names more concepts than these, the rest keep their numbers."""


def names_of(session: Session, cohort: Cohort, language: Language) -> Names:
    """Labels of the concepts, codes, questions and answers in a document; those the release lacks are left out."""
    nodes = [visit.value for visit in walk(cohort)]
    concepts, codes = concept_labels(
        session.database,
        [node.concept_id for node in nodes if isinstance(node, ConceptById)][:_MOST_LABELS],
        [(node.vocabulary, node.code) for node in nodes if isinstance(node, ConceptByCode)][:_MOST_LABELS],
        language,
    )
    known = session.dictionaries.questions
    asked = [known[question] for question in _questions(nodes) if question in known]
    return Names(
        concepts=concepts,
        codes=codes,
        questions={question.question_id: _label(question.label, question.label_ko, language) for question in asked},
        answers={key: label for question in asked for key, label in _answers(question, language)},
    )


def _questions(nodes: Iterable[object]) -> list[str]:
    found: dict[str, None] = {}
    for node in nodes:
        match node:
            case Survey(question=question) | Answers(question=question):
                found[question] = None
            case Dimension(question=str() as question):
                found[question] = None
            case _:
                continue
    return list(found)


def _answers(question: Question, language: Language) -> Iterable[tuple[tuple[str, str], str]]:
    for option in question.options:
        yield (question.question_id, option.answer), _label(option.label, option.label_ko, language)


def _label(english: str, korean: str | None, language: Language) -> str:
    return korean if language is Language.KOREAN and korean is not None else english
