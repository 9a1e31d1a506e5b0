"""The public dictionaries of a release: what names in a document can refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.catalog.survey import Question
from engine.catalog.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """Vocabulary, survey questions by id, gene symbols, the genes of each panel, and names of scores, `unranked` those
    without percentiles; none of them says anything about a person. Without genotypes there are none of the latter."""

    vocabulary: Vocabulary
    questions: Mapping[str, Question]
    genes: frozenset[str] = frozenset()
    panels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scores: frozenset[str] = frozenset()
    unranked: frozenset[str] = frozenset()
