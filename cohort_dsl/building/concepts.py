"""Concept sets."""

from dataclasses import dataclass

from cohort_dsl.ast import ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName


@dataclass(frozen=True, slots=True)
class Concepts:
    """A concept set that can be added to and taken from."""

    made: ConceptSet

    def __or__(self, other: "Concepts | str") -> "Concepts":
        """Both sets' concepts; what is excluded stays excluded from both."""
        more = as_set(other)
        included = (*self.made.included, *more.included)
        return Concepts(ConceptSet(included=included, excluded=(*self.made.excluded, *more.excluded)))

    def excluding(self, *others: "Concepts | str") -> "Concepts":
        """The set less others."""
        more = (item for other in others for item in as_set(other).included)
        return Concepts(ConceptSet(included=self.made.included, excluded=(*self.made.excluded, *more)))


ConceptsLike = Concepts | ConceptSet | str


def concept(concept_id: int, label: str | None = None, *, descendants: bool = False, mapped: bool = False) -> Concepts:
    """One standard concept."""
    return _one(ConceptById(concept_id=concept_id, label=label, descendants=descendants, mapped=mapped))


def code(vocabulary: str, code: str, *, descendants: bool = False, mapped: bool = False) -> Concepts:
    """A source code."""
    return _one(ConceptByCode(vocabulary=vocabulary, code=code, descendants=descendants, mapped=mapped))


def concepts(*names: str) -> Concepts:
    """Sets named by `let`; without names the empty set."""
    return Concepts(ConceptSet(included=tuple(ConceptSetName(name=name) for name in names)))


def _one(item: ConceptItem) -> Concepts:
    return Concepts(ConceptSet(included=(item,)))


def as_set(given: ConceptsLike) -> ConceptSet:
    """The set itself; a text is the name of one."""
    match given:
        case str() as name:
            return concepts(name).made
        case Concepts(made=made):
            return made
        case ConceptSet():
            return given
