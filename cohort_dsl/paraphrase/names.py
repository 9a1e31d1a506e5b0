"""What concepts, codes and questions are called, where the document or a dictionary tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from cohort_dsl.ast import Cohort, ConceptByCode, ConceptById, ConceptSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Labels in the language of the paraphrase. `codes` are keyed by vocabulary and code, `answers` by question and
    answer, and `lets` are the concept sets a document names itself."""

    concepts: Mapping[int, str] = field(default_factory=dict)
    codes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    lets: Mapping[str, ConceptSet] = field(default_factory=dict)

    def of(self, cohort: Cohort) -> "Names":
        """The same with the names that the document gives."""
        return replace(self, lets={let.name: let.concepts for let in cohort.lets})

    def label(self, item: ConceptById | ConceptByCode) -> str | None:
        """What the dictionary calls the concept, else what the document does."""
        match item:
            case ConceptById(concept_id=concept, label=label):
                return self.concepts.get(concept) or label
            case ConceptByCode(vocabulary=vocabulary, code=code):
                return self.codes.get((vocabulary, code))

    def label_of_set(self, name: str) -> str | None:
        """The label of a named set that holds one concept; absent for others, whose own name says more."""
        match self.lets.get(name):
            case ConceptSet(included=(ConceptById() | ConceptByCode() as item,), excluded=()):
                return self.label(item)
            case _:
                return None


NO_NAMES: Final = Names()
"""For a document without a dictionary beside it."""
