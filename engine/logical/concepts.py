"""Concept sets of the language to sorted concept ids, noting every name the vocabulary does not have."""

import difflib

from cohort_dsl.ast import Cohort, ConceptByCode, ConceptById, ConceptItem, ConceptSet, ConceptSetName
from engine.catalog.vocabulary import Unmatched, Vocabulary
from engine.logical.nodes import ConceptIds
from schemas.errors import AnalysisProblem


class ConceptResolver:
    """Expands the concept sets of one document; `unmatched` grows as names are looked up in vain.

    With `known_only` (as OHDSI's SQL has it) an id that the vocabulary does not have stands for nothing.
    """

    def __init__(self, vocabulary: Vocabulary, cohort: Cohort, *, known_only: bool) -> None:
        self._vocabulary = vocabulary
        self._lets = {let.name: let.concepts for let in cohort.lets}
        self._known_only = known_only
        self._resolved: dict[tuple[ConceptSet, bool], ConceptIds] = {}
        self._sets: dict[tuple[str, bool], ConceptIds] = {}
        self._unmatched: dict[Unmatched, None] = {}
        self._vocabulary_names: tuple[str, ...] | None = None

    @property
    def unmatched(self) -> tuple[Unmatched, ...]:
        """The names looked up in vain, each once."""
        return tuple(self._unmatched)

    def resolve(self, concepts: ConceptSet, *, source: bool = False) -> ConceptIds:
        """Ids of the set: everything included, each after its own expansion, less everything excluded.

        With `source`, codes stand for their own concepts and not for the standard ones they map to.
        """
        match concepts:
            case ConceptSet(included=(ConceptSetName(name=name),), excluded=()):
                return self._named(name, source)
            case _:
                return self._listed(concepts, source)

    def _named(self, name: str, source: bool) -> ConceptIds:
        """A set of the document by its name: to find it by its value would take hashing all of it."""
        key = (name, source)
        if key not in self._sets:
            self._sets[key] = self._worked_out(self._lets[name], source)
        return self._sets[key]

    def _listed(self, concepts: ConceptSet, source: bool) -> ConceptIds:
        key = (concepts, source)
        if key not in self._resolved:
            self._resolved[key] = self._worked_out(concepts, source)
        return self._resolved[key]

    def _worked_out(self, concepts: ConceptSet, source: bool) -> ConceptIds:
        found = self._expanded(concepts.included, source)
        if concepts.excluded:
            found -= self._expanded(concepts.excluded, source)
        return tuple(sorted(found))

    def _expanded(self, items: tuple[ConceptItem, ...], source: bool) -> set[int]:
        by_id = [item for item in items if isinstance(item, ConceptById)]
        known = self._vocabulary.known(item.concept_id for item in by_id) if by_id else frozenset()
        found: set[int] = set()
        for item in items:
            match item:
                case ConceptById(concept_id=concept):
                    if concept not in known:
                        message = "the vocabulary of this release has no such concept"
                        self._note("concept", str(concept), message, item)
                case ConceptSetName(name=name):
                    found.update(self._named(name, source))
                case ConceptByCode():
                    found.update(self._by_code(item, source))
        mapped = self._by_id([item for item in by_id if item.mapped], known)
        found |= self._by_id([item for item in by_id if not item.mapped], known)
        return found.union(self._vocabulary.mapped(mapped)) if mapped else found

    def _by_id(self, items: list[ConceptById], known: frozenset[int]) -> set[int]:
        """The concepts of the items, and those below them where they say so."""
        listed = {item.concept_id for item in items}
        wide = [item.concept_id for item in items if item.descendants]
        listed = listed & known if self._known_only else listed
        return listed.union(self._vocabulary.below(wide)) if wide else listed

    def _by_code(self, item: ConceptByCode, source: bool) -> tuple[int, ...]:
        self._check_vocabulary(item)
        look_up = self._vocabulary.source_concepts if source else self._vocabulary.by_code
        found = look_up(item.vocabulary, item.code, descendants=item.descendants)
        if not found:
            self._note("code", f"{item.vocabulary}:{item.code}", "no concept has or maps from this code", item)
        if item.descendants:
            found = self._vocabulary.descendants(found)
        return self._vocabulary.mapped(found) if item.mapped else found

    def _check_vocabulary(self, item: ConceptByCode) -> None:
        if self._vocabulary_names is None:
            self._vocabulary_names = self._vocabulary.names()
        if item.vocabulary not in self._vocabulary_names:
            close = difflib.get_close_matches(item.vocabulary, self._vocabulary_names, n=1, cutoff=0.5)
            raise AnalysisProblem(
                "vocabulary-unknown",
                f"this release has no vocabulary {item.vocabulary!r}",
                span=item.span,
                expected=self._vocabulary_names,
                hint=f"did you mean {close[0]}?" if close else None,
            )

    def _note(self, kind: str, name: str, hint: str, item: ConceptById | ConceptByCode) -> None:
        self._unmatched[Unmatched(kind=kind, name=name, hint=hint, span=item.span)] = None
