"""The public dictionaries of a release: what names in a document can refer to."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.catalog.survey import Question
from engine.catalog.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """Vocabulary, survey questions by id, and gene symbols; none of them says anything about a person."""

    vocabulary: Vocabulary
    questions: Mapping[str, Question]
    genes: frozenset[str]
